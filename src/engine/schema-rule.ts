import type { ErrorObject } from 'ajv';
import { formatPointer, type Pointer } from '../manifests/position.ts';
import { createAjv, parsePointer } from './document-schema.ts';

/** The deepest places of a value that a schema does not allow. */
export type SchemaJudge = (value: unknown) => Pointer[];

/** More places than this in one object are cut: the rest repeats the first. */
const MAX_PLACES = 100;

const judges = new WeakMap<object, SchemaJudge>();

/**
 * Compiles the schema of a rule; the result is kept for as long as the schema lives.
 *
 * @throws {Error} when the schema is not valid JSON Schema or holds a pattern that RE2 refuses
 */
export function compileSchema(schema: object): SchemaJudge {
  const known = judges.get(schema);
  if (known !== undefined) return known;
  const validate = createAjv().compile(schema);
  const judge: SchemaJudge = (value) =>
    validate(value) ? [] : deepest((validate.errors ?? []).map(placeOf));
  judges.set(schema, judge);
  return judge;
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
