import { ProbotOctokit } from 'probot';
import type { Clock } from './clock.ts';
import type { GitHubRequest } from '../telemetry/metrics.ts';
import { observeRequests } from './request-observer.ts';
import { retryRequests } from './request-retries.ts';

/** How long one HTTP exchange may take, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;

/**
 * Probot's Octokit with our own handling of failures instead of Probot's, which repeats every request, posts
 * included, and does not wait as long as GitHub asks. `pacing` keeps Probot's gaps between writes, which GitHub
 * recommends against secondary limits.
 */
export function createOctokitClass(
  clock: Clock,
  pacing: boolean,
  report: (request: GitHubRequest) => void = () => undefined,
): typeof ProbotOctokit {
  // The observer first: what is registered later stands outside.
  const withRetries = ProbotOctokit.plugin(observeRequests(report), retryRequests(clock));
  // The function form: with the object form Probot's own options would win (probot#2039).
  return withRetries.defaults((options: Record<string, unknown>) => ({
    ...options,
    retry: { enabled: false },
    throttle: {
      ...(options['throttle'] as object | undefined),
      enabled: pacing,
      onRateLimit: () => false,
      onSecondaryRateLimit: () => false,
    },
  }));
}

/** `fetch` that gives up on a server that does not answer within so many milliseconds. */
export function fetchWithin(milliseconds: number): typeof fetch {
  return (input, init) => {
    const signals = [AbortSignal.timeout(milliseconds), ...(init?.signal ? [init.signal] : [])];
    return fetch(input, { ...init, signal: AbortSignal.any(signals) });
  };
}

export const fetchWithTimeout = fetchWithin(REQUEST_TIMEOUT);
