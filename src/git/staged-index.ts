import { runGit, type GitContext } from './git-process.ts';
import { grepFiles } from './grep.ts';
import { RAW_DIFF } from './hunks.ts';
import { parseIndex, parseRawDiff, type DiffEntry, type TreeEntry } from './tree-entry.ts';

/** What the next commit would hold. */
export interface StagedIndex {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** Paths of an unfinished merge. */
  readonly unmerged: ReadonlySet<string>;
  /** How it differs from a tree or commit, by its full id. */
  diff(from: string): Promise<DiffEntry[]>;
  grep(text: string): Promise<string[]>;
}

const MAX_INDEX_BYTES = 64 * 1024 * 1024;

export async function readIndex(context: GitContext): Promise<StagedIndex> {
  const limit = { maxOutputBytes: MAX_INDEX_BYTES };
  const { stdout } = await runGit(['ls-files', '-s', '-z'], context, limit);
  return {
    ...parseIndex(stdout),
    async diff(from) {
      const raw = await runGit(['diff-index', '--cached', ...RAW_DIFF, from, '--'], context, limit);
      return parseRawDiff(raw.stdout);
    },
    grep: (text) => grepFiles('--cached', text, '', context),
  };
}
