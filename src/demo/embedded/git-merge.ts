import { listCommits, readCommit, type StoredCommit } from './git-commits.ts';
import { commitTree, type Person } from './git-store.ts';
import { askGit } from './git.ts';
import type { CommitSigner } from './signing.ts';

export type MergeMethod = 'merge' | 'squash' | 'rebase';

export interface Merge {
  readonly base: string;
  readonly head: string;
  readonly message: string;
  readonly author: Person;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** GitHub's own key: it signs the commits that its web interface makes. */
  readonly signer: CommitSigner;
}

export const WEB_FLOW: Person = { name: 'GitHub', email: 'noreply@github.com' };

/** The merged tree, or null when there are conflicts. */
export async function mergeTrees(directory: string, ours: string, theirs: string): Promise<string | null> {
  const { code, stdout } = await askGit(directory, ['merge-tree', '--write-tree', ours, theirs], {
    accept: [1],
  });
  return code === 0 ? stdout.toString().trim() : null;
}

/** Makes the commits that a merge adds to the base, and gives the new tip; null when there are conflicts. */
export async function mergeCommits(
  directory: string,
  merge: Merge,
  method: MergeMethod,
): Promise<string | null> {
  if (method === 'rebase') return rebase(directory, merge);
  const tree = await mergeTrees(directory, merge.base, merge.head);
  if (tree === null) return null;
  return commitTree(directory, tree, {
    parents: method === 'merge' ? [merge.base, merge.head] : [merge.base],
    message: merge.message,
    author: merge.author,
    committer: WEB_FLOW,
    at: merge.at,
    signer: merge.signer,
  });
}

/** GitHub rebases without signing. Merge commits are left out. */
async function rebase(directory: string, merge: Merge): Promise<string | null> {
  let tip = merge.base;
  for (const sha of await listCommits(directory, merge.base, merge.head)) {
    const commit = await readCommit(directory, sha);
    if (commit.parents.length > 1) continue;
    const next = await replay(directory, commit, tip, merge);
    if (next === null) return null;
    tip = next;
  }
  return tip;
}

/** Puts the change that one commit makes on top of another commit. */
async function replay(
  directory: string,
  commit: StoredCommit,
  onto: string,
  merge: Merge,
): Promise<string | null> {
  const [parent] = commit.parents;
  if (parent === undefined) return null;
  const parentTree = (await readCommit(directory, parent)).tree;
  const ontoTree = (await readCommit(directory, onto)).tree;
  // merge-tree takes its base from history, so the three trees get a history of their own.
  const plain = { message: '', author: WEB_FLOW, committer: WEB_FLOW, at: merge.at, signer: null };
  const root = await commitTree(directory, parentTree, { ...plain, parents: [] });
  const ours = await commitTree(directory, ontoTree, { ...plain, message: 'ours', parents: [root] });
  const theirs = await commitTree(directory, commit.tree, { ...plain, message: 'theirs', parents: [root] });
  const tree = await mergeTrees(directory, ours, theirs);
  if (tree === null) return null;
  return commitTree(directory, tree, {
    parents: [onto],
    message: commit.message,
    author: commit.author,
    committer: merge.author,
    at: merge.at,
    signer: null,
  });
}
