import { builtInModel } from '../kubernetes/catalogue.ts';
import { readType } from '../kubernetes/model-types.ts';
import type { Field, Schema } from '../kubernetes/schema.ts';
import { DEFINED_KINDS } from './published-definitions.ts';
import data from './published.json' with { type: 'json' };

/**
 * Kinds of widely used controllers, as scripts/generate-custom-schemas.ts made them: `group/version/Kind` to the number of
 * a project and of a model. Types are those of `readType`; `#n` is the n-th model, `@Name` one of Kubernetes' own. A model
 * has the fields of the one under `...` besides.
 */
interface Data {
  readonly projects: readonly string[];
  readonly kinds: Readonly<Record<string, readonly [project: number, model: number]>>;
  readonly models: readonly Readonly<Record<string, string>>[];
}

const { projects, kinds, models } = data as unknown as Data;

/** A kind as a release of its project describes it. Later releases may know more fields and values. */
export interface PublishedKind {
  /** Such as `Argo CD`. */
  readonly project: string;
  readonly schema: Schema;
}

/** Null for a kind that is not known in this version. */
export function publishedKind(apiVersion: string, kind: string): PublishedKind | null {
  const name = `${apiVersion}/${kind}`;
  const entry = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (entry === undefined) return null;
  const [project, model] = entry;
  return { project: projects[project] ?? '', schema: rootSchema(model) };
}

const roots = new Map<number, Schema>();
const parts = new Map<number, Schema>();

function rootSchema(model: number): Schema {
  let schema = roots.get(model);
  if (schema === undefined) {
    // Definitions that keep whatever stands in their objects describe no fields.
    const open = Object.keys(models[model] ?? {}).length === 0;
    const more = { apiVersion: 'string!', kind: 'string!', metadata: '@V1ObjectMeta' };
    schema = modelSchema(model, more, open);
    roots.set(model, schema);
  }
  return schema;
}

function partSchema(model: number): Schema {
  let schema = parts.get(model);
  if (schema === undefined) {
    schema = modelSchema(model, {});
    parts.set(model, schema);
  }
  return schema;
}

/** Models refer to each other in circles, so their fields are read when they are needed. */
function modelSchema(model: number, more: Readonly<Record<string, string>>, open = false): Schema {
  let fields: ReadonlyMap<string, Field> | null = null;
  const { '...': embedded, ...own } = models[model] ?? {};
  const read = (): ReadonlyMap<string, Field> =>
    new Map([
      ...(embedded === undefined ? [] : embeddedFields(modelOf(embedded))),
      ...Object.entries({ ...own, ...more }).map(([name, type]): [string, Field] => [
        name,
        { schema: readType(type.replace(/!$/, ''), modelOf), required: type.endsWith('!') },
      ]),
    ]);
  return { type: 'object', open, fields: () => (fields ??= read()) };
}

function embeddedFields(schema: Schema): [string, Field][] {
  if (schema.type !== 'object') return [];
  return [...schema.fields()].map(([name, { schema: type }]) => [name, { schema: type, required: false }]);
}

function modelOf(reference: string): Schema {
  return reference.startsWith('@')
    ? builtInModel(reference.slice(1))
    : partSchema(Number(reference.slice(1)));
}

/** The versions in which a kind is known, and the project that it belongs to; null for one that is not known. */
export function publishedVersions(
  group: string,
  kind: string,
): { project: string; versions: readonly string[] } | null {
  return BY_KIND.get(`${group}/${kind}`) ?? null;
}

/** The kinds of a group that are known in any version. */
export function publishedKindsIn(group: string): readonly string[] {
  const prefix = `${group}/`;
  return [...BY_KIND.keys()].flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

/** The API versions in which a kind of this name is known, whatever its group. */
export function apiVersionsPublishedWith(kind: string): readonly string[] {
  return VERSIONS_WITH.get(kind) ?? [];
}

const PROJECT_OF: ReadonlyMap<string, string> = new Map([
  ...Object.entries(kinds).map(([name, [project]]): [string, string] => [name, projects[project] ?? '']),
  ...DEFINED_KINDS,
]);
const BY_KIND = new Map<string, { project: string; versions: string[] }>();
const VERSIONS_WITH = new Map<string, string[]>();
for (const [name, project] of PROJECT_OF) {
  const [group = '', version = '', kind = ''] = name.split('/');
  const key = `${group}/${kind}`;
  const entry = BY_KIND.get(key) ?? { project, versions: [] };
  entry.versions.push(version);
  BY_KIND.set(key, entry);
  VERSIONS_WITH.set(kind, [...(VERSIONS_WITH.get(kind) ?? []), `${group}/${version}`]);
}
