import { dayOf } from '../engine/waiver.ts';
import { withWaivers } from '../pipeline/given-waivers.ts';
import { stillHolds } from '../store/ledger.ts';
import { bindingOf } from './binding.ts';
import type { PullRequest } from './api/pull-requests.ts';
import type { JobContext } from './dependencies.ts';
import { givenWaivers } from './given-waivers.ts';
import { fetchPullRequests, sharedHead } from './judge-pull-requests.ts';

/** The mark that names the head whose findings the comments on a pull request are about. */
function commentsMark({ repository }: Pick<JobContext, 'repository'>, number: number): string {
  return `comments/${String(repository.id)}/${String(number)}`;
}

/** Notes that the review of a head was the last one that saw to the comments on its pull request. */
export function noteReviewed(
  context: JobContext,
  { number, headSha }: Pick<PullRequest, 'number' | 'headSha'>,
): Promise<void> {
  return context.environment.ledger.setMark(commentsMark(context, number), headSha);
}

/** Forgets a pull request that is closed. */
export function forgetReviewed(context: JobContext, number: number): Promise<void> {
  return context.environment.ledger.clearMark(commentsMark(context, number));
}

/**
 * Whether the pull request has the verdict that judging it would give: an event that arrives late, after a sweep found
 * its head for instance, must not give the head a second check. In doubt it does not.
 */
export async function isJudged(context: JobContext, pull: PullRequest): Promise<boolean> {
  const standing = await context.environment.ledger.verdictOn(context.repository.id, pull.headSha);
  // A pull request that shares the head is news: its check goes in progress at once.
  if (standing?.pullRequests.includes(pull.number) !== true) return false;
  // A head that comes back finds the comments of the one in between.
  if ((await context.environment.ledger.mark(commentsMark(context, pull.number))) !== pull.headSha)
    return false;
  if (!stillHolds(standing, dayOf(context.environment.clock.now()))) return false;
  return isCurrent(context, pull, standing.binding);
}

/** Whether a verdict is bound to the base, the head and the policy that hold now. In doubt it is not. */
export async function isCurrent(context: JobContext, pull: PullRequest, binding: string): Promise<boolean> {
  try {
    return (await bindingNow(context, pull)) === binding;
  } catch (error) {
    context.signal.throwIfAborted();
    context.log.info({ err: error }, 'Whether the standing verdict still counts could not be told');
    return false;
  }
}

async function bindingNow(context: JobContext, pull: PullRequest): Promise<string> {
  const pulls = await sharedHead(context, pull);
  const repository = await fetchPullRequests(context, pulls);
  try {
    const verdicts = [];
    for (const { number, baseRef, headSha } of pulls) {
      const base = await repository.resolve(`refs/heads/${baseRef}`);
      const { hash } = await context.environment.policyAt(repository, base);
      const policyHash = withWaivers(hash, await givenWaivers(context, number));
      verdicts.push({ base, head: headSha, policyHash });
    }
    return bindingOf(verdicts);
  } finally {
    repository.close();
  }
}
