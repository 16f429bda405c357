import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { Pointer, Position, Range } from './position.ts';

/** Makes a range of two offsets. */
export type ToRange = (start: number, end: number) => Range;

interface Followed extends Child {
  /** False when there is nothing at the end of the pointer: these are the deepest that there are. */
  readonly whole: boolean;
}

/** Follows `pointer` as far as it goes. An item of a list has no key of its own. */
function follow(document: Document, pointer: Pointer): Followed {
  let value: Node | null = isNode(document.contents) ? document.contents : null;
  let key: Node | null = null;
  for (const step of pointer) {
    const next = child(document, value, step);
    if (next === null) return { key, value, whole: false };
    ({ key, value } = next);
  }
  return { key, value, whole: true };
}

export function extentOf(document: Document, pointer: Pointer, toRange: ToRange): Range {
  const { key, value } = follow(document, pointer);
  const start = key?.range?.[0] ?? value?.range?.[0] ?? document.range?.[0] ?? 0;
  return toRange(start, value?.range?.[1] ?? key?.range?.[1] ?? start);
}

/** Null when the value is no literal block, whose lines alone stand as they are read. */
export function rangeInBlock(
  document: Document,
  pointer: Pointer,
  inner: Range,
  text: string,
  toRange: ToRange,
): Range | null {
  const { value, whole } = follow(document, pointer);
  if (!whole || !isScalar(value) || value.type !== 'BLOCK_LITERAL' || !value.range) return null;
  const body = text.indexOf('\n', value.range[0]) + 1;
  const first = toRange(body, body).start.line;
  // The first line that is not blank has the block's indentation, unless the header gives another: then it is near enough.
  const indent = /^(?:[ \t]*\r?\n)*( *)/.exec(text.slice(body, value.range[1]))?.[1]?.length ?? 0;
  const outer = ({ line, column }: Position): Position => ({
    line: first + line - 1,
    column: column + indent,
  });
  return { start: outer(inner.start), end: outer(inner.end) };
}

/** Where the value at `pointer` stands, or the deepest parent that there is. */
export function locate(document: Document, pointer: Pointer, part: 'value' | 'key', toRange: ToRange): Range {
  const { key, value, whole } = follow(document, pointer);
  if (!whole) part = 'key';
  const valueRange = value?.range ? toRange(value.range[0], value.range[1]) : null;
  const keyRange = key?.range ? toRange(key.range[0], key.range[1]) : null;
  const oneLine = valueRange !== null && valueRange.start.line === valueRange.end.line && !isEmptyNode(value);
  if (keyRange !== null && (part === 'key' || !oneLine)) return keyRange;
  if (valueRange === null) {
    const start = document.range?.[0] ?? 0;
    return toRange(start, start);
  }
  return oneLine ? valueRange : (firstKeyOf(value, toRange) ?? pointRange(valueRange.start));
}

function isEmptyNode(node: Node | null): boolean {
  return isScalar(node) && (node.range?.[0] ?? 0) === (node.range?.[1] ?? 0);
}

/** A map in a list, or a whole document, is pointed at by its first key. */
function firstKeyOf(node: Node | null, toRange: ToRange): Range | null {
  if (!isMap(node)) return null;
  const key = node.items[0]?.key;
  return isNode(key) && key.range ? toRange(key.range[0], key.range[1]) : null;
}

interface Child {
  readonly key: Node | null;
  readonly value: Node | null;
}

function child(document: Document, parent: Node | null, step: string): Child | null {
  const node = isAlias(parent) ? (parent.resolve(document) ?? null) : parent;
  if (isSeq(node)) {
    const item: unknown = node.items[Number(step)];
    return isNode(item) ? { key: null, value: item } : null;
  }
  if (!isMap(node)) return null;
  const pairs = node.items;
  const found = pairOf(node, step);
  if (found !== undefined) return { key: asNode(found.key), value: asNode(found.value) };
  for (const pair of pairs) {
    if (!isScalar(pair.key) || pair.key.source !== '<<') continue;
    const merged = mergedChild(document, asNode(pair.value), step);
    if (merged !== null) return merged;
  }
  return null;
}

/** Pairs by the text of their keys; of those with the same one the last counts. */
const pairsOf = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
/** Shorter maps are searched as quickly. */
const MIN_INDEXED = 32;

function pairOf(map: YAMLMap, step: string): Pair | undefined {
  if (map.items.length < MIN_INDEXED) return map.items.findLast((pair) => keyText(pair.key) === step);
  let known = pairsOf.get(map);
  if (known === undefined) {
    known = new Map(
      map.items.flatMap((pair) => {
        const text = keyText(pair.key);
        return text === null ? [] : [[text, pair] as const];
      }),
    );
    pairsOf.set(map, known);
  }
  return known.get(step);
}

function mergedChild(document: Document, source: Node | null, step: string): Child | null {
  const node = isAlias(source) ? (source.resolve(document) ?? null) : source;
  if (isMap(node)) return child(document, node, step);
  if (!isSeq(node)) return null;
  for (const item of node.items) {
    const found = isNode(item) ? mergedChild(document, item, step) : null;
    if (found !== null) return found;
  }
  return null;
}

function keyText(key: unknown): string | null {
  if (isScalar(key)) return String(key.value);
  return isPair(key) || isNode(key) ? null : String(key);
}

function asNode(value: unknown): Node | null {
  return isNode(value) ? value : null;
}

export function pointRange(position: Position): Range {
  return { start: position, end: position };
}
