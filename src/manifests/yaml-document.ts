import type { Pointer, Range } from './position.ts';

/** One document of a YAML stream. */
export interface YamlDocument {
  /** As Go's YAML reads it; undefined when the document has errors. */
  readonly value: unknown;
  /** It is only a part of an object: a patch within another one. */
  readonly partial?: boolean;
  /** Where the value, or its key, at `pointer` stands; the deepest existing parent's key when there is none. */
  rangeOf(pointer: Pointer, part?: 'value' | 'key'): Range;
  /** Everything from the key to the end of its value; like `rangeOf` where there is none. */
  extentOf?(pointer: Pointer): Range;
  /**
   * Where a part of the text at `pointer` stands. Its lines can be told in a block (`|`) only; else, the key is named.
   *
   * @param inner a range inside the text
   */
  rangeWithin?(pointer: Pointer, inner: Range): Range;
}
