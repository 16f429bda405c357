import { numberOf, textOf, textOrNull, type Row } from './database.ts';
import type { ClaimedJob, JobState, JobTiming, JsonObject, ListedJob, NewJob } from './job-store.ts';

export function heldAs(
  row: Row,
  attempt: number,
  token: string,
  timing: JobTiming,
): Pick<ClaimedJob, 'id' | 'attempt' | 'lastAttempt' | 'acceptedAt' | 'token' | 'serial'> {
  return {
    id: String(numberOf(row, 'id')),
    attempt,
    lastAttempt: attempt >= timing.attempts,
    acceptedAt: numberOf(row, 'accepted_at'),
    token,
    serial: numberOf(row, 'serial'),
  };
}

export function newJobOf(row: Row): NewJob {
  return {
    key: textOf(row, 'job_key'),
    group: textOf(row, 'job_group'),
    priority: numberOf(row, 'priority'),
    supersedes: numberOf(row, 'supersedes') === 1,
    payload: payloadOf(row),
  };
}

export function listed(row: Row): ListedJob {
  const state = textOf(row, 'state') as JobState;
  const { key, group, priority, payload } = newJobOf(row);
  return {
    id: String(numberOf(row, 'id')),
    state,
    key,
    group,
    priority,
    payload,
    attempts: numberOf(row, 'attempts'),
    acceptedAt: numberOf(row, 'accepted_at'),
    runAt: state === 'waiting' ? numberOf(row, 'run_at') : null,
    error: textOrNull(row, 'error'),
  };
}

export function payloadOf(row: Row): JsonObject {
  return JSON.parse(textOf(row, 'payload')) as JsonObject;
}

/** What is no number names no job. */
export function idOf(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
