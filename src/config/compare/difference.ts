import type { PolicyDifference, PolicyEffect } from '../../engine/policy-difference.ts';

/** What follows from a difference, as sentences. */
export interface Says {
  readonly weaker: string;
  readonly stricter: string;
}

type Pointer = readonly string[];

/** A value as it is written in a policy; null for nothing. */
export function written(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value, plain);
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value as Map<string, unknown>);
  return value instanceof Set ? [...(value as Set<unknown>)].sort() : value;
}

/** Characters of a value that readers get to see. */
const MAX_SHOWN = 200;

/** A value for readers. */
export function shown(value: unknown): string | null {
  const text = written(value);
  return text === null || text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1).toWellFormed()}…`;
}

/** Whether two values are written alike. */
export function isSame(a: unknown, b: unknown): boolean {
  return written(a) === written(b);
}

export function difference(
  pointer: Pointer,
  [before, after]: readonly [unknown, unknown],
  effect: PolicyEffect,
  says: string,
): PolicyDifference {
  return { pointer, entry: null, effect, before: shown(before), after: shown(after), says };
}

/** Two values of which one is the stricter. */
export function ordered<T>(
  pointer: Pointer,
  before: T,
  after: T,
  weakestFirst: readonly T[],
  says: Says,
): PolicyDifference[] {
  if (before === after) return [];
  const effect = weakestFirst.indexOf(after) < weakestFirst.indexOf(before) ? 'weaker' : 'stricter';
  return [difference(pointer, [before, after], effect, says[effect])];
}

/** Two values of which neither is the stricter for sure. */
export function changed(pointer: Pointer, before: unknown, after: unknown, says: string): PolicyDifference[] {
  return isSame(before, after) ? [] : [difference(pointer, [before, after], 'other', says)];
}

/**
 * Two lists whose order means nothing.
 *
 * @param more what another entry does
 */
export function members(
  pointer: Pointer,
  before: readonly string[],
  after: readonly string[],
  more: PolicyEffect,
  says: Says | string,
): PolicyDifference[] {
  const less = opposite(more);
  const sentence = (effect: PolicyEffect): string =>
    typeof says === 'string' ? says : effect === 'other' ? says.weaker : says[effect];
  const one = (entry: string, effect: PolicyEffect, isAdded: boolean): PolicyDifference => ({
    pointer,
    entry,
    effect,
    before: isAdded ? null : shown(entry),
    after: isAdded ? shown(entry) : null,
    says: sentence(effect),
  });
  return [
    ...without(after, before).map((entry) => one(entry, more, true)),
    ...without(before, after).map((entry) => one(entry, less, false)),
  ];
}

export function opposite(effect: PolicyEffect): PolicyEffect {
  return effect === 'other' ? 'other' : effect === 'weaker' ? 'stricter' : 'weaker';
}

function without(entries: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return [...new Set(entries)].filter((entry) => !known.has(entry));
}
