import type { ProbotOctokit } from 'probot';
import type { Clock } from './clock.ts';
import { toGitHubError } from './errors.ts';
import type { GitHubError } from './errors.ts';
import { graphqlLimit } from './graphql-limit.ts';

export interface RetryLimits {
  /** Attempts after an answer that says nothing about the effect: 5xx or a broken connection. */
  readonly attempts: number;
  /** Waits that GitHub itself asked for. */
  readonly waits: number;
  /** A longer wait than this is an error, in milliseconds: its job comes back when the wait is over. */
  readonly longestWait: number;
}

export const DEFAULT_RETRY_LIMITS: RetryLimits = { attempts: 4, waits: 3, longestWait: 2 * 60_000 };

/** Delay before attempt n + 1, in milliseconds: 0.5 s, 2 s, 8 s. */
export function backoff(attempt: number): number {
  return 500 * 4 ** (attempt - 1);
}

/**
 * An Octokit plugin that stands outside all others. A request that is safe to repeat is repeated after 5xx answers
 * and broken connections. A POST is not, nor is a call with `request: { repeatable: false }`: its effect may stand
 * already, and only its caller can look. A rate-limited request had no effect, so it is repeated after the wait that
 * GitHub asks for, whatever its method. Every error becomes a `GitHubError`.
 */
export function retryRequests(clock: Clock, limits: RetryLimits = DEFAULT_RETRY_LIMITS) {
  return (octokit: Pick<ProbotOctokit, 'hook' | 'log'>): Record<string, never> => {
    octokit.hook.wrap('request', async (request, options) => {
      const repeatable = isRepeatable(options.method, options.request['repeatable']);
      let attempts = 1;
      let waits = 0;
      for (;;) {
        try {
          const response = await request(options);
          const limit = graphqlLimit(options.url, response);
          if (limit !== null) throw limit;
          return response;
        } catch (error) {
          const failure = toGitHubError(error, { method: options.method, url: options.url }, clock.now());
          if (failure.kind === 'rate-limited') {
            waits += 1;
            await waitForLimit(failure, waits);
            continue;
          }
          if (failure.kind !== 'unavailable' || !repeatable || attempts >= limits.attempts) throw failure;
          await clock.sleep(delayAfter(failure, attempts));
          attempts += 1;
        }
      }
    });

    async function waitForLimit(failure: GitHubError, waits: number): Promise<void> {
      const wait = failure.retryAfter ?? 0;
      if (waits > limits.waits || wait > limits.longestWait) throw failure;
      octokit.log.warn(
        `GitHub's rate limit: waiting ${String(Math.ceil(wait / 1_000))} s. ${failure.message}`,
      );
      await clock.sleep(wait);
    }

    function delayAfter(failure: GitHubError, attempt: number): number {
      return Math.min(Math.max(failure.retryAfter ?? 0, backoff(attempt)), limits.longestWait);
    }

    return {};
  };
}

function isRepeatable(method: string, override: unknown): boolean {
  return typeof override === 'boolean' ? override : method !== 'POST';
}
