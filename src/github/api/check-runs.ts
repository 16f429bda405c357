import { CHECK_NAME } from '../../report/check-run.ts';
import type { Annotation } from '../../report/annotations.ts';
import { PAGE_SIZE } from './api.ts';
import type { Api } from './api.ts';
import type { Button } from '../commands/buttons.ts';
import { isBinding } from '../binding.ts';
import { isUncertain } from '../errors.ts';
import { backoff } from '../request-retries.ts';
import { writeOnce } from '../write-once.ts';

export interface CheckRun {
  readonly id: number;
  readonly headSha: string;
  /** The login under which the App writes comments. */
  readonly botLogin: string | null;
  readonly annotations: number;
  readonly completed: boolean;
  /** What a completed run's verdict is bound to; null while there is none. */
  readonly verdict: string | null;
}

export interface CheckOutput {
  readonly title: string;
  readonly summary: string;
}

interface RestCheckRun {
  readonly id: number | bigint;
  readonly head_sha: string;
  readonly external_id: string | null;
  readonly status: string;
  readonly app: { readonly slug?: string } | null;
  readonly output: { readonly annotations_count: number };
}

/**
 * Puts our check on a commit, in progress. The times of a run are left to GitHub: it tells the newest one by them, and
 * clocks of replicas that differ could make it an older verdict.
 *
 * @param attempt marks this attempt, so that a request without an answer can be found again
 */
export async function startCheckRun(
  api: Api,
  headSha: string,
  attempt: string,
  output: CheckOutput,
): Promise<CheckRun> {
  return writeOnce(api.clock, {
    write: async () => {
      const { data } = await api.octokit.request('POST /repos/{owner}/{repo}/check-runs', {
        owner: api.owner,
        repo: api.repo,
        name: CHECK_NAME,
        head_sha: headSha,
        status: 'in_progress',
        external_id: attempt,
        output,
      });
      return toCheckRun(data);
    },
    find: () => findCheckRun(api, headSha, attempt),
  });
}

/** The check run that an attempt made, while it has not got its verdict; null when there is none. */
export async function findCheckRun(api: Api, headSha: string, attempt: string): Promise<CheckRun | null> {
  const runs = await listCheckRuns(api, headSha, 'all');
  const found = runs.find((run) => run.external_id === attempt);
  return found === undefined ? null : toCheckRun(found);
}

/** Whether our newest check on a commit has been given a verdict. */
export async function hasCompletedCheck(api: Api, headSha: string, appId: number): Promise<boolean> {
  const runs = await listCheckRuns(api, headSha, 'latest');
  return runs.some(
    ({ app, status, conclusion }) =>
      app?.id === appId && status === 'completed' && conclusion !== 'cancelled',
  );
}

/** When a commit got its first verdict of ours, in milliseconds since the epoch; null while it has none. */
export async function firstVerdictAt(api: Api, headSha: string, appId: number): Promise<number | null> {
  const runs = await listCheckRuns(api, headSha, 'all');
  const times = runs.flatMap(({ app, conclusion, completed_at: at }) =>
    app?.id === appId && at !== null && (conclusion === 'success' || conclusion === 'failure')
      ? [Date.parse(at)]
      : [],
  );
  return times.length === 0 ? null : Math.min(...times);
}

/** One of our checks on a commit; times in milliseconds since the epoch, by our own clock. */
export interface CheckHistory {
  readonly startedAt: number;
  /** Null while it is in progress. */
  readonly completedAt: number | null;
  readonly conclusion: string | null;
}

/** All of our checks that a commit has had, the newest first. */
export async function checkHistory(
  api: Api,
  headSha: string,
  appId: number,
): Promise<readonly CheckHistory[]> {
  const runs = await listCheckRuns(api, headSha, 'all');
  return runs
    .filter(({ app }) => app?.id === appId)
    .sort((a, b) => Number(b.id) - Number(a.id))
    .map(({ started_at: started, completed_at: completed, conclusion }) => ({
      startedAt: started === null ? 0 : Date.parse(started),
      completedAt: completed === null ? null : Date.parse(completed),
      conclusion,
    }));
}

async function listCheckRuns(api: Api, headSha: string, filter: 'all' | 'latest') {
  const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
    owner: api.owner,
    repo: api.repo,
    ref: headSha,
    check_name: CHECK_NAME,
    filter,
    per_page: PAGE_SIZE,
  });
  return data.check_runs;
}

export interface CheckUpdate {
  readonly output: CheckOutput;
  /** At most 50; GitHub appends them to those that stand already. */
  readonly annotations: readonly Annotation[];
  /** Null leaves the run in progress. */
  readonly completion: {
    readonly conclusion: 'success' | 'failure' | 'cancelled';
    readonly externalId: string | null;
    readonly buttons: readonly Button[];
  } | null;
}

const ATTEMPTS = 4;

/**
 * Updates a check run. Because annotations are appended, a request without an answer is followed by a look at how
 * many stand, so that none is posted twice.
 */
export async function updateCheckRun(api: Api, run: CheckRun, update: CheckUpdate): Promise<CheckRun> {
  let remaining = update.annotations;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await patch(api, run.id, { ...update, annotations: remaining });
    } catch (error) {
      if (!isUncertain(error) || attempt === ATTEMPTS) throw error;
      await api.clock.sleep(backoff(attempt));
      const current = await getCheckRun(api, run.id);
      if (current.annotations >= run.annotations + update.annotations.length) {
        if (update.completion === null || current.completed) return current;
        remaining = [];
      }
    }
  }
}

async function patch(api: Api, id: number, update: CheckUpdate): Promise<CheckRun> {
  const { completion } = update;
  const { data } = await api.octokit.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
    owner: api.owner,
    repo: api.repo,
    check_run_id: id,
    ...(completion === null
      ? {}
      : {
          status: 'completed' as const,
          conclusion: completion.conclusion,
          ...(completion.externalId === null ? {} : { external_id: completion.externalId }),
          actions: [...completion.buttons],
        }),
    output: {
      ...update.output,
      ...(update.annotations.length === 0 ? {} : { annotations: [...update.annotations] }),
    },
    request: { repeatable: false },
  });
  return toCheckRun(data);
}

export async function getCheckRun(api: Api, id: number): Promise<CheckRun> {
  const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/check-runs/{check_run_id}', {
    owner: api.owner,
    repo: api.repo,
    check_run_id: id,
  });
  return toCheckRun(data);
}

function toCheckRun(data: RestCheckRun): CheckRun {
  const slug = data.app?.slug;
  return {
    id: Number(data.id),
    headSha: data.head_sha,
    botLogin: slug === undefined ? null : `${slug}[bot]`,
    annotations: data.output.annotations_count,
    completed: data.status === 'completed',
    verdict: isBinding(data.external_id) ? data.external_id : null,
  };
}
