import data from './definitions.json' with { type: 'json' };
import type { DefinedVersion, Definition } from './definition.ts';
import { isRecord } from '../manifest.ts';
import type { SchemaNode } from './schema-node.ts';

/**
 * CustomResourceDefinitions of widely used controllers, as scripts/generate-definition-schemas.ts made them: `group/version/Kind`
 * to the number of a project and of a schema. Where a schema holds others, their numbers stand.
 */
interface Data {
  readonly projects: readonly string[];
  readonly kinds: Readonly<Record<string, readonly [project: number, schema: number]>>;
  readonly schemas: readonly SchemaNode[];
}

const { projects, kinds, schemas } = data as unknown as Data;

/** A kind as a release of its project defines it. Later releases may know more fields and values. */
export interface PublishedDefinition {
  /** Such as `Gateway API`. */
  readonly project: string;
  readonly definition: Definition;
  readonly version: DefinedVersion;
}

/** Every kind, `group/version/Kind`, with the project that it belongs to. */
export const DEFINED_KINDS: readonly (readonly [name: string, project: string])[] = Object.entries(kinds).map(
  ([name, [project]]) => [name, projects[project] ?? ''],
);

const known = new Map<string, PublishedDefinition>();

/** Null for a kind of which no definition is known in this version. */
export function publishedDefinition(apiVersion: string, kind: string): PublishedDefinition | null {
  const name = `${apiVersion}/${kind}`;
  const entry = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (entry === undefined) return null;
  let found = known.get(name);
  if (found === undefined) known.set(name, (found = read(apiVersion, kind, entry)));
  return found;
}

function read(
  apiVersion: string,
  kind: string,
  [project, schema]: readonly [number, number],
): PublishedDefinition {
  const [group = '', name = ''] = apiVersion.split('/');
  const pointer = ['spec', 'versions', '0'];
  const version: DefinedVersion = {
    name,
    served: true,
    stored: true,
    deprecated: false,
    deprecationWarning: null,
    schema: schemaAt(schema),
    pointer,
    schemaPointer: [...pointer, 'schema', 'openAPIV3Schema'],
  };
  const definition = { path: '', group, kind, plural: '', keepsUnknown: false, versions: [version] };
  return { project: projects[project] ?? '', definition, version };
}

const nodes = new Map<number, SchemaNode>();

/** Schemas hold only those with lower numbers, so there are no circles. */
function schemaAt(number: number): SchemaNode {
  let node = nodes.get(number);
  if (node === undefined) {
    node = Object.fromEntries(
      Object.entries(schemas[number] ?? {}).map(([key, value]) => [key, resolved(key, value)]),
    );
    nodes.set(number, node);
  }
  return node;
}

function resolved(key: string, value: unknown): unknown {
  switch (key) {
    case 'properties':
      return isRecord(value)
        ? Object.fromEntries(Object.entries(value).map(([name, number]) => [name, schemaAt(Number(number))]))
        : value;
    case 'items':
    case 'additionalProperties':
    case 'not':
      return typeof value === 'number' ? schemaAt(value) : value;
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return Array.isArray(value) ? value.map((number) => schemaAt(Number(number))) : value;
    default:
      return value;
  }
}
