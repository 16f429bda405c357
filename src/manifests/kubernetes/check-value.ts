import { isRecord } from '../manifest.ts';
import { isBase64 } from '../base64.ts';
import type { Fault, Field, Fields, Schema } from './schema.ts';
import { isQuantity, isTime } from './scalars.ts';

/** A hostile object must not fill the report. */
const MAX_FAULTS = 100;

/**
 * Every place where a value is not what the schema allows, in document order; at most 100.
 *
 * Null counts as absent, as the API server takes it: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable
 */
export function checkValue(value: unknown, schema: Schema): readonly Fault[] {
  const faults: Fault[] = [];
  check(value, schema, [], faults);
  return faults;
}

/** The way to what is being checked: one list, which grows and shrinks, as most values have no fault. */
type Way = string[];

function checkAt(step: string, value: unknown, schema: Schema, way: Way, faults: Fault[]): void {
  way.push(step);
  check(value, schema, way, faults);
  way.pop();
}

function check(value: unknown, schema: Schema, way: Way, faults: Fault[]): void {
  if (value === null || value === undefined || faults.length >= MAX_FAULTS) return;
  const before = faults.length;
  checkShape(value, schema, way, faults);
  if (schema.constraints === undefined) return;
  const ofAnotherType = faults
    .slice(before)
    .some((fault) => fault.type === 'wrong-type' && fault.pointer.length === way.length);
  if (ofAnotherType) return;
  for (const constraint of schema.constraints) {
    for (const { wanted, below = [], whole = false } of constraint(value)) {
      faults.push({ type: 'wrong-value', pointer: [...way, ...below], wanted, whole });
    }
  }
}

function checkShape(value: unknown, schema: Schema, way: Way, faults: Fault[]): void {
  const wrongType = (wanted: string): void => {
    faults.push({ type: 'wrong-type', pointer: [...way], wanted, found: nameOf(value) });
  };
  switch (schema.type) {
    case 'any':
      return;
    case 'object':
      if (isRecord(value)) checkFields(value, schema.fields(), schema.open, way, faults);
      else wrongType('a map');
      return;
    case 'map':
      if (!isRecord(value)) wrongType('a map');
      else for (const key of Object.keys(value)) checkAt(key, value[key], schema.values, way, faults);
      return;
    case 'list':
      if (!Array.isArray(value)) wrongType('a list');
      else {
        for (const [index, item] of (value as unknown[]).entries())
          checkAt(String(index), item, schema.items, way, faults);
      }
      return;
    case 'string':
      if (typeof value !== 'string') wrongType('a string');
      else checkText(value, schema, way, faults);
      return;
    case 'integer':
      if (!isInteger(value)) wrongType('an integer');
      return;
    case 'number':
      if (typeof value !== 'number' && typeof value !== 'bigint') wrongType('a number');
      return;
    case 'boolean':
      if (typeof value !== 'boolean') wrongType('true or false');
      return;
    case 'int-or-string':
      if (!isInteger(value) && typeof value !== 'string') wrongType('an integer or a string');
      return;
    case 'quantity':
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
        wrongType('a quantity such as `500m` or `1Gi`');
      } else if (!isQuantity(String(value))) {
        faults.push({
          type: 'wrong-value',
          pointer: [...way],
          wanted: 'a quantity such as `500m` or `1Gi`',
          whole: false,
        });
      }
  }
}

function checkFields(
  value: Readonly<Record<string, unknown>>,
  fields: Fields,
  open: boolean,
  way: Way,
  faults: Fault[],
): void {
  for (const name of Object.keys(value)) {
    const field = fields.get(name);
    if (field !== undefined) checkAt(name, value[name], field.schema, way, faults);
    else if (!open) faults.push({ type: 'unknown-field', pointer: [...way, name], known: namesOf(fields) });
  }
  for (const [name, { schema }] of requiredOf(fields)) {
    const present = Object.hasOwn(value, name) && (value[name] !== null || schema.nullable === true);
    if (!present) faults.push({ type: 'missing-field', pointer: [...way], field: name });
  }
}

const names = new WeakMap<Fields, readonly string[]>();

/** One list for all faults: a map of thousands of fields may have thousands of wrong ones. */
function namesOf(fields: Fields): readonly string[] {
  let found = names.get(fields);
  if (found === undefined) names.set(fields, (found = [...fields.keys()]));
  return found;
}

const required = new WeakMap<Fields, readonly (readonly [string, Field])[]>();

/** Few of many fields. */
function requiredOf(fields: Fields): readonly (readonly [string, Field])[] {
  let found = required.get(fields);
  if (found === undefined) required.set(fields, (found = [...fields].filter(([, field]) => field.required)));
  return found;
}

function checkText(
  value: string,
  { format, allowed }: Extract<Schema, { type: 'string' }>,
  way: Way,
  faults: Fault[],
): void {
  const wrong = (wanted: string): void => {
    faults.push({ type: 'wrong-value', pointer: [...way], wanted, whole: false });
  };
  // The server fills in its default for the empty string.
  if (allowed !== null && value !== '' && !allowed.includes(value)) {
    wrong(
      allowed.length === 1
        ? `\`${allowed[0] ?? ''}\``
        : `one of ${allowed.map((one) => `\`${one}\``).join(', ')}`,
    );
  }
  if (format === 'time' && !isTime(value)) wrong('a time such as `2026-01-31T12:00:00Z`');
  if (format === 'bytes' && !isBase64(value)) wrong('base64');
}

/** One that 64 bits hold. */
function isInteger(value: unknown): boolean {
  return typeof value === 'bigint' || (Number.isInteger(value) && Math.abs(value as number) < 2 ** 63);
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a map';
  if (typeof value === 'string') return 'a string';
  if (typeof value === 'boolean') return 'a boolean';
  return isInteger(value) ? 'an integer' : 'a number';
}
