import data from './catalogue.json' with { type: 'json' };
import { readType } from './model-types.ts';
import type { Field, Fields, Schema } from './schema.ts';

/**
 * The built-in kinds of Kubernetes, as scripts/generate-kubernetes-schemas.ts made them. A kind or a type that not every
 * minor has comes with a number in which bit n stands for the n-th minor. Types: `string`, `int`, `[]T` for a list,
 * `{}T` for a map, `#Model`, `=A|=B` for one of some values; `!` behind a type makes the field required.
 */
interface Data {
  readonly minors: readonly string[];
  readonly kinds: Readonly<Record<string, string | readonly [string, number]>>;
  readonly models: Readonly<
    Record<string, Readonly<Record<string, string | Readonly<Record<string, number>>>>>
  >;
}

const { minors, kinds, models } = data as unknown as Data;
const EVERY = 2 ** minors.length - 1;

/** Minor versions whose kinds are known, oldest first: `1.27`. */
export const KNOWN_MINORS: readonly string[] = minors;

/** A minor as bits: that of its own, or those of its neighbours when it is not known. */
export interface Target {
  readonly minor: string;
  readonly mask: number;
  /** The known minors that stand for it; empty when it is known itself. */
  readonly standIns: readonly string[];
}

/** @param minor such as `1.31` */
export function targetOf(minor: string): Target {
  const known = minors.indexOf(minor);
  if (known >= 0) return { minor, mask: 2 ** known, standIns: [] };
  const number = minorNumber(minor);
  const older = minors.findLastIndex((one) => minorNumber(one) < number);
  const newer = minors.findIndex((one) => minorNumber(one) > number);
  const indexes = [older, newer].filter((index) => index >= 0);
  return {
    minor,
    mask: indexes.reduce((mask, index) => mask + 2 ** index, 0),
    standIns: indexes.flatMap((index) => minors[index] ?? []),
  };
}

/** Every known minor at once: what any of them takes is right. */
export const ANY_MINOR: Target = { minor: '', mask: EVERY, standIns: [] };

function minorNumber(minor: string): number {
  return Number(minor.split('.')[1] ?? Number.NaN);
}

/** The known minors that serve a kind, oldest first; empty for kinds that are not built in. */
export function servedBy(apiVersion: string, kind: string): readonly string[] {
  const mask = entryOf(apiVersion, kind)?.mask ?? 0;
  return minors.filter((_, index) => (mask & (2 ** index)) !== 0);
}

/** What an object of a built-in kind may look like; null when the target does not serve the kind. */
export function schemaOf(apiVersion: string, kind: string, { mask }: Target): Schema | null {
  const entry = entryOf(apiVersion, kind);
  return entry === null || (entry.mask & mask) === 0 ? null : modelSchema(entry.model, mask);
}

/** A part of the built-in kinds that custom ones have too, such as `V1Container`, with the fields of every minor. */
export function builtInModel(name: string): Schema {
  return Object.hasOwn(models, name) ? modelSchema(name, EVERY) : { type: 'any' };
}

function entryOf(apiVersion: string, kind: string): { model: string; mask: number } | null {
  const name = `${apiVersion}/${kind}`;
  const entry = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (entry === undefined) return null;
  return typeof entry === 'string' ? { model: entry, mask: EVERY } : { model: entry[0], mask: entry[1] };
}

const known = new Map<string, Schema>();

/** Models refer to each other in circles, so their fields are read when they are needed. */
function modelSchema(model: string, mask: number): Schema {
  const key = `${model} ${String(mask)}`;
  let schema = known.get(key);
  if (schema === undefined) {
    let fields: Fields | null = null;
    schema = { type: 'object', open: false, fields: () => (fields ??= fieldsOf(model, mask)) };
    known.set(key, schema);
  }
  return schema;
}

/** The server fills these in, although its published description calls them required. */
const FILLED_IN: ReadonlySet<string> = new Set(['V1RoleRef.apiGroup']);

function fieldsOf(model: string, mask: number): Fields {
  const fields = new Map<string, Field>();
  for (const [name, type] of Object.entries(models[model] ?? {})) {
    const variants: [string, number][] = typeof type === 'string' ? [[type, EVERY]] : Object.entries(type);
    const newest = variants
      .filter(([, bits]) => (bits & mask) !== 0)
      .sort(([, a], [, b]) => (b & mask) - (a & mask))[0]?.[0];
    if (newest === undefined) continue;
    // What one minor stopped to require was never enforced: only the description of it was mended.
    const required =
      variants.every(([variant]) => variant.endsWith('!')) && !FILLED_IN.has(`${model}.${name}`);
    fields.set(name, {
      schema: readType(newest.replace(/!$/, ''), (name) => modelSchema(name.slice(1), mask)),
      required,
    });
  }
  return fields;
}

const groups: ReadonlySet<string> = new Set([
  ...Object.keys(kinds)
    .map((name) => name.split('/'))
    .map((parts) => (parts.length === 3 ? (parts[0] ?? '') : '')),
  // Groups that hold nothing any more.
  'extensions',
]);

/** Whether Kubernetes itself serves the group. Others, of custom resources, look alike: `gateway.networking.k8s.io`. */
export function isBuiltInGroup(group: string): boolean {
  return groups.has(group);
}

/** The kinds of an API version that any known minor serves. */
export function kindsServedIn(apiVersion: string): readonly string[] {
  const prefix = `${apiVersion}/`;
  return Object.keys(kinds).flatMap((name) =>
    name.startsWith(prefix) && !name.slice(prefix.length).includes('/') ? [name.slice(prefix.length)] : [],
  );
}

/** The API versions in which any known minor serves a kind. */
export function apiVersionsWith(kind: string): readonly string[] {
  const suffix = `/${kind}`;
  return Object.keys(kinds).flatMap((name) => (name.endsWith(suffix) ? [name.slice(0, -suffix.length)] : []));
}
