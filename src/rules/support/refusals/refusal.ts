import { isRecord } from '../../../manifests/manifest.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { holdsExpression } from '../../../manifests/placeholder.ts';

/** Why the API server refuses an object whose fields and types are right. */
export interface Refusal {
  readonly pointer: Pointer;
  /** What is wrong, as the rest of a sentence that begins with the pointer. No words from the repository. */
  readonly fact: string;
  readonly mend: string;
  readonly atKey?: boolean;
  /** What follows, where it is not that the API server refuses the object. */
  readonly outcome?: string;
  /** The field that is not there, or several that would do: something else may still add one, and a patch need not. */
  readonly missing?: string | readonly string[];
}

export type Fields = Readonly<Record<string, unknown>>;

/** A list's items that are maps, with the way to each. */
export function itemsOf(list: unknown, pointer: Pointer): { pointer: Pointer; value: Fields }[] {
  if (!Array.isArray(list)) return [];
  return (list as unknown[]).flatMap((value, index) =>
    isRecord(value) ? [{ pointer: [...pointer, String(index)], value }] : [],
  );
}

/** The fields that are there: null is not. */
export function given(value: Fields, names: readonly string[]): string[] {
  return names.filter((name) => value[name] !== undefined && value[name] !== null);
}

/** A whole number, and nothing that is filled in later. */
export function wholeNumber(value: unknown): number | null {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}

/** A text that is known: without placeholders. */
export function knownText(value: unknown): string | null {
  return typeof value === 'string' && !holdsExpression(value) ? value : null;
}

export function numberOutside(
  value: unknown,
  [least, most]: readonly [least: number, most: number],
  pointer: Pointer,
): Refusal[] {
  const number = wholeNumber(value);
  if (number === null || (number >= least && number <= most)) return [];
  const fact =
    most === Infinity ? `is below ${String(least)}` : `is not between ${String(least)} and ${String(most)}`;
  return [{ pointer, fact, mend: 'Correct the number.' }];
}

export const PORTS = [1, 65_535] as const;

/** One of several fields, and only one of them. */
export function exactlyOne(
  value: Fields,
  names: readonly string[],
  pointer: Pointer,
  words: { readonly none: string; readonly several: string; readonly mend: string },
): Refusal[] {
  const found = given(value, names);
  if (found.length === 1) return [];
  if (found.length === 0) {
    return [{ pointer, atKey: true, fact: words.none, mend: words.mend, missing: names }];
  }
  const second = found[1] ?? '';
  return [{ pointer: [...pointer, second], atKey: true, fact: words.several, mend: words.mend }];
}
