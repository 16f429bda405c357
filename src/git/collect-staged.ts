import type { ChangeSet } from '../engine/change.ts';
import { collectFiles, type CollectOptions, type Sides } from './collect-change.ts';
import { createContentLoader } from './content-loader.ts';
import { withDefaults } from './limits.ts';
import { NotCheckedList } from './not-checked.ts';
import type { Repository } from './repository.ts';
import type { TreeEntry } from './tree-entry.ts';

export interface StagedOptions extends Pick<CollectOptions, 'rules' | 'extraContext' | 'limits' | 'signal'> {
  /** Absolute path of the index to read; git hands one to hooks as `GIT_INDEX_FILE`. Null: the repository's own. */
  readonly indexFile?: string | null;
}

/** What is staged, compared with HEAD: what the next commit would change. */
export async function collectStaged(repository: Repository, options: StagedOptions): Promise<ChangeSet> {
  const limits = withDefaults(options.limits);
  const notes = new NotCheckedList();
  const head = await repository.tryResolve('HEAD');
  const index = await repository.index(options.indexFile ?? null);
  const diff = await index.diff(head ?? repository.emptyTree);
  for (const path of index.unmerged) {
    notes.add(path, 'is part of an unfinished merge: resolve it, then stage it', true);
  }
  const sides: Sides = {
    before: head === null ? new Map<string, TreeEntry>() : await repository.tree(head),
    after: index.entries,
    diff: diff.filter((entry) => entry.status !== 'unmerged' && !index.unmerged.has(pathOf(entry))),
    grep: (side, query, under) => {
      if (side === 'after') return index.grep(query);
      return head === null ? Promise.resolve([]) : repository.grep(head, query, under);
    },
  };
  const loader = createContentLoader(repository, limits, options.signal);
  const files = await collectFiles(repository, sides, loader, limits, notes, options);
  return {
    base: head,
    head: null,
    mergeBase: head,
    ...files,
    past: [],
    commits: [],
    push: null,
    notChecked: notes.items(),
  };
}

function pathOf({ before, after }: { before: TreeEntry | null; after: TreeEntry | null }): string {
  return (after ?? before)?.path ?? '';
}
