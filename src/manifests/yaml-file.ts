import type { Manifest } from './manifest.ts';
import type { Range } from './position.ts';
import type { YamlDocument } from './yaml-document.ts';

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
