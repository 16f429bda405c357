import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { parseYaml } from '../manifests/yaml-parse.ts';
import { parsePointer, type Pointer } from '../manifests/position.ts';
import type { ConfigProblem } from './policy.ts';
import { ajvRegExp } from './re2.ts';

/** A configuration file's value, or everything that is wrong with it. */
export type ReadResult<T> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly value: null; readonly problems: readonly ConfigProblem[] };

const OPTIONS: Options = {
  allErrors: true,
  verbose: true,
  // An unknown keyword is a mistake; leaving out a type or a property's schema is not.
  strict: true,
  strictTypes: false,
  strictRequired: false,
  code: { regExp: ajvRegExp },
};

let checker: Ajv | undefined;

/**
 * Checks a schema that comes from outside. What comes with gitops-warden has been checked by tests: to compile what a
 * schema may say takes longer than to compile most of them.
 *
 * @throws {Error} when it is not valid JSON Schema
 */
export function checkJsonSchema(schema: object): void {
  checker ??= new Ajv(OPTIONS);
  void checker.validateSchema(schema, true);
}

/**
 * Compiles a JSON Schema, with an instance of its own, as two may use the same names.
 *
 * @throws {Error} when it cannot be compiled, or holds a pattern that RE2 refuses
 */
export function compileJsonSchema<T = unknown>(schema: object): ValidateFunction<T> {
  return new Ajv({ ...OPTIONS, validateSchema: false }).compile<T>(schema);
}

/** Compiles the schema when somebody asks, because most runs read no such file. */
export type Validator = () => ValidateFunction;

export function lazyValidator(schema: object): Validator {
  let validate: ValidateFunction | undefined;
  return () => (validate ??= compileJsonSchema(schema));
}

/**
 * Reads a YAML file with one document against a schema, naming every problem with its line.
 * An empty file is an empty map.
 *
 * @param validator null for a file that comes with gitops-warden and that tests have validated
 */
export function readDocument<T>(path: string, text: string, validator: Validator | null): ReadResult<T> {
  const file = parseYaml(path, text, 'core');
  const problems: ConfigProblem[] = file.problems.map((problem) => ({
    path,
    line: problem.range.start.line,
    message: problem.message,
  }));
  if (problems.length > 0) return { value: null, problems };
  if (file.documents.length > 1) {
    return { value: null, problems: [{ path, line: null, message: 'has more than one YAML document' }] };
  }
  const document = file.documents[0];
  const value: unknown = document?.value ?? {};
  const validate = validator?.();
  if (validate === undefined || validate(value)) return { value: value as T, problems: [] };

  const lineOf = (pointer: Pointer, part: 'value' | 'key'): number | null =>
    document?.rangeOf(pointer, part).start.line ?? null;
  return { value: null, problems: describeErrors(validate.errors ?? [], path, lineOf) };
}

function describeErrors(
  errors: readonly ErrorObject[],
  path: string,
  lineOf: (pointer: Pointer, part: 'value' | 'key') => number | null,
): ConfigProblem[] {
  const seen = new Set<string>();
  const problems: ConfigProblem[] = [];
  for (const error of errors) {
    const described = describe(error);
    if (described === null) continue;
    const { pointer, message } = described;
    const line = lineOf(pointer, error.keyword === 'additionalProperties' ? 'key' : 'value');
    const key = `${String(line)} ${message}`;
    if (seen.has(key)) continue;
    seen.add(key);
    problems.push({ path, line, message });
  }
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function describe(error: ErrorObject): { pointer: Pointer; message: string } | null {
  const pointer = parsePointer(error.instancePath);
  const place = pointer.length === 0 ? 'the file' : `\`${pointer.join('.')}\``;
  const parameters = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(parameters['additionalProperty'] ?? parameters['unevaluatedProperty']);
      const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
      return {
        pointer: [...pointer, key],
        message: `unknown key \`${key}\` in ${place}${didYouMean(key, known)}`,
      };
    }
    case 'required':
      return { pointer, message: `${place} lacks \`${String(parameters['missingProperty'])}\`` };
    case 'enum': {
      const allowed = (parameters['allowedValues'] as unknown[]).map((value) => `\`${String(value)}\``);
      return { pointer, message: `${place} must be one of ${allowed.join(', ')}` };
    }
    case 'const':
      return { pointer, message: `${place} must be \`${String(parameters['allowedValue'])}\`` };
    case 'type':
      return { pointer, message: `${place} must be ${typeName(parameters['type'])}` };
    case 'pattern':
      return { pointer, message: `${place} ${formOf(error)}` };
    // The branches' own errors say more.
    case 'anyOf':
    case 'oneOf':
    case 'if':
      return null;
    default:
      return { pointer, message: `${place} ${error.message ?? 'is not valid'}` };
  }
}

