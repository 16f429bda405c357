import type { JobContext } from '../dependencies.ts';
import { GitHubError } from '../errors.ts';

/** Work that nobody waits for leaves this share of the hourly limit to reviews that somebody does. */
export const LEFT_FOR_REVIEWS = 0.4;

/** When it is looked again whether there is enough, in milliseconds. */
const PAUSE = 5 * 60_000;

/**
 * Puts work off that nobody waits for while the hourly limit is wanted by others.
 *
 * @throws {GitHubError} that makes the job wait for its next attempt
 */
export function giveWay({
  environment,
  installationId,
}: Pick<JobContext, 'environment' | 'installationId'>): void {
  if (environment.rateLimitLeft(installationId) >= LEFT_FOR_REVIEWS) return;
  throw new GitHubError('What is left of the hourly limit is kept for reviews that somebody waits for', {
    kind: 'rate-limited',
    status: null,
    request: 'a review in the background',
    requestId: null,
    permission: null,
    retryAfter: PAUSE,
  });
}
