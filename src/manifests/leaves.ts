import { isRecord } from './manifest.ts';
import type { Pointer } from './position.ts';

/** A scalar inside a value, and the way to it. */
export interface Leaf {
  readonly pointer: Pointer;
  /** The map keys on the way, without list indexes: how SOPS names a place. */
  readonly keys: readonly string[];
  readonly value: string | number | bigint | boolean;
}

/** Every scalar of a value in document order. Null and the empty string hold nothing and are left out. */
export function leavesOf(root: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  collect(root, [], [], leaves);
  return leaves;
}

function collect(value: unknown, pointer: Pointer, keys: readonly string[], leaves: Leaf[]): void {
  if (Array.isArray(value)) {
    (value as unknown[]).forEach((item, index) => {
      collect(item, [...pointer, String(index)], keys, leaves);
    });
  } else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) collect(item, [...pointer, key], [...keys, key], leaves);
  } else if (isFilled(value)) {
    leaves.push({ pointer, keys, value });
  }
}

function isFilled(value: unknown): value is Leaf['value'] {
  if (typeof value === 'string') return value !== '';
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}
