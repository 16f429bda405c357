import type { Sql } from './database.ts';

/** Plain data. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

/** A webhook delivery, or what stands for one when the App gives itself work. */
export interface Delivery {
  /** Accepted once, however often it arrives. */
  readonly id: string;
  readonly event: string;
}

export interface NewJob {
  /** Jobs with the same key run one after another. */
  readonly key: string;
  /** Groups take turns, so that one with much work does not keep the others waiting: the installation. */
  readonly group: string;
  /** Higher runs first, whatever the group. */
  readonly priority: number;
  /** A newer job takes the place of a waiting or dead one with its key, and a running one is told to stop. */
  readonly supersedes: boolean;
  readonly payload: JsonObject;
}

/** A job that a worker holds. */
export interface ClaimedJob extends NewJob {
  readonly id: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** When this attempt fails, the job is dead. */
  readonly lastAttempt: boolean;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  /** Tells this attempt from every other. */
  readonly token: string;
  /** Of two jobs with the same key the one that was taken in later has the greater. */
  readonly serial: number;
}

/** What became of a held job: still held, taken away because no heartbeat came in time, or made pointless by a newer one. */
export type Lease =
  | { readonly state: 'held' }
  | { readonly state: 'lost' }
  | { readonly state: 'superseded'; readonly by: JsonObject };

export const JOB_STATES = ['waiting', 'running', 'dead'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface ListedJob {
  readonly id: string;
  readonly state: JobState;
  readonly key: string;
  readonly group: string;
  readonly priority: number;
  /** Attempts that were started. */
  readonly attempts: number;
  readonly acceptedAt: number;
  /** When a waiting job may start; null for others. */
  readonly runAt: number | null;
  /** Why the latest attempt failed. */
  readonly error: string | null;
  readonly payload: JsonObject;
}

export interface JobStats {
  /** Waiting and running jobs, and those that failed too often. */
  readonly counts: Readonly<Record<JobState, number>>;
  /**
   * Milliseconds since the oldest job in each state was accepted; 0 when there is none. Of waiting jobs only those
   * count whose time has come, and only for as long as they could have run.
   */
  readonly oldest: Readonly<Record<JobState, number>>;
}

/** What became of a job whose attempt failed. */
export type FailedAs = 'waiting' | 'dead' | 'superseded' | 'lost';

/** Why an attempt ended whose worker fell silent. */
export const ABANDONED = 'The worker that held the job gave no sign of life.';

/** When an attempt is repeated, and when it counts as abandoned. */
export interface JobTiming {
  readonly attempts: number;
  /** Seconds before the second attempt; doubled for each further one. Half of every delay is random. */
  readonly retrySeconds: number;
  readonly longestRetrySeconds: number;
  /** A held job without a heartbeat for so long goes to another worker. At least 10 with PostgreSQL. */
  readonly leaseSeconds: number;
}

/**
 * Twenty attempts take three to five hours, which most outages do not; then a person has to look, or a newer event
 * comes.
 */
export const DEFAULT_TIMING: JobTiming = {
  attempts: 20,
  retrySeconds: 5,
  longestRetrySeconds: 1_800,
  leaseSeconds: 20,
};

/** A longer pause than this is not kept, whoever asks for it, in milliseconds. GitHub's limits last an hour. */
export const LONGEST_ASKED_PAUSE = 2 * 3_600_000;

/** Delay after a failed attempt, in milliseconds; `random` from 0 to 1, `asked` what the failure asked for. */
export function retryDelay(timing: JobTiming, attempt: number, random: number, asked = 0): number {
  const full = Math.min(timing.longestRetrySeconds, timing.retrySeconds * 2 ** Math.min(16, attempt - 1));
  const delay = (full / 2) * (1 + random) * 1_000;
  // Some seconds more than was asked for, so that not all who were asked come back at once.
  return asked === 0 ? delay : Math.max(delay, Math.min(asked, LONGEST_ASKED_PAUSE) + random * ASKED_SPREAD);
}

const ASKED_SPREAD = 10_000;

/**
 * Durable work. Whatever resolves has been written; every method rejects with a `StoreError` when the store cannot be
 * reached. Attempts are fenced: a worker that lost a job cannot finish it.
 */
export interface JobStore {
  /** Keeps the delivery and its work, in one step. False, and nothing is written, when the delivery was accepted before. */
  accept(delivery: Delivery, job: NewJob | null): Promise<boolean>;
  /** The next job that may run now: by priority, then by turn of its group, then by age. Null when there is none. */
  claim(): Promise<ClaimedJob | null>;
  /** Says for each held job that it is being worked on. */
  heartbeat(jobs: readonly ClaimedJob[]): Promise<ReadonlyMap<string, Lease>>;
  /** False when the job was not held any more. */
  finish(job: ClaimedJob): Promise<boolean>;
  /**
   * Ends the attempt: the job waits for the next one, or is dead after the last. One that is superseded by a job that
   * waits is dropped instead.
   *
   * @param pause milliseconds before which the next attempt is of no use
   */
  fail(job: ClaimedJob, reason: string, pause?: number): Promise<FailedAs>;
  /** Hands a job back untouched: it may start at once elsewhere, and no attempt is counted. */
  release(job: ClaimedJob): Promise<void>;
  /** Takes jobs from workers that gave no sign of life for the time of a lease. To be called every few seconds. */
  recover(): Promise<void>;
  stats(): Promise<JobStats>;
  /** Oldest first, at most `limit`. */
  list(state: JobState, limit: number): Promise<readonly ListedJob[]>;
  /**
   * Hands over dead jobs, at most 1,000, each once: that it was handed over is written together with what `note`
   * writes, or not at all.
   */
  noteDead(note: (sql: Sql, dead: readonly ListedJob[]) => Promise<void>): Promise<readonly ListedJob[]>;
  /**
   * Makes a dead job wait again, with all its attempts. False when there is no such dead job.
   *
   * @param note writes what stands or falls with the change
   */
  retry(id: string, note?: (sql: Sql) => Promise<void>): Promise<boolean>;
  /** Removes a dead job; as `retry`. */
  drop(id: string, note?: (sql: Sql) => Promise<void>): Promise<boolean>;
  /** Keys of jobs that wait or run. */
  liveKeys(keys: readonly string[]): Promise<ReadonlySet<string>>;
}
