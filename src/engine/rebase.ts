import { shortSha, type ChangeSet, type Commit } from './change.ts';

/** The commits of a change, and where it left the base. */
export type CommitRange = Pick<ChangeSet, 'commits' | 'mergeBase'> & Partial<Pick<ChangeSet, 'push'>>;

/**
 * The command that signs a commit and all after it anew. From that commit on, so that good signatures before it stay;
 * where there are merges, from the base on, because a rebase without them would drop them. A rebase stops where it is asked to
 * amend a commit without changes, unless it is allowed.
 */
export function signingCommand(oldest: Commit, { commits, mergeBase }: CommitRange): string {
  const needsAuthor = commits.some(({ signature }) => signature.authorDiffers === true);
  const amend = [
    'git commit --amend --no-edit --allow-empty',
    ...(needsAuthor ? ['--reset-author'] : []),
    '-S',
  ];
  const exec = `--exec '${amend.join(' ')}'`;
  const hasMerges = commits.some(({ parents }) => parents.length > 1);
  if (hasMerges && mergeBase !== null) return `git rebase --rebase-merges ${exec} ${shortSha(mergeBase)}`;
  const [parent] = oldest.parents;
  return `git rebase ${exec} ${parent === undefined ? '--root' : shortSha(parent)}`;
}
