import { PgBoss, type JobWithMetadata } from 'pg-boss';
import { numberOf, textOf, type Row } from './database.ts';
import { recordDelivery } from './deliveries.ts';
import { JOB_STATES, retryDelay } from './job-store.ts';
import type {
  ClaimedJob,
  JobState,
  JobStore,
  JobTiming,
  JsonObject,
  Lease,
  ListedJob,
  NewJob,
} from './job-store.ts';
import { storeErrorOf, type PostgresDatabase, type PostgresSql } from './postgres-database.ts';

const SCHEMA = 'gitops_warden_jobs';
const WORK = 'work';
const DEAD = 'dead';

const YEAR = 365 * 86_400;
/** The library's longest: heartbeats tell whether a worker lives, however long a review takes. */
const LONGEST_RUN = 86_399;
/** Finished jobs are of no use any more; the audit trail has what they did. */
const KEEP_FINISHED = 600;
/** How often the library looks for silent workers, in seconds. */
const WATCH = 5;

/** Any number of ours: whoever holds it prepares the library's schema and queues, and the others wait. */
export const START_LOCK = 741_852_965;

/** What the library keeps for us. */
interface Envelope {
  readonly payload: JsonObject;
  readonly supersedes: boolean;
  /** When it was taken in, by the database's clock, in milliseconds. */
  readonly serial: number;
}

