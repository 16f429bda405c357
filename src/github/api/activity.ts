import { PAGE_SIZE } from './api.ts';
import type { Api } from './api.ts';
import { GitHubError } from '../errors.ts';

export type ActivityType =
  'push' | 'force_push' | 'branch_deletion' | 'branch_creation' | 'pr_merge' | 'merge_queue_merge';

/** What GitHub remembers of one push. */
export interface Activity {
  readonly type: ActivityType;
  /** The login that GitHub names; null when the account is gone. */
  readonly actor: string | null;
}

/** Something that GitHub does not tell the App: the permission is missing, or the server does not know the question. */
export interface NotTold {
  readonly notTold: string;
}

interface Moved {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** What GitHub's activity log says of a push; null while it has no entry. Needs to read contents. */
export async function activityOf(
  api: Api,
  { ref, before, after }: Moved,
): Promise<Activity | NotTold | null> {
  const answer = await newestOf(api, ref);
  if ('notTold' in answer) return answer;
  const entry = answer.found.find((one) => one.ref === ref && one.before === before && one.after === after);
  return entry === undefined ? null : { type: entry.activity_type, actor: entry.actor?.login ?? null };
}

const BROUGHT: ReadonlySet<string> = new Set([
  'push',
  'force_push',
  'branch_creation',
] satisfies ActivityType[]);

export interface Pushers {
  /** Lower case. */
  readonly logins: ReadonlySet<string>;
  /** False when the branch has had more pushes than are looked at. */
  readonly complete: boolean;
}

/** Those whose pushes to a branch brought one of some commits; whoever wrote these commits. */
export async function pushersOf(
  api: Api,
  ref: string,
  commits: ReadonlySet<string>,
): Promise<Pushers | NotTold> {
  const answer = await newestOf(api, ref);
  if ('notTold' in answer) return answer;
  const { found } = answer;
  const logins = found
    .filter((one) => one.ref === ref && BROUGHT.has(one.activity_type) && commits.has(one.after))
    .flatMap((one) => one.actor?.login.toLowerCase() ?? []);
  // What stood there before the commits were brought, somebody pushed before.
  const oldest = found.at(-1);
  const complete =
    found.length < PAGE_SIZE ||
    oldest === undefined ||
    oldest.activity_type === 'branch_creation' ||
    !commits.has(oldest.after);
  return { logins: new Set(logins), complete };
}

/**
 * Who passed by a ruleset with a push; null when nobody did, as far as GitHub's rule insights tell. Needs to write
 * administration, which few Apps are given.
 */
export async function bypassOf(
  api: Api,
  { ref, before, after }: Moved,
): Promise<{ readonly actor: string | null } | NotTold | null> {
  const answer = await askOptional('the insights of rulesets', async () => {
    const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/rulesets/rule-suites', {
      owner: api.owner,
      repo: api.repo,
      ref,
      rule_suite_result: 'bypass',
      time_period: 'week',
      per_page: PAGE_SIZE,
    });
    return data;
  });
  if ('notTold' in answer) return answer;
  const suite = answer.found.find(
    (one) => one.result === 'bypass' && one.before_sha === before && one.after_sha === after,
  );
  return suite === undefined ? null : { actor: suite.actor_name ?? null };
}

/** The newest entries about a branch, the latest first. Needs to read contents. */
function newestOf(api: Api, ref: string) {
  return askOptional('the activity log', async () => {
    const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/activity', {
      owner: api.owner,
      repo: api.repo,
      ref,
      direction: 'desc',
      per_page: PAGE_SIZE,
    });
    return data;
  });
}

async function askOptional<T>(what: string, ask: () => Promise<T>): Promise<{ readonly found: T } | NotTold> {
  try {
    return { found: await ask() };
  } catch (error) {
    if (!(error instanceof GitHubError) || !['permission', 'not-found', 'gone'].includes(error.kind))
      throw error;
    const why =
      error.kind === 'permission'
        ? `the App lacks the permission${error.permission === null ? '' : ` ${error.permission}`}`
        : 'this GitHub does not have it, or hides it from the App';
    return { notTold: `${what[0]?.toUpperCase() ?? ''}${what.slice(1)} could not be asked: ${why}.` };
  }
}
