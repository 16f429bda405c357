import type { Manifest } from './manifest.ts';
import type { Range } from './position.ts';
import type { YamlDocument } from './yaml-document.ts';

/** `cluster`: as Go's YAML reads manifests. `core`: YAML 1.2's core schema, for our own configuration files. */
export type YamlFlavour = 'cluster' | 'core';

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