type Stored = JobWithMetadata<Envelope>;

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
  const boss = new PgBoss({
    db: {
      executeSql: (text, values) => database.native(text, values),
    },
    schema: SCHEMA,
    schedule: false,
    supervise: true,
    superviseIntervalSeconds: WATCH,
    monitorIntervalSeconds: WATCH,
    registerInstance: false,
    openTelemetry: { enabled: false },
  });
  boss.on('error', onError);
  // Each step of the library has a lock of its own, but the first of all makes a schema without one.
  await database.transaction(async (sql) => {
    await sql.query('SELECT pg_advisory_xact_lock(?)', [START_LOCK]);
    await boss.start();
    await boss.createQueue(DEAD, { retentionSeconds: YEAR, deleteAfterSeconds: YEAR });
    const kept = {
      deadLetter: DEAD,
      retryLimit: timing.attempts - 1,
      retryDelay: timing.retrySeconds,
      retryBackoff: true,
      retryDelayMax: timing.longestRetrySeconds,
      heartbeatSeconds: timing.leaseSeconds,
      expireInSeconds: LONGEST_RUN,
      retentionSeconds: YEAR,
      deleteAfterSeconds: KEEP_FINISHED,
    };
    await boss.createQueue(WORK, { policy: 'singleton', ...kept });
    // A queue that is there already was made with other settings, perhaps.
    await boss.updateQueue(WORK, kept);
  });

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
    const db = executorOf(sql);
    const options = { db, singletonKey: job.key, priority: job.priority, group: { id: job.group } };
    const data: Envelope = { payload: job.payload, supersedes: job.supersedes, serial };
    if (!job.supersedes) {
      await boss.send(WORK, data, options);
      return;
    }
    // What failed before does not count against the newer one.
    const failed = await sql.query(
      `SELECT name, id::text AS id FROM ${SCHEMA}.job
       WHERE singleton_key = ? AND ((name = '${WORK}' AND state = 'retry') OR name = '${DEAD}')`,
      [job.key],
    );
    for (const queue of [WORK, DEAD]) {
      const ids = failed.filter(({ name }) => name === queue).map((row) => textOf(row, 'id'));
      if (ids.length > 0) await boss.deleteJob(queue, ids, { db });
    }
    await boss.upsert(WORK, data, options);
  }

  /** Whether a newer job waits that does what this one would. */
  async function isOutdated({ data, singletonKey }: Stored): Promise<boolean> {
    if (!data.supersedes) return false;
    const queued = await boss.findJobs<Envelope>(WORK, { key: singletonKey ?? '', queued: true });
    return queued.some((other) => other.data.supersedes && other.data.serial > data.serial);
  }

  async function lease(job: ClaimedJob, affected: ReadonlySet<string>): Promise<Lease> {
    if (!affected.has(job.id)) return { state: 'lost' };
    if (!job.supersedes) return { state: 'held' };
    const newer = await boss.findJobs<Envelope>(WORK, { key: job.key, queued: true, limit: 1 });
    const by = newer.find(({ data }) => data.supersedes);
    return by === undefined ? { state: 'held' } : { state: 'superseded', by: by.data.payload };
  }

  return {
    accept: (delivery, job) =>
      database.transaction(async (sql) => {
        const returning = job === null ? undefined : { expressions: TURN, values: [job.key] };
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
          if (!(await isOutdated(job))) return claimed(job);
          await boss.deleteJob(WORK, { id: job.id, retryCount: job.retryCount });
        }
      }),

    heartbeat: (jobs) =>
      called(async () => {
        if (jobs.length === 0) return new Map<string, Lease>();
        const answer = (await boss.touch(WORK, jobs.map(attemptOf))) as {
          readonly settled: readonly string[];
        };
        const affected = new Set(answer.settled);
        const leases = await Promise.all(
          jobs.map(async (job) => [job.id, await lease(job, affected)] as const),
        );
        return new Map(leases);
      }),

    finish: (job) =>
      called(async () => {
        const answer = (await boss.complete(WORK, attemptOf(job))) as { readonly affected: number };
        if (answer.affected > 0 && job.supersedes) await dropOlder(job);
        return answer.affected > 0;
      }),

    fail: (job, reason, pause) =>
      database.transaction(async (sql) => {
        const db = executorOf(sql);
        const answer = (await boss.fail(WORK, attemptOf(job), { message: reason }, { db })) as {
          readonly affected: number;
        };
        if (answer.affected === 0) return 'lost';
        if (job.lastAttempt) return 'dead';
        // The library's own pause knows nothing of what was asked for, and is the same for all once it is the longest.
        const seconds = Math.ceil(retryDelay(timing, job.attempt, Math.random(), pause) / 1_000);
        await boss.update(WORK, undefined, { id: job.id, startAfter: seconds, db });
        return 'waiting';
      }),

    async release(job) {
      await database.transaction(async (sql) => {
        const db = executorOf(sql);
        const answer = (await boss.deleteJob(WORK, attemptOf(job), { db })) as { readonly affected: number };
        if (answer.affected === 0) return;
        const queued = await boss.findJobs<Envelope>(WORK, { db, key: job.key, queued: true, limit: 1 });
        if (job.supersedes && queued.some(({ data }) => data.supersedes)) return;
        await boss.send(
          WORK,
          { payload: job.payload, supersedes: job.supersedes, serial: job.serial },
          { db, singletonKey: job.key, priority: job.priority, group: { id: job.group } },
        );
      });
    },

    recover: () =>
      called(async () => {
        await boss.supervise(WORK);
      }),

    async stats() {
      const rows = await database.read(
        `SELECT CASE WHEN name = '${DEAD}' THEN 'dead' WHEN state = 'active' THEN 'running' ELSE 'waiting' END AS state,
           count(*) AS jobs, max(extract(epoch FROM now() - created_on)) * 1000 AS oldest
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

    retry: (id) =>
      called(async () => {
        if (!UUID.test(id)) return false;
        return (await boss.redrive(DEAD, { ids: [id] })) > 0;
      }),

    drop: (id) =>
      called(async () => {
        if (!UUID.test(id)) return false;
        const answer = (await boss.deleteJob(DEAD, id)) as { readonly affected: number };
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

  /** A job that came back from a dead worker after a newer one had been taken in. */
  async function dropOlder(job: ClaimedJob): Promise<void> {
    const queued = await boss.findJobs<Envelope>(WORK, { key: job.key, queued: true });
    const older = queued.filter(({ data }) => data.supersedes && data.serial < job.serial);
    if (older.length > 0)
      await boss.deleteJob(
        WORK,
        older.map(({ id }) => id),
      );
  }

  async function jobOf(state: JobState, row: Row): Promise<Stored | null> {
    const [job] = await boss.findJobs<Envelope>(state === 'dead' ? DEAD : WORK, { id: String(row['id']) });
    return job ?? null;
  }
}

/** Two replicas that take in events of one pull request at the same time do so one after the other. */
const TURN = `pg_advisory_xact_lock(hashtextextended(?, 0))::text AS lock,
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS serial`;

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const CONDITION: Readonly<Record<JobState, string>> = {
  waiting: `state < 'active'`,
  running: `state = 'active'`,
  dead: `state < 'active'`,
};

/** Lets the library write as part of a transaction. */
function executorOf(sql: PostgresSql): { executeSql: PostgresSql['native'] } {
  return { executeSql: (text, values) => sql.native(text, values) };
}

/** Limits what is done with a job to the attempt that was claimed. */
function attemptOf(job: ClaimedJob): { id: string; retryCount: number } {
  return { id: job.id, retryCount: Number(job.token) };
}

function claimed(job: Stored): ClaimedJob {
  return {
    id: job.id,
    key: job.singletonKey ?? '',
    group: job.groupId ?? '',
    priority: job.priority,
    supersedes: job.data.supersedes,
    payload: job.data.payload,
    attempt: job.retryCount + 1,
    lastAttempt: job.retryCount >= job.retryLimit,
    acceptedAt: job.createdOn.getTime(),
    token: String(job.retryCount),
    serial: job.data.serial,
  };
}

function listed(job: Stored, state: JobState): ListedJob {
  const output = (state === 'dead' ? job.sourceOutput : job.output) as { readonly message?: unknown } | null;
  const message = output?.message;
  const retries = state === 'dead' ? (job.sourceRetryCount ?? 0) : job.retryCount;
  const started = state !== 'waiting' || job.state === 'retry';
  return {
    id: job.id,
    state,
    key: job.singletonKey ?? '',
    group: job.groupId ?? '',
    priority: job.priority,
    attempts: retries + (started ? 1 : 0),
    acceptedAt: (job.sourceCreatedOn ?? job.createdOn).getTime(),
    runAt: state === 'waiting' ? job.startAfter.getTime() : null,
    error: typeof message === 'string' ? message : null,
    payload: job.data.payload,
  };
}

async function called<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeErrorOf(error);
  }
}
