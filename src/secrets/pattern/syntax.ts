/** Inclusive ranges of code points, sorted and apart. */
export type Ranges = readonly (readonly [number, number])[];

/** A parsed RE2 pattern. `fold`: letters match in either case. */
export type Node =
  | { readonly type: 'literal'; readonly code: number; readonly fold: boolean }
  | { readonly type: 'class'; readonly ranges: Ranges; readonly negated: boolean; readonly fold: boolean }
  | { readonly type: 'property'; readonly name: string; readonly negated: boolean }
  | { readonly type: 'assertion'; readonly kind: Assertion }
  | { readonly type: 'group'; readonly capture: boolean; readonly body: Node }
  | { readonly type: 'concat'; readonly items: readonly Node[] }
  | { readonly type: 'alternate'; readonly items: readonly Node[] }
  | {
      readonly type: 'repeat';
      readonly body: Node;
      readonly min: number;
      /** Null: without end. */
      readonly max: number | null;
      readonly lazy: boolean;
    };

export type Assertion = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word' | 'no-word';

/** A pattern that is not RE2, or larger than is allowed. The message quotes no more than its own syntax. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

export const MAX_CODE = 0x10ffff;

export function normalize(ranges: Ranges): Ranges {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

export function complement(ranges: Ranges): Ranges {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [from, to] of normalize(ranges)) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= MAX_CODE) gaps.push([next, MAX_CODE]);
  return gaps;
}

const code = (char: string): number => char.charCodeAt(0);
const range = (text: string): Ranges =>
  (text.match(/../gs) ?? []).map((pair) => [code(pair.charAt(0)), code(pair.charAt(1))] as const);

export const DIGIT = range('09');
export const SPACE = range('\t\n\f\r  ');
export const WORD = range('09AZ__az');

/** The POSIX classes, all of them ASCII. */
export const POSIX: ReadonlyMap<string, Ranges> = new Map([
  ['alnum', range('09AZaz')],
  ['alpha', range('AZaz')],
  ['ascii', [[0, 0x7f]]],
  ['blank', range('\t\t  ')],
  ['cntrl', [[0, 0x1f] as const, [0x7f, 0x7f] as const]],
  ['digit', DIGIT],
  ['graph', range('!~')],
  ['lower', range('az')],
  ['print', range(' ~')],
  ['punct', range('!/:@[`{~')],
  ['space', range('\t\r  ')],
  ['upper', range('AZ')],
  ['word', WORD],
  ['xdigit', range('09AFaf')],
]);
