import type { Bypass, PushedCommit } from '../alerts/alert.ts';
import { branchName } from '../alerts/undo.ts';
import { GitError } from '../git/git-error.ts';
import type { Repository } from '../git/repository.ts';
import { bypassOf } from './api/activity.ts';
import type { JobContext } from './dependencies.ts';
import type { JudgePushJob } from './job.ts';
import { mergePastCheck } from './merge-past-check.ts';
import { findEvidence, firstParents } from './push-evidence.ts';

/** A push that no merge accounts for, or a merge past the rules. */
export interface PushOrigin {
  /** A sentence. */
  readonly evidence: string;
  readonly commits: readonly PushedCommit[] | null;
  readonly bypass: Bypass | null;
}

/** Null when the push is a merge that satisfied the rules, or nothing that needs one. */
export async function originOfPush(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
  missing: readonly string[],
): Promise<PushOrigin | null> {
  if (job.created && !(await bringsCommits(context, job, repository))) return null;
  const direct = await directEvidence(context, job, repository, missing);
  const bypass = await bypassOf(context.api, job);
  // The issue about settings says where people can look; with each push it would be noise.
  if (bypass !== null && 'notTold' in bypass) context.log.info(bypass.notTold);
  const told = bypass !== null && !('notTold' in bypass) ? bypass : null;
  const past = direct === null && told === null ? await mergePastCheck(context, rangeOf(job)) : null;
  if (direct === null && told === null && past === null) return null;
  const actor = told?.actor ?? job.pusher;
  return {
    evidence:
      direct?.evidence ?? past ?? `GitHub's insights say that ${actor} passed by a ruleset of the branch.`,
    commits: direct === null ? await lineOf(job, repository, missing) : direct.commits,
    bypass: told === null && past === null ? null : { actor, merged: direct === null },
  };
}

interface DirectEvidence {
  readonly evidence: string;
  readonly commits: readonly PushedCommit[] | null;
}

async function directEvidence(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
  missing: readonly string[],
): Promise<DirectEvidence | null> {
  if (job.deleted) return { evidence: 'No pull request deletes a branch that is watched.', commits: null };
  if (job.created) return { evidence: 'Its commits are not on the default branch.', commits: null };
  if (job.forced) return { evidence: 'No pull request rewrites the history of a branch.', commits: null };
  const line = await lineOf(job, repository, missing);
  const evidence = await findEvidence(context, rangeOf(job), line);
  return evidence === null ? null : { evidence, commits: line };
}

function lineOf(
  job: JudgePushJob,
  repository: Repository,
  missing: readonly string[],
): Promise<readonly PushedCommit[] | null> {
  return missing.length > 0 ? Promise.resolve(null) : firstParents(repository, rangeOf(job));
}

function rangeOf({ ref, before, after }: JudgePushJob) {
  return { branch: branchName(ref), before, after };
}

/** A new branch is worth an alert only when it brings commits that the default branch does not have. */
async function bringsCommits(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
): Promise<boolean> {
  const main = `refs/heads/${context.repository.defaultBranch}`;
  if (job.ref === main) return false;
  const tip = await repository.tryResolve(main);
  return tip !== null && !(await isAncestor(repository, job.after, tip));
}

/** Whether a commit is another one or comes before it. Both must be there. */
export async function isAncestor(repository: Repository, older: string, newer: string): Promise<boolean> {
  try {
    return (await repository.mergeBase(newer, older)) === older;
  } catch (error) {
    if (error instanceof GitError && error.kind === 'no-merge-base') return false;
    throw error;
  }
}
