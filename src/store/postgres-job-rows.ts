import type { JobWithMetadata } from 'pg-boss';
import { ABANDONED } from './job-store.ts';
import type { ClaimedJob, JobState, JsonObject, ListedJob } from './job-store.ts';

/** What the library keeps for us. */
export interface Envelope {
  readonly payload: JsonObject;
  readonly supersedes: boolean;
  /** When it was taken in, by the database's clock, in milliseconds. */
  readonly serial: number;
}

export type Stored = JobWithMetadata<Envelope>;

/** Limits what is done with a job to the attempt that was claimed. */
export function attemptOf(job: ClaimedJob): { id: string; retryCount: number } {
  return { id: job.id, retryCount: Number(job.token) };
}

export function claimed(job: Stored): ClaimedJob {
  return {
    id: job.id,
    key: job.singletonKey ?? '',
    group: job.groupId ?? '',
    priority: job.priority,
    supersedes: job.data.supersedes,
    payload: job.data.payload,
    attempt: job.retryCount + 1,
    lastAttempt: job.retryCount >= job.retryLimit,
    acceptedAt: Math.round(job.data.serial),
    token: String(job.retryCount),
    serial: job.data.serial,
  };
}

export function listed(job: Stored, state: JobState): ListedJob {
  const retries = state === 'dead' ? (job.sourceRetryCount ?? 0) : job.retryCount;
  const started = state !== 'waiting' || job.state === 'retry';
  return {
    id: job.id,
    state,
    key: job.singletonKey ?? '',
    group: job.groupId ?? '',
    priority: job.priority,
    attempts: retries + (started ? 1 : 0),
    acceptedAt: Math.round(job.data.serial),
    runAt: state === 'waiting' ? job.startAfter.getTime() : null,
    error: errorOf(state === 'dead' ? job.sourceOutput : job.output),
    payload: job.data.payload,
  };
}

/** What the library says of a job whose worker fell silent; what we say has the same form without `value`. */
const SILENT = 'job heartbeat timeout';

function errorOf(output: unknown): string | null {
  const { message, value } = (output ?? {}) as { readonly message?: unknown; readonly value?: unknown };
  if (value !== undefined && value !== null) {
    return (value as { readonly message?: unknown }).message === SILENT ? ABANDONED : null;
  }
  return typeof message === 'string' ? message : null;
}
