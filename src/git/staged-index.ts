import { runGit, type GitContext } from './git-process.ts';
import { grepFiles, type Query } from './grep.ts';
import { RAW_DIFF } from './hunks.ts';
import { parseRawDiff, parseUnmerged, type DiffEntry, type TreeEntry } from './tree-entry.ts';

/** What the next commit would hold. */
export interface StagedIndex {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** Paths of an unfinished merge. */
  readonly unmerged: ReadonlySet<string>;
  /** How it differs from a tree or commit, by its full id. */
  diff(from: string): Promise<DiffEntry[]>;
  grep(query: Query): Promise<string[]>;
}

const MAX_INDEX_BYTES = 64 * 1024 * 1024;

/** @param emptyTree compared with it, the index is listed in full */
export async function readIndex(context: GitContext, emptyTree: string): Promise<StagedIndex> {
  const diff = async (from: string): Promise<DiffEntry[]> => {
    // A file that was only announced (`git add --intent-to-add`) is in the index, and not in the next commit.
    const args = ['diff-index', '--cached', '--ita-invisible-in-index', ...RAW_DIFF, from, '--'];
    return parseRawDiff((await runGit(args, context, { maxOutputBytes: MAX_INDEX_BYTES })).stdout);
  };
  const unmerged = await runGit(['ls-files', '--unmerged', '-z'], context, {
    maxOutputBytes: MAX_INDEX_BYTES,
  });
  const all = await diff(emptyTree);
  return {
    entries: new Map(all.flatMap(({ after }) => (after === null ? [] : [[after.path, after] as const]))),
    unmerged: parseUnmerged(unmerged.stdout),
    diff,
    grep: (query) => grepFiles('--cached', query, '', context),
  };
}
