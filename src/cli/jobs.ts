import { userInfo } from 'node:os';
import { originOf } from '../github/job.ts';
import { plural, truncate } from '../report/plain.ts';
import type { NewAuditEntry } from '../store/audit-entry.ts';
import { JOB_STATES, type JobState, type ListedJob } from '../store/job-store.ts';
import type { Store } from '../store/store.ts';
import { EXIT, UsageError } from './exit.ts';
import { openOutput } from './line-output.ts';
import { withStore } from './open-store.ts';
import { tableOf } from './table.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ListJobsOptions {
  /** All when undefined. */
  readonly state: JobState | undefined;
  readonly format: 'text' | 'json';
  /** Jobs in each state, oldest first. */
  readonly limit: number;
  readonly environment: Environment;
}

/** Prints what waits, runs, or failed too often. */
export async function listJobs({ state, format, limit, environment }: ListJobsOptions): Promise<number> {
  const states = state === undefined ? JOB_STATES : [state];
  const text = await withStore(environment, async ({ jobs }) => {
    const listed: ListedJob[] = [];
    for (const one of states) listed.push(...(await jobs.list(one, limit)));
    if (format === 'json') return `${JSON.stringify({ version: 1, jobs: listed.map(jobAsJson) }, null, 2)}\n`;
    if (listed.length === 0) return `There are no ${state ?? 'waiting, running or dead'} jobs.\n`;
    const { counts } = await jobs.stats();
    const more = states.filter((one) => listed.filter((job) => job.state === one).length < counts[one]);
    return [
      tableOf([['ID', 'STATE', 'ACCEPTED', 'ATTEMPTS', 'JOB', 'ERROR'], ...listed.map(rowOf)]),
      ...more.map((one) => `There are ${String(counts[one])} ${one} jobs: --limit shows more.\n`),
    ].join('');
  });
  await print(text);
  return EXIT.passed;
}

export interface ChangeJobsOptions {
  readonly change: 'retry' | 'drop';
  readonly ids: readonly string[];
  readonly all: boolean;
  readonly reason: string | undefined;
  readonly environment: Environment;
}

/**
 * Makes dead jobs wait again, or removes them, and notes each in the audit log.
 *
 * @throws {UsageError} when an id names no dead job: then nothing is done
 */
export async function changeJobs(options: ChangeJobsOptions): Promise<number> {
  const { change, ids, all, reason, environment } = options;
  if (all === ids.length > 0) throw new UsageError(`jobs ${change} needs either ids or --all.`);
  const changed = await withStore(environment, async (store) => {
    const dead = await store.jobs.list('dead', MOST);
    const chosen = all ? dead : chosenFrom(dead, ids);
    let count = 0;
    for (const job of chosen) count += (await changeOne(store, job, change, reason ?? null)) ? 1 : 0;
    return count;
  });
  const done = change === 'retry' ? 'again waiting' : 'dropped';
  await print(changed === 0 ? 'There are no dead jobs.\n' : `${plural(changed, 'job')} ${done}.\n`);
  return EXIT.passed;
}

/** Dead jobs that a command looks at. */
const MOST = 10_000;

function chosenFrom(dead: readonly ListedJob[], ids: readonly string[]): readonly ListedJob[] {
  const unknown = ids.filter((id) => !dead.some((job) => job.id === id));
  if (unknown.length > 0) {
    throw new UsageError(
      `There is no dead job ${unknown.join(', ')}; nothing was done. \`gitops-warden jobs list --state dead\` lists them.`,
    );
  }
  return dead.filter((job) => ids.includes(job.id));
}

/** The change and its entry, both or neither. False when the job is not dead any more. */
async function changeOne(
  { jobs, audit }: Store,
  job: ListedJob,
  change: 'retry' | 'drop',
  reason: string | null,
): Promise<boolean> {
  const entry: NewAuditEntry = {
    action: change === 'retry' ? 'job-retried' : 'job-dropped',
    actor: currentUser(),
    ...originOf(job.payload),
    subject: `job/${job.id}`,
    reason,
    detail: { key: job.key, attempts: job.attempts, error: job.error },
  };
  return jobs[change](job.id, async (sql) => {
    await audit.appendIn(sql, [entry]);
  });
}

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user often has a number and no name.
    return `uid-${String(process.getuid?.() ?? 'unknown')}`;
  }
}

const MAX_ERROR = 100;

function rowOf(job: ListedJob): readonly string[] {
  return [
    job.id,
    job.state,
    new Date(job.acceptedAt)
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, 'Z'),
    String(job.attempts),
    job.key,
    truncate(job.error ?? '', MAX_ERROR),
  ];
}

function jobAsJson(job: ListedJob): object {
  return {
    ...job,
    acceptedAt: new Date(job.acceptedAt).toISOString(),
    runAt: job.runAt === null ? null : new Date(job.runAt).toISOString(),
  };
}

async function print(text: string): Promise<void> {
  const out = await openOutput(undefined);
  await out.write(text);
  await out.close();
}
