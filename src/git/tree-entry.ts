import type { FileMode } from '../engine/change.ts';
import { GitError } from './git-error.ts';
import { decodePath, splitNul } from './path-bytes.ts';

export interface TreeEntry {
  readonly path: string;
  readonly mode: FileMode;
  readonly oid: string;
  /** Bytes; null for a submodule, and where it was not asked for or is not known. */
  readonly size: number | null;
}

export interface DiffEntry {
  readonly status: 'added' | 'deleted' | 'modified' | 'renamed' | 'type-changed' | 'unmerged';
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
}

/** A version of a file that a commit made. */
export interface MadeVersion {
  readonly commit: string;
  readonly path: string;
  readonly mode: FileMode;
  readonly oid: string;
}

const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const STATUSES: Readonly<Record<string, DiffEntry['status']>> = {
  A: 'added',
  D: 'deleted',
  M: 'modified',
  R: 'renamed',
  T: 'type-changed',
  U: 'unmerged',
};

export function isObjectId(text: string): boolean {
  return OBJECT_ID.test(text);
}

/** @param octal as git writes it; null for the absent side of a difference */
export function fileMode(octal: string): FileMode | null {
  const mode = Number.parseInt(octal, 8);
  const type = mode & 0o170000;
  if (type === 0o120000) return 'symlink';
  if (type === 0o160000) return 'submodule';
  if (type === 0o100000) return (mode & 0o100) === 0 ? 'file' : 'executable';
  return null;
}

/** Output of `ls-tree -r -z -l`. */
export function parseTree(output: Buffer): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (const record of splitNul(output)) {
    const tab = record.indexOf(0x09);
    const [octal = '', , oid = '', size = ''] = record.toString('latin1', 0, tab).split(/ +/);
    const mode = fileMode(octal);
    if (tab < 0 || mode === null || !isObjectId(oid)) throw unreadable('ls-tree');
    const path = decodePath(record.subarray(tab + 1));
    entries.set(path, { path, mode, oid, size: /^\d+$/.test(size) ? Number(size) : null });
  }
  return entries;
}

/** Output of `ls-files --unmerged -z`, which has a record for each side of an unfinished merge. */
export function parseUnmerged(output: Buffer): Set<string> {
  return new Set(splitNul(output).map((record) => decodePath(record.subarray(record.indexOf(0x09) + 1))));
}

/** Records of `diff-tree --raw -z` and `diff-index --raw -z`. */
export function parseRawDiff(output: Buffer): DiffEntry[] {
  const fields = splitNul(output);
  const entries: DiffEntry[] = [];
  let at = 0;
  while (at < fields.length) {
    const header = fields[at]?.toString('latin1') ?? '';
    const [oldMode = '', newMode = '', oldOid = '', newOid = '', letters = ''] = header.slice(1).split(' ');
    const status = STATUSES[letters.charAt(0)];
    const first = fields[at + 1];
    const second = status === 'renamed' ? fields[at + 2] : first;
    if (!header.startsWith(':') || status === undefined || first === undefined || second === undefined) {
      throw unreadable('diff');
    }
    entries.push({
      status,
      before: diffSide(first, oldMode, oldOid),
      after: diffSide(second, newMode, newOid),
    });
    at += status === 'renamed' ? 3 : 2;
  }
  return entries;
}

function diffSide(path: Buffer, octal: string, oid: string): TreeEntry | null {
  const mode = fileMode(octal);
  return mode === null ? null : { path: decodePath(path), mode, oid, size: null };
}

/** One record of `diff-tree --stdin -c --raw -z`: the version that the commit made, null when it removed the file. */
export function parseMadeVersion(header: string, path: Buffer, commit: string): MadeVersion | null {
  // One colon and one mode and id for each parent, then those of the result, then the status.
  const parents = /^:+/.exec(header)?.[0].length ?? 0;
  const words = header.slice(parents).split(' ');
  const mode = fileMode(words[parents] ?? '');
  const oid = words[2 * parents + 1] ?? '';
  if (parents === 0 || words.length !== 2 * parents + 3 || !isObjectId(oid)) throw unreadable('diff-tree');
  return mode === null ? null : { commit, path: decodePath(path), mode, oid };
}

function unreadable(command: string): GitError {
  return new GitError(
    'failed',
    `git ${command} gave an answer that could not be read; is git 2.34 or newer?`,
  );
}
