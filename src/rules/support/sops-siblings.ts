import { posix } from 'node:path';
import type { Widening } from '../../engine/rule.ts';
import { CIPHERTEXT_PREFIX } from '../../manifests/sops-crypt.ts';

const STRUCTURED = /\.(?:ya?ml|json|env|ini)$/i;
const MARKED = /[.\-_](?:dec|decrypted|plain|plaintext|clear|unencrypted)(?:[.\-_]|$)/i;

/** The encrypted files in the folder of a changed one, for rules that compare neighbours. */
export function siblingsWithCiphertext(changedPath: string): Widening | null {
  const name = posix.basename(changedPath);
  if (!STRUCTURED.test(name) && !MARKED.test(name)) return null;
  const folder = posix.dirname(changedPath);
  return { under: folder === '.' ? '' : folder, containing: CIPHERTEXT_PREFIX, only: 'folder' };
}
