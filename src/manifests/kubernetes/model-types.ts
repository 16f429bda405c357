import type { Schema } from './schema.ts';

const SCALARS: Readonly<Record<string, Schema>> = {
  any: { type: 'any' },
  string: { type: 'string', format: 'text', allowed: null },
  time: { type: 'string', format: 'time', allowed: null },
  bytes: { type: 'string', format: 'bytes', allowed: null },
  int: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  quantity: { type: 'quantity' },
  'int-or-string': { type: 'int-or-string' },
};

/**
 * Reads a type as our catalogues write it: `string`, `int`, `[]T` for a list, `{}T` for a map, `=A|=B` for one of some
 * values, and a mark with a name behind it for a model.
 *
 * @param modelOf finds a model by its mark and name: `#V1Pod`
 */
export function readType(type: string, modelOf: (reference: string) => Schema): Schema {
  if (type.startsWith('[]')) return { type: 'list', items: readType(type.slice(2), modelOf) };
  if (type.startsWith('{}')) return { type: 'map', values: readType(type.slice(2), modelOf) };
  if (type.startsWith('=')) {
    const allowed = type.split('|').map((value) => value.slice(1));
    return { type: 'string', format: 'text', allowed };
  }
  return SCALARS[type] ?? modelOf(type);
}
