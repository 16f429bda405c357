import type { Builder } from './builder.ts';

type Values = Builder<unknown, Record<string, unknown>, unknown[]>;

/** Makes plain values. */
export const VALUES: Values = {
  exact: false,
  scalar: (value) => value,
  map: () => ({}),
  list: (_start, items) => items,
  put: (map, key, _start, _end, value) => {
    // Also when the key is one that every object has.
    if (map[key] !== undefined) return false;
    map[key] = value;
    return true;
  },
  end: () => undefined,
};
