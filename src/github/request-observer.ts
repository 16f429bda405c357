import type { ProbotOctokit } from 'probot';
import { traced } from '../telemetry/tracing.ts';
import type { GitHubRequest } from '../telemetry/metrics.ts';

/** An Octokit plugin that reports every exchange with GitHub, also those that are repeated. */
export function observeRequests(report: (request: GitHubRequest) => void) {
  return (octokit: Pick<ProbotOctokit, 'hook'>): Record<string, never> => {
    octokit.hook.wrap('request', async (request, options) => {
      const started = performance.now();
      const done = (status: number | null): void => {
        const seconds = (performance.now() - started) / 1_000;
        report({ method: options.method, route: options.url, status, seconds });
      };
      try {
        const response = await traced(`${options.method} ${options.url}`, {}, async () => request(options));
        done(response.status);
        return response;
      } catch (error) {
        const { status } = (error as { readonly response?: { readonly status?: number } }).response ?? {};
        done(status ?? null);
        throw error;
      }
    });
    return {};
  };
}

export interface RateLimitReading {
  readonly remaining: number;
  readonly limit: number;
  /** Seconds since the epoch. */
  readonly resetAt: number;
}

/** Reports what each answer says of the hourly limit. */
export function observeRateLimit(
  octokit: ProbotOctokit,
  report: (reading: RateLimitReading) => void,
): ProbotOctokit {
  octokit.hook.after('request', ({ headers }) => {
    if (headers['x-ratelimit-resource'] !== undefined && headers['x-ratelimit-resource'] !== 'core') return;
    const [remaining, limit, resetAt] = ['remaining', 'limit', 'reset'].map((name) =>
      Number(headers[`x-ratelimit-${name}`]),
    );
    if (remaining === undefined || limit === undefined || resetAt === undefined) return;
    if ([remaining, limit, resetAt].every(Number.isFinite)) report({ remaining, limit, resetAt });
  });
  return octokit;
}
