import type { Commit } from '../engine/change.ts';
import { GitError } from '../git/git-error.ts';
import type { Repository } from '../git/repository.ts';
import { getPullRequest, listPullRequestCommits } from './api/pull-requests.ts';
import type { PullRequest } from './api/pull-requests.ts';
import type { JobContext } from './dependencies.ts';
import { GitHubError } from './errors.ts';

/**
 * Compares the commits that git finds with the number that GitHub counts for the pull request. GitHub goes on counting
 * commits that the base has got since the last push, by another pull request for instance; those are accounted for.
 *
 * @returns why these may not be all commits, as a clause; null when they are
 * @throws {GitHubError} for trouble that may pass, unless this is the last attempt
 */
export async function missingCommits(
  context: JobContext,
  repository: Repository,
  pull: PullRequest,
  base: string,
  commits: readonly Commit[],
): Promise<string | null> {
  if (commits.length === pull.commits) return null;
  const { commits: counted } = await getPullRequest(context.api, pull.number);
  if (commits.length === counted) return null;
  const ours = new Set(commits.map(({ sha }) => sha));
  const others = (await listPullRequestCommits(context.api, pull.number)).filter(({ sha }) => !ours.has(sha));
  const standing = await Promise.all(others.map(({ sha }) => isOn(repository, base, sha)));
  if (standing.every(Boolean) && commits.length + others.length === counted) return null;
  const reason = `has ${String(counted)} commits by GitHub's count and ${String(commits.length)} in git, so commits may be missing`;
  if (context.lastAttempt) return `${reason}. Push again, or press *Re-run* on this check`;
  throw new GitHubError(`The pull request ${reason}`, {
    kind: 'unavailable',
    status: null,
    request: 'the count of commits',
    requestId: null,
    permission: null,
    retryAfter: null,
  });
}

async function isOn(repository: Repository, base: string, sha: string): Promise<boolean> {
  try {
    return (await repository.tryResolve(sha)) === sha && (await repository.mergeBase(base, sha)) === sha;
  } catch (error) {
    if (error instanceof GitError && error.kind === 'no-merge-base') return false;
    throw error;
  }
}
