import type { Pointer, Range } from './position.ts';

/** One document of a YAML stream. */
export interface YamlDocument {
  /** As Go's YAML reads it; undefined when the document has errors. */
  readonly value: unknown;
  /** Where the value, or its key, at `pointer` stands; the deepest existing parent's key when there is none. */
  rangeOf(pointer: Pointer, part?: 'value' | 'key'): Range;
}
