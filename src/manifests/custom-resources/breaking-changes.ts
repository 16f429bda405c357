import type { Pointer } from '../position.ts';
import { isTrue, namesAt, nodeAt, nodesAt, numberAt, own, textAt, type SchemaNode } from './schema-node.ts';
import { identity } from './value-tests.ts';

/** One place where a schema takes less than its earlier version did. */
export interface Narrowing {
  /** From the root of the schema. */
  readonly pointer: Pointer;
  /** Ends a sentence about objects that exist: "…, which they need not have". */
  readonly what: string;
}

/** Places that are compared; larger schemas are not compared to their end. */
const MAX_PLACES = 100_000;
const MAX_NARROWINGS = 20;

/** Where objects that fitted `before` may not fit `after`: fields that went or became required, other types, tighter limits. */
export function narrowings(before: SchemaNode, after: SchemaNode): readonly Narrowing[] {
  const found: Narrowing[] = [];
  const open: [SchemaNode, SchemaNode, Pointer][] = [[before, after, []]];
  for (let places = 0; open.length > 0 && places < MAX_PLACES && found.length < MAX_NARROWINGS; places += 1) {
    const [old, now, at] = open.pop() ?? [before, after, []];
    found.push(...narrowingsAt(old, now, at));
    for (const [name, field] of nodesAt(old, 'properties')) {
      const counterpart = nodeAt(nodeAt(now, 'properties') ?? {}, name);
      if (counterpart !== null) open.push([field, counterpart, [...at, 'properties', name]]);
    }
    for (const key of ['items', 'additionalProperties']) {
      const [inner, counterpart] = [nodeAt(old, key), nodeAt(now, key)];
      if (inner !== null && counterpart !== null) open.push([inner, counterpart, [...at, key]]);
    }
  }
  return found;
}

function narrowingsAt(before: SchemaNode, after: SchemaNode, at: Pointer): Narrowing[] {
  const type = typeOf(after);
  if (typeOf(before) !== type && typeOf(before) !== '' && type !== 'anything') {
    return [{ pointer: [...at, 'type'], what: `must be ${type} now, and was ${typeOf(before)}` }];
  }
  return [
    ...requiredNow(before, after, at),
    ...fieldsGone(before, after, at),
    ...valuesGone(before, after, at),
    ...tighter(before, after, at),
  ];
}

function typeOf(node: SchemaNode): string {
  if (isTrue(node, 'x-kubernetes-int-or-string')) return 'an integer or a string';
  const type = textAt(node, 'type');
  return type === '' ? 'anything' : `of the type ${type}`;
}

function requiredNow(before: SchemaNode, after: SchemaNode, at: Pointer): Narrowing[] {
  const known = new Set(namesAt(before, 'required'));
  return namesAt(after, 'required').flatMap((name) => {
    const field = nodeAt(nodeAt(after, 'properties') ?? {}, name);
    const filledIn = field !== null && own(field, 'default') !== undefined;
    return known.has(name) || filledIn
      ? []
      : [{ pointer: [...at, 'required'], what: `requires \`${name}\` now, and did not before` }];
  });
}

function fieldsGone(before: SchemaNode, after: SchemaNode, at: Pointer): Narrowing[] {
  if (
    isTrue(after, 'x-kubernetes-preserve-unknown-fields') ||
    own(after, 'additionalProperties') !== undefined
  )
    return [];
  const now = nodeAt(after, 'properties') ?? {};
  return nodesAt(before, 'properties').flatMap(([name]) =>
    Object.hasOwn(now, name)
      ? []
      : [{ pointer: [...at, 'properties'], what: `does not know the field \`${name}\` any more` }],
  );
}

function valuesGone(before: SchemaNode, after: SchemaNode, at: Pointer): Narrowing[] {
  const now = own(after, 'enum');
  if (!Array.isArray(now)) return [];
  const allowed = new Set((now as unknown[]).map(identity));
  const earlier = own(before, 'enum');
  if (Array.isArray(earlier) && (earlier as unknown[]).every((value) => allowed.has(identity(value))))
    return [];
  return [{ pointer: [...at, 'enum'], what: 'allows fewer values than before' }];
}

const LIMITS: readonly (readonly [key: string, tighter: 'larger' | 'smaller'])[] = [
  ['minimum', 'larger'],
  ['minLength', 'larger'],
  ['minItems', 'larger'],
  ['minProperties', 'larger'],
  ['maximum', 'smaller'],
  ['maxLength', 'smaller'],
  ['maxItems', 'smaller'],
  ['maxProperties', 'smaller'],
];

function tighter(before: SchemaNode, after: SchemaNode, at: Pointer): Narrowing[] {
  const limits = LIMITS.flatMap(([key, direction]) => {
    const now = numberAt(after, key);
    if (now === null) return [];
    const earlier = numberAt(before, key);
    const loose = earlier !== null && (direction === 'larger' ? now <= earlier : now >= earlier);
    return loose ? [] : [{ pointer: [...at, key], what: `has a tighter \`${key}\` than before` }];
  });
  const pattern = textAt(after, 'pattern');
  if (pattern === '' || pattern === textAt(before, 'pattern')) return limits;
  return [...limits, { pointer: [...at, 'pattern'], what: 'has another `pattern` than before' }];
}
