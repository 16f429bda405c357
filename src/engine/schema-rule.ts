import type { ErrorObject } from 'ajv';
import { formatPointer, parsePointer, type Pointer } from '../manifests/position.ts';
import { checkJsonSchema, compileJsonSchema } from './document-schema.ts';

/** The deepest places of a value that a schema does not allow. */
export type SchemaJudge = (value: unknown) => Pointer[];

/** More places than this in one object are cut: the rest repeats the first. */
const MAX_PLACES = 100;

type Parameters = Readonly<Record<string, unknown>>;

const judges = new WeakMap<object, Map<string, SchemaJudge>>();
/** By the very parameters: they are asked for with every object. */
const latest = new WeakMap<object, { readonly parameters: Parameters; readonly judge: SchemaJudge }>();

/**
 * Compiles the schema of a rule; the result is kept for as long as the schema lives. Wherever it has
 * `{$parameter: name}`, the value of that parameter stands.
 *
 * @param known 'unchecked' for a schema from outside that nobody has checked before
 * @throws {Error} when the schema is not valid JSON Schema, holds a pattern that RE2 refuses, or names no parameter
 */
export function compileSchema(
  schema: object,
  parameters: Parameters,
  known: 'checked' | 'unchecked' = 'checked',
): SchemaJudge {
  let entry = latest.get(schema);
  if (entry?.parameters !== parameters) {
    if (known === 'unchecked') checkJsonSchema(withParameters(schema, parameters) as object);
    entry = { parameters, judge: judgeFor(schema, parameters) };
    latest.set(schema, entry);
  }
  return entry.judge;
}

function judgeFor(schema: object, parameters: Parameters): SchemaJudge {
  const variants = judges.get(schema) ?? new Map<string, SchemaJudge>();
  judges.set(schema, variants);
  const key = JSON.stringify(parameters);
  const known = variants.get(key);
  if (known !== undefined) return known;
  const validate = compileJsonSchema(withParameters(schema, parameters) as object);
  const judge: SchemaJudge = (value) =>
    validate(value) ? [] : deepest((validate.errors ?? []).map(placeOf));
  variants.set(key, judge);
  return judge;
}

function withParameters(schema: unknown, parameters: Parameters): unknown {
  if (Array.isArray(schema)) return schema.map((item) => withParameters(item, parameters));
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === '$parameter') {
    const name = String(only[1]);
    if (!Object.hasOwn(parameters, name)) throw new Error(`there is no parameter \`${name}\``);
    return parameters[name];
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, withParameters(value, parameters)]));
}

function placeOf(error: ErrorObject): Pointer {
  const pointer = parsePointer(error.instancePath);
  const parameters = error.params as Record<string, unknown>;
  const property =
    parameters['missingProperty'] ?? parameters['additionalProperty'] ?? parameters['propertyName'];
  return typeof property === 'string' ? [...pointer, property] : pointer;
}

/** Drops each pointer that leads to another one: the branch of a choice says less than the leaf in it. */
function deepest(pointers: readonly Pointer[]): Pointer[] {
  const byText = new Map(pointers.map((pointer) => [formatPointer(pointer), pointer]));
  const inner = new Set<string>();
  for (const pointer of byText.values()) {
    for (let length = 0; length < pointer.length; length += 1)
      inner.add(formatPointer(pointer.slice(0, length)));
  }
  return [...byText.entries()]
    .filter(([text]) => !inner.has(text))
    .map(([, pointer]) => pointer)
    .slice(0, MAX_PLACES);
}
