import { posix } from 'node:path';
import type { Widening } from '../../engine/rule.ts';
import { CIPHERTEXT_PREFIX } from '../../manifests/sops-crypt.ts';

/** Words by which people tell an encrypted file, or a folder of them, and its decrypted copy apart. */
const MARKS = new Set(
  'sops enc encrypted crypt dec decrypted plain plaintext clear cleartext unencrypted'.split(' '),
);

/** A path without such words: the same for an encrypted file and its copy. A folder that is named by one is left out. */
export function withoutMarks(path: string): string {
  return path
    .toLowerCase()
    .split('/')
    .map((name) => name.split(/[._-]/).filter((word) => !MARKS.has(word)))
    .filter((words) => words.length > 0)
    .map((words) => words.join('.'))
    .join('/');
}

/** Texts for people, pictures and programs: nobody encrypts them. */
const NO_COPY = /\.(?:md|rst|adoc|html?|css|png|jpe?g|gif|svg|go|[cm]?[jt]sx?|py|rb|rs|java|sh|lock|tgz)$/i;

/** The encrypted files of which a changed one may be a copy: those of its folder, or where the path has a mark, all. */
export function possibleOriginals(changedPath: string): Widening | null {
  if (NO_COPY.test(changedPath)) return null;
  const folder = posix.dirname(changedPath);
  if (folder === '.' || isMarked(folder)) return { under: '', containing: CIPHERTEXT_PREFIX };
  // `db.yaml` beside `encrypted/db.yaml`.
  return { under: folder, containing: CIPHERTEXT_PREFIX };
}

function isMarked(folder: string): boolean {
  return folder.split(/[/._-]/).some((word) => MARKS.has(word.toLowerCase()));
}

/** Every encrypted file, when an encrypted one changes: its values may have been copied from anywhere. */
export function possibleSources(_path: string, content?: Uint8Array | null): Widening | null {
  const bytes = content ? Buffer.from(content.buffer, content.byteOffset, content.byteLength) : null;
  return bytes?.includes(CIPHERTEXT_PREFIX) === true ? { under: '', containing: CIPHERTEXT_PREFIX } : null;
}