/** A pattern says little to most people; an example of what it takes says it at once. */
function formOf({ parentSchema, message }: ErrorObject): string {
  const examples: unknown = parentSchema?.['examples'];
  return Array.isArray(examples)
    ? `must be written like ${examples.map((example) => `\`${String(example)}\``).join(' or ')}`
    : (message ?? 'is not valid');
}

function typeName(type: unknown): string {
  const names: Record<string, string> = {
    object: 'a map',
    array: 'a list',
    string: 'a string',
    boolean: 'true or false',
    integer: 'a whole number',
    number: 'a number',
    null: 'empty',
  };
  const types = Array.isArray(type) ? (type as unknown[]) : [type];
  return types.map((one) => names[String(one)] ?? String(one)).join(' or ');
}

/** `; did you mean …?` when a known name is near, the known names when they are few, else nothing. */
export function didYouMean(key: string, known: readonly string[]): string {
  const near = nearestName(key, known);
  if (near !== null) return `; did you mean \`${near}\`?`;
  return known.length > 0 && known.length <= 12
    ? `; known are ${known.map((name) => `\`${name}\``).join(', ')}`
    : '';
}

const answers = new WeakMap<readonly string[], Map<string, string | null>>();

/** Nobody has meant one of more names than these, and comparing with them takes long. */
const MAX_KNOWN = 2_000;
/** Of one list of known names. Who wrote that many wrong ones wants something else. */
const MAX_COMPARISONS = 100_000;

/** The known name that was probably meant; null when none is near, or when looking for it would take long. */
export function nearestName(key: string, known: readonly string[]): string | null {
  if (known.length > MAX_KNOWN) return null;
  const answered = answers.get(known) ?? new Map<string, string | null>();
  answers.set(known, answered);
  let answer = answered.get(key);
  if (answer === undefined) {
    answer = answered.size * known.length > MAX_COMPARISONS ? null : findNearest(key, known);
    answered.set(key, answer);
  }
  return answer;
}

function findNearest(key: string, known: readonly string[]): string | null {
  const wanted = key.toLowerCase();
  let near: string | null = null;
  let least = Infinity;
  for (const name of known) {
    const distance = editDistance(wanted, name.toLowerCase(), least);
    if (distance < least) [near, least] = [name, distance];
  }
  return near !== null && least <= Math.max(1, Math.floor(near.length / 3)) ? near : null;
}

const FAR = 99;
/** Longer names are not compared. */
const MAX_NAME = 256;
/** Kept, because making them takes most of the time of a comparison. */
const ROWS = [new Uint16Array(MAX_NAME + 1), new Uint16Array(MAX_NAME + 1)] as const;

/**
 * How many letters have to be put in, taken out or changed; 99 when the lengths are far apart.
 *
 * @param limit the answer may be 99 as well when it is not below this
 */
export function editDistance(a: string, b: string, limit = Infinity): number {
  const apart = Math.abs(a.length - b.length);
  if (apart > 8 || apart >= limit || Math.max(a.length, b.length) > MAX_NAME) return FAR;
  const width = b.length;
  let [row, next] = ROWS;
  for (let j = 0; j <= width; j += 1) row[j] = j;
  for (let i = 1; i <= a.length; i += 1) {
    const letter = a.charCodeAt(i - 1);
    let least = i;
    let left = i;
    next[0] = i;
    for (let j = 1; j <= width; j += 1) {
      const changed = (row[j - 1] ?? 0) + (letter === b.charCodeAt(j - 1) ? 0 : 1);
      const added = (row[j] ?? 0) + 1;
      left = left + 1 < added ? left + 1 : added;
      if (changed < left) left = changed;
      next[j] = left;
      if (left < least) least = left;
    }
    const above = row;
    row = next;
    next = above;
    if (limit < FAR && least >= limit) return FAR;
  }
  return row[width] ?? FAR;
}
