/** The value of a label that stands for every value that is not known or is one too many. */
export const OTHER = 'other';

/** The events that have a series of their own. The name of an event comes from the network, unverified. */
export const EVENTS = [
  'branch_protection_rule',
  'check_run',
  'check_suite',
  'installation',
  'installation_repositories',
  'issue_comment',
  'issues',
  'merge_group',
  'ping',
  'pull_request',
  'pull_request_review',
  'push',
  'repository',
  'repository_ruleset',
] as const;

const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'] as const;
const NAME = /^[a-z][a-z0-9_.-]{0,63}$/i;
const ROUTE = /^(?:\/(?:[a-z][a-z_-]*|\{[a-z_]+\}))+$/;
/** Names of people and repositories stand behind these, so a route that has no template there is no route. */
const FILLED_IN = /^\/(?:repos|orgs|users|repositories)\/[^{]/;

/** Keeps the number of series finite: lets the first `limit` distinct values of a shape through, and no others. */
export function boundedLabel(limit: number, accepts: (value: string) => boolean): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= limit || !accepts(value)) return OTHER;
    seen.add(value);
    return value;
  };
}

/** A word, such as a rule's id or the kind of a job. */
export function isName(value: string): boolean {
  return NAME.test(value);
}

/** A template such as `/repos/{owner}/{repo}/pulls`, and not an address in which names were filled in. */
export function isRoute(value: string): boolean {
  return ROUTE.test(value) && !FILLED_IN.test(value);
}

export function eventLabel(event: string): string {
  return EVENTS.find((known) => known === event) ?? OTHER;
}

export function methodLabel(method: string): string {
  return METHODS.find((known) => known === method.toUpperCase()) ?? OTHER;
}

/** The code of an HTTP status; `none` when there was no answer. */
export function statusLabel(status: number | null): string {
  if (status === null) return 'none';
  return Number.isInteger(status) && status >= 100 && status <= 599 ? String(status) : OTHER;
}
