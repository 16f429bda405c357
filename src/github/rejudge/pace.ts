import type { JobContext } from '../dependencies.ts';
import { GitHubError } from '../errors.ts';

/** Work that nobody waits for leaves this share of the hourly limit to reviews that somebody does. */
export const LEFT_FOR_REVIEWS = 0.4;

/** A check that must not count any more is worth nearly all of it: until it is in progress, its commit can be merged. */
export const LEFT_BY_HOLDING = 0.05;

/** When it is looked again whether there is enough, in milliseconds. */
const PAUSE = 5 * 60_000;

/**
 * Puts work off that nobody waits for while the hourly limit is wanted by others.
 *
 * @param share of the limit that is left to them
 * @throws {GitHubError} that makes the job wait for its next attempt
 */
export function giveWay(
  { environment, installationId }: Pick<JobContext, 'environment' | 'installationId'>,
  share = LEFT_FOR_REVIEWS,
): void {
  if (environment.rateLimitLeft(installationId) >= share) return;
  throw new GitHubError('What is left of the hourly limit is kept for reviews that somebody waits for', {
    kind: 'rate-limited',
    status: null,
    request: 'a review in the background',
    requestId: null,
    permission: null,
    retryAfter: PAUSE,
  });
}
