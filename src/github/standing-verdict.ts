import { dayOf } from '../engine/waiver.ts';
import { withWaivers } from '../pipeline/given-waivers.ts';
import { stillHolds } from '../store/ledger.ts';
import { bindingOf } from './binding.ts';
import type { PullRequest } from './api/pull-requests.ts';
import type { JobContext } from './dependencies.ts';
import { givenWaivers } from './given-waivers.ts';
import { fetchPullRequests, sharedHead } from './judge-pull-requests.ts';

/**
 * Whether the pull request has the verdict that judging it would give: an event that arrives late, after a sweep found
 * its head for instance, must not give the head a second check. In doubt it does not.
 */
export async function isJudged(context: JobContext, pull: PullRequest): Promise<boolean> {
  const standing = await context.environment.ledger.verdictOn(context.repository.id, pull.headSha);
  // A pull request that shares the head is news: its check goes in progress at once.
  if (standing?.pullRequests.includes(pull.number) !== true) return false;
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
