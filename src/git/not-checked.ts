import type { NotChecked } from '../engine/change.ts';
import type { Limits } from './limits.ts';
import type { SkippedObject } from './object-reader.ts';

/** For what concerns no single path: the root of the repository. */
export const WHOLE_REPOSITORY = '.';

const BINARY_NAME = new RegExp(
  `\\.(?:${[
    ...['png', 'jpe?g', 'gif', 'webp', 'avif', 'heic', 'ico', 'bmp', 'tiff?', 'psd', 'xcf', 'sketch'],
    ...['mp[34]', 'm4[av]', 'mov', 'avi', 'mkv', 'webm', 'wav', 'ogg', 'flac'],
    ...['woff2?', 'ttf', 'otf', 'eot', 'pdf', 'docx?', 'xlsx?', 'pptx?', 'od[pst]'],
    ...['zip', 'gz', 'tgz', 'tar', 'bz2', 'xz', 'zst', 'lz4', '7z', 'rar', 'jar', 'war', 'deb', 'rpm', 'apk'],
    ...['iso', 'img', 'dmg', 'qcow2', 'vmdk', 'exe', 'dll', 'so', 'dylib', 'a', 'o', 'class', 'pyc', 'wasm'],
  ].join('|')})$`,
  'i',
);

/** False for names that promise pictures, sound, archives or programs. Everything else may be read by a cluster. */
export function looksLikeText(path: string): boolean {
  return !BINARY_NAME.test(path);
}

export function formatBytes(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  return bytes >= 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${bytes} bytes`;
}

/** Why an object's content is not there, as a clause. */
export function skipReason(skipped: SkippedObject, limits: Limits): string {
  switch (skipped.skipped) {
    case 'too-large':
      return `is ${formatBytes(skipped.size)} large, more than the limit of ${formatBytes(limits.maxFileBytes)}`;
    case 'budget':
      return `was not read: the contents of this change take more than ${formatBytes(limits.maxTotalBytes)} together`;
    case 'missing':
      return 'is damaged in this clone, or missing, as in a partial one: clone the repository in full';
  }
}

/** Notes in the order in which they were made, each once. */
export class NotCheckedList {
  readonly #notes = new Map<string, NotChecked>();

  add(path: string, reason: string, blocks: boolean): void {
    const key = JSON.stringify([path, reason]);
    const known = this.#notes.get(key);
    this.#notes.set(key, { path, reason, blocks: blocks || known?.blocks === true });
  }

  items(): NotChecked[] {
    return [...this.#notes.values()];
  }
}
