import { isRecord } from '../manifests/manifest.ts';

export type GitHubErrorKind =
  | 'unauthorized'
  | 'permission'
  | 'rate-limited'
  | 'not-found'
  | 'gone'
  | 'unprocessable'
  | 'unavailable'
  | 'refused';

/** A request to GitHub that failed. It carries no headers and no bodies, so it can be logged and shown. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError';
  readonly kind: GitHubErrorKind;
  /** HTTP status; null when no answer arrived. */
  readonly status: number | null;
  /** Method and route template, such as `GET /repos/{owner}/{repo}/pulls`. */
  readonly request: string;
  readonly requestId: string | null;
  /** The permission that GitHub names or that the route needs, such as `checks=write`. */
  readonly permission: string | null;
  /** How long GitHub asks to wait, in milliseconds. */
  readonly retryAfter: number | null;

  constructor(message: string, details: GitHubErrorDetails) {
    super(message);
    this.kind = details.kind;
    this.status = details.status;
    this.request = details.request;
    this.requestId = details.requestId;
    this.permission = details.permission;
    this.retryAfter = details.retryAfter;
  }
}

export type GitHubErrorDetails = Pick<
  GitHubError,
  'kind' | 'status' | 'request' | 'requestId' | 'permission' | 'retryAfter'
>;

/** GitHub's advice when a secondary limit comes without a Retry-After header. */
const SECONDARY_LIMIT_WAIT = 60_000;

const MAX_MESSAGE = 300;

/** The permissions that routes need, for when GitHub does not name them in its answer. */
const PERMISSIONS: readonly (readonly [RegExp, string])[] = [
  [/check-(runs|suites)/, 'checks=write'],
  [/^GET \/orgs\/.*\/memberships\//, 'members=read'],
  [/\/collaborators\//, 'metadata=read'],
  [/\/issues/, 'issues=write'],
  [/\/code-scanning/, 'security_events=write'],
  [/^POST .*\/(pulls|graphql$)/, 'pull_requests=write'],
  [/\/pulls/, 'pull_requests=read'],
  [/\/rulesets\/rule-suites/, 'administration=write'],
  [/\/(activity|branches|commits|compare)/, 'contents=read'],
];

export interface FailedRequest {
  readonly method: string;
  readonly url: string;
}

/** Makes one kind of error of everything that a request can throw. `now` in milliseconds since the epoch. */
export function toGitHubError(error: unknown, failed: FailedRequest, now: number): GitHubError {
  if (error instanceof GitHubError) return error;
  const request = `${failed.method} ${failed.url}`;
  const response = responseOf(error);
  if (response === null) {
    return new GitHubError(`${request} got no answer: ${shorten(rootMessage(error))}`, {
      kind: 'unavailable',
      status: null,
      request,
      requestId: null,
      permission: null,
      retryAfter: null,
    });
  }
  const { status, headers } = response;
  const text = shorten(messageOf(error));
  const retryAfter = retryDelay(status, headers, text, now);
  const kind = kindOf(status, retryAfter, headers, text);
  const accepted = headers['x-accepted-github-permissions'];
  const needed = PERMISSIONS.find(([pattern]) => pattern.test(request))?.[1] ?? null;
  return new GitHubError(`${request} answered ${String(status)}: ${text}`, {
    kind,
    status,
    request,
    requestId: headers['x-github-request-id'] ?? null,
    permission: kind === 'permission' ? (accepted ?? needed) : null,
    retryAfter,
  });
}

/** True when the request may have had its effect although it failed. */
export function isUncertain(error: unknown): boolean {
  return error instanceof GitHubError && error.kind === 'unavailable';
}

function kindOf(
  status: number,
  retryAfter: number | null,
  headers: Readonly<Record<string, string>>,
  text: string,
): GitHubErrorKind {
  if (status >= 500) return 'unavailable';
  if (status === 429 || (status === 403 && isRateLimit(headers, text))) return 'rate-limited';
  if (status === 401) return 'unauthorized';
  if (status === 403) return retryAfter === null ? 'permission' : 'rate-limited';
  if (status === 404) return 'not-found';
  if (status === 410) return 'gone';
  return status === 422 ? 'unprocessable' : 'refused';
}

function isRateLimit(headers: Readonly<Record<string, string>>, text: string): boolean {
  return headers['x-ratelimit-remaining'] === '0' || /secondary rate|rate limit exceeded/i.test(text);
}

function retryDelay(
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
  now: number,
): number | null {
  if (status !== 403 && status !== 429 && status !== 503) return null;
  const seconds = Number(headers['retry-after']);
  if (headers['retry-after'] !== undefined && Number.isFinite(seconds)) return Math.max(0, seconds) * 1_000;
  if (status === 503) return null;
  const reset = Number(headers['x-ratelimit-reset']);
  if (headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset)) {
    return Math.max(0, reset * 1_000 - now) + 1_000;
  }
  return status === 429 || isRateLimit(headers, text) ? SECONDARY_LIMIT_WAIT : null;
}

function responseOf(error: unknown): { status: number; headers: Readonly<Record<string, string>> } | null {
  if (!isRecord(error) || !isRecord(error['response'])) return null;
  const { status, headers } = error['response'];
  if (typeof status !== 'number') return null;
  const entries = Object.entries(isRecord(headers) ? headers : {});
  return { status, headers: Object.fromEntries(entries.map(([name, value]) => [name, String(value)])) };
}

/** `fetch` wraps what went wrong in an error that says nothing. */
function rootMessage(error: unknown): string {
  const cause = isRecord(error) ? error['cause'] : undefined;
  return cause === undefined || cause === null ? messageOf(error) : rootMessage(cause);
}

function messageOf(error: unknown): string {
  return isRecord(error) && typeof error['message'] === 'string' ? error['message'] : String(error);
}

function shorten(text: string): string {
  return text.length <= MAX_MESSAGE ? text : `${text.slice(0, MAX_MESSAGE)}…`;
}
