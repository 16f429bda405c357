import { numberOf, type Row, type SqlValue } from './database.ts';
import { recordDelivery } from './deliveries.ts';
import { JOB_STATES, retryDelay } from './job-store.ts';
import type { JobState, JobStore, JobTiming, Lease, ListedJob, NewJob } from './job-store.ts';
import { takeUnnoted } from './noted-dead-jobs.ts';
import type { PostgresDatabase, PostgresSql } from './postgres-database.ts';
import { attemptOf, claimed, listed, type Envelope, type Stored } from './postgres-job-rows.ts';
import { called, DEAD, executorOf, SCHEMA, startQueue, timingOptions, WORK } from './postgres-queue.ts';
import {
  dropOlder,
  dropSuperseded,
  isSuperseded,
  newestByKey,
  replaceWaiting,
  takeTurn,
  TURN,
} from './postgres-superseding.ts';

export interface PostgresJobs extends JobStore {
  close(): Promise<void>;
}

/**
 * Jobs by pg-boss: its queue policy keeps one job of a key active, its heartbeats find silent workers, its retries and
 * its dead letter queue are used as they are. Ours are the turns of the groups and the deliveries.
 *
 * @param onError what the library meets in the background
 */
export async function createPostgresJobs(
  database: PostgresDatabase,
  timing: JobTiming,
  onError: (error: Error) => void,
): Promise<PostgresJobs> {
  const boss = await startQueue(database, timing, onError);

  const reading = { query: (text: string, values?: readonly SqlValue[]) => database.read(text, values) };

  /** Groups that had their turn since all had one. */
  let served: readonly string[] = [];

  /** Jobs of one priority or more, of groups that did not have a turn lately first. */
  async function fetchNext(minPriority: number | null): Promise<Stored | null> {
    const options = { includeMetadata: true, ...(minPriority === null ? {} : { minPriority }) } as const;
    if (served.length > 0) {
      const [fresh] = await boss.fetch<Envelope>(WORK, { ...options, ignoreGroups: [...served] });
      if (fresh !== undefined) {
        served = [...served, fresh.groupId ?? ''];
        return fresh;
      }
    }
    const [next] = await boss.fetch<Envelope>(WORK, options);
    if (next !== undefined) served = [next.groupId ?? ''];
    return next ?? null;
  }

  /** The highest priority among jobs that may start now. */
  async function highestPriority(): Promise<number | null> {
    const [row] = await database.read(
      `SELECT max(w.priority) AS priority FROM ${SCHEMA}.job w
       WHERE w.name = '${WORK}' AND w.state < 'active' AND w.start_after <= now() AND NOT EXISTS (
         SELECT 1 FROM ${SCHEMA}.job r WHERE r.name = w.name AND r.state = 'active' AND r.singleton_key = w.singleton_key)`,
    );
    return row === undefined || row['priority'] === null ? null : numberOf(row, 'priority');
  }

  async function insert(sql: PostgresSql, job: NewJob, serial: number): Promise<void> {
    const data: Envelope = { payload: job.payload, supersedes: job.supersedes, serial };
    // Each job has its timing with it: the queue's is that of whoever opened it last, for a command perhaps.
    const options = { ...timingOptions(timing), db: executorOf(sql) };
    if (job.supersedes && (await replaceWaiting(boss, sql, job, data, options))) return;
    const { key: singletonKey, priority } = job;
    await boss.send(WORK, data, { ...options, singletonKey, priority, group: { id: job.group } });
  }

  return {
    accept: (delivery, job) =>
      database.transaction(async (sql) => {
        const returning = job === null ? undefined : { expressions: `${TURN}, ${NOW}`, values: [job.key] };
        const row = await recordDelivery(sql, delivery, Date.now(), returning);
        if (row === null) return false;
        if (job !== null) await insert(sql, job, numberOf(row, 'serial'));
        return true;
      }),

    claim: () =>
      called(async () => {
        for (;;) {
          const priority = await highestPriority();
          const job = priority === null ? null : await fetchNext(priority);
          if (job === null) return null;
          if (!(await isSuperseded(reading, job.id))) return claimed(job);
          await boss.deleteJob(WORK, { id: job.id, retryCount: job.retryCount });
        }
      }),

    heartbeat: (jobs) =>
      called(async () => {
        if (jobs.length === 0) return new Map<string, Lease>();
        const answer = (await boss.touch(WORK, jobs.map(attemptOf))) as {
          readonly settled: readonly string[];
        };
        const held = new Set(answer.settled);
        const superseding = jobs.filter(({ supersedes }) => supersedes).map(({ key }) => key);
        const newest = await newestByKey(reading, superseding);
        return new Map(
          jobs.map((job): [string, Lease] => {
            if (!held.has(job.id)) return [job.id, { state: 'lost' }];
            const newer = job.supersedes ? newest.get(job.key) : undefined;
            return newer === undefined || newer.serial <= job.serial
              ? [job.id, { state: 'held' }]
              : [job.id, { state: 'superseded', by: newer.payload }];
          }),
        );
      }),

    finish: (job) =>
      database.transaction(async (sql) => {
        const answer = (await boss.complete(WORK, attemptOf(job), null, { db: executorOf(sql) })) as {
          readonly affected: number;
        };
        if (answer.affected > 0 && job.supersedes) await dropOlder(boss, sql, job.key, job.serial);
        return answer.affected > 0;
      }),

    fail: (job, reason, pause) =>
      database.transaction(async (sql) => {
        const db = executorOf(sql);
        await takeTurn(sql, job.key);
        const superseded = await isSuperseded(sql, job.id);
        const answer = (await (superseded
          ? boss.deleteJob(WORK, attemptOf(job), { db })
          : boss.fail(WORK, attemptOf(job), { message: reason }, { db }))) as { readonly affected: number };
        if (answer.affected === 0) return 'lost';
        if (superseded) return 'superseded';
        if (job.lastAttempt) return 'dead';
        // The library's own pause knows nothing of what was asked for, and is the same for all once it is the longest.
        const seconds = Math.ceil(retryDelay(timing, job.attempt, Math.random(), pause) / 1_000);
        await boss.update(WORK, undefined, { id: job.id, startAfter: seconds, db });
        return 'waiting';
      }),

    async release(job) {
      await database.transaction(async (sql) => {
        await takeTurn(sql, job.key);
        const superseded = await isSuperseded(sql, job.id);
        const answer = (await boss.deleteJob(WORK, attemptOf(job), { db: executorOf(sql) })) as {
          readonly affected: number;
        };
        if (answer.affected > 0 && !superseded) await insert(sql, job, job.serial);
      });
    },

    recover: () =>
      called(async () => {
        await boss.supervise();
        await database.transaction((sql) => dropSuperseded(boss, sql));
      }),

    async stats() {
      const rows = await database.read(
        `SELECT CASE WHEN name = '${DEAD}' THEN 'dead' WHEN state = 'active' THEN 'running' ELSE 'waiting' END AS state,
           count(*) AS jobs,
           coalesce(extract(epoch FROM now()) * 1000 - min(CASE
             WHEN name = '${DEAD}' OR state = 'active' THEN (data->>'serial')::float8
             WHEN start_after <= now() THEN greatest((data->>'serial')::float8, extract(epoch FROM start_after) * 1000)
           END), 0)::float8 AS oldest
         FROM ${SCHEMA}.job WHERE name IN ('${WORK}', '${DEAD}') AND state <= 'active' GROUP BY 1`,
      );
      const perState = (column: string): Record<JobState, number> =>
        Object.fromEntries(
          JOB_STATES.map((state) => {
            const row = rows.find((one) => one['state'] === state);
            return [state, row === undefined ? 0 : Math.max(0, numberOf(row, column))];
          }),
        ) as Record<JobState, number>;
      return { counts: perState('jobs'), oldest: perState('oldest') };
    },

    list: (state, limit) =>
      called(async () => {
        const ids = await database.read(
          `SELECT id::text AS id FROM ${SCHEMA}.job WHERE name = ? AND ${CONDITION[state]} ORDER BY created_on, id LIMIT ?`,
          [state === 'dead' ? DEAD : WORK, limit],
        );
        const jobs = await Promise.all(ids.map((row) => jobOf(state, row)));
        return jobs.flatMap((job) => (job === null ? [] : [listed(job, state)]));
      }),

    noteDead: (note) =>
      database.transaction(async (sql) => {
        const db = executorOf(sql);
        const ids = await takeUnnoted(
          sql,
          `SELECT id::text AS id FROM ${SCHEMA}.job WHERE name = '${DEAD}' AND ${CONDITION.dead}`,
        );
        const dead: ListedJob[] = [];
        for (const id of ids) {
          const [job] = await boss.findJobs<Envelope>(DEAD, { id, db });
          if (job !== undefined) dead.push(listed(job, 'dead'));
        }
        if (dead.length > 0) await note(sql, dead);
        return dead;
      }),

    retry: (id, note) =>
      database.transaction(async (sql) => {
        if (!UUID.test(id)) return false;
        if ((await boss.redrive(DEAD, { ids: [id], db: executorOf(sql) })) === 0) return false;
        await note?.(sql);
        return true;
      }),

    drop: (id, note) =>
      database.transaction(async (sql) => {
        if (!UUID.test(id)) return false;
        const answer = (await boss.deleteJob(DEAD, id, { db: executorOf(sql) })) as {
          readonly affected: number;
        };
        if (answer.affected > 0) await note?.(sql);
        return answer.affected > 0;
      }),

    async liveKeys(keys) {
      if (keys.length === 0) return new Set<string>();
      const rows = await database.read(
        `SELECT DISTINCT singleton_key AS key FROM ${SCHEMA}.job
         WHERE name = '${WORK}' AND state <= 'active' AND singleton_key IN (${keys.map(() => '?').join(', ')})`,
        keys,
      );
      return new Set(rows.map((row) => String(row['key'])));
    },

    close: () => boss.stop({ graceful: false, close: false }),
  };

  async function jobOf(state: JobState, row: Row): Promise<Stored | null> {
    const [job] = await boss.findJobs<Envelope>(state === 'dead' ? DEAD : WORK, { id: String(row['id']) });
    return job ?? null;
  }
}

/** The database's clock, in milliseconds. */
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS serial';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const CONDITION: Readonly<Record<JobState, string>> = {
  waiting: `state < 'active'`,
  running: `state = 'active'`,
  dead: `state < 'active'`,
};
