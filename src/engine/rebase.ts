import { shortSha, type ChangeSet, type Commit } from './change.ts';

/** The commits of a change, and where it left the base. */
export type CommitRange = Pick<ChangeSet, 'commits' | 'mergeBase'>;

/**
 * The arguments with which `git rebase` makes a commit and all after it anew, each followed by a command. From that commit
 * on, so that good signatures before it stay; where there are merges, from the base on, because a rebase without them
 * would drop them.
 */
export function rebaseArguments(
  oldest: Commit,
  { commits, mergeBase }: CommitRange,
  command: string,
): string {
  const exec = `--exec '${command}'`;
  const hasMerges = commits.some(({ parents }) => parents.length > 1);
  if (hasMerges && mergeBase !== null) return `--rebase-merges ${exec} ${shortSha(mergeBase)}`;
  const [parent] = oldest.parents;
  return `${exec} ${parent === undefined ? '--root' : shortSha(parent)}`;
}
