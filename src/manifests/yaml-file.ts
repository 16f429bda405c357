import type { Manifest } from './manifest.ts';
import type { Pointer, Range } from './position.ts';

/** One document of a YAML stream. */
export interface YamlDocument {
  /** As Go's YAML reads it; undefined when the document has errors. */
  readonly value: unknown;
  /** Where the value, or its key, at `pointer` stands; the deepest existing parent's key when there is none. */
  rangeOf(pointer: Pointer, part?: 'value' | 'key'): Range;
}

/** `limit`: the text is too deep, too large or expands too far, and was therefore not judged. */
export interface YamlProblem {
  readonly kind: 'syntax' | 'duplicate-key' | 'merge-conflict' | 'limit';
  readonly message: string;
  readonly range: Range;
}

export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly YamlProblem[];
  readonly manifests: readonly Manifest[];
}
