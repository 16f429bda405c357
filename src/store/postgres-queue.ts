import { PgBoss } from 'pg-boss';
import type { JobTiming } from './job-store.ts';
import { storeErrorOf, type PostgresDatabase, type PostgresSql } from './postgres-database.ts';

export const SCHEMA = 'gitops_warden_jobs';
export const WORK = 'work';
export const DEAD = 'dead';

const YEAR = 365 * 86_400;
/** The library's longest: heartbeats tell whether a worker lives, however long a review takes. */
const LONGEST_RUN = 86_399;
/** Finished jobs are of no use any more; the audit trail has what they did. */
const KEEP_FINISHED = 600;
/** How often the library looks for silent workers at most, in seconds. */
const WATCH = 5;

/** Any number of ours: whoever holds it prepares the library's schema and queues, and the others wait. */
export const START_LOCK = 741_852_965;

/** @param onError what the library meets in the background */
export async function startQueue(
  database: PostgresDatabase,
  timing: JobTiming,
  onError: (error: Error) => void,
): Promise<PgBoss> {
  const boss = new PgBoss({
    db: {
      executeSql: (text, values) => database.native(text, values),
    },
    schema: SCHEMA,
    schedule: false,
    // Only when asked: its own timer takes jobs also from this process, which may have stood still just as long.
    supervise: false,
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
      ...timingOptions(timing),
      deadLetter: DEAD,
      expireInSeconds: LONGEST_RUN,
      retentionSeconds: YEAR,
      deleteAfterSeconds: KEEP_FINISHED,
    };
    await boss.createQueue(WORK, { policy: 'singleton', ...kept });
    // A queue that is there already was made with other settings, perhaps; dead jobs that run again have the queue's.
    await boss.updateQueue(WORK, kept);
  });
  return boss;
}

/** As the library calls it, of a queue or of one job. */
export function timingOptions({ attempts, retrySeconds, longestRetrySeconds, leaseSeconds }: JobTiming): {
  readonly retryLimit: number;
  readonly retryDelay: number;
  readonly retryBackoff: true;
  readonly retryDelayMax: number;
  readonly heartbeatSeconds: number;
} {
  return {
    retryLimit: attempts - 1,
    retryDelay: retrySeconds,
    retryBackoff: true,
    retryDelayMax: longestRetrySeconds,
    heartbeatSeconds: leaseSeconds,
  };
}

/** Lets the library write as part of a transaction. */
export function executorOf(sql: PostgresSql): { executeSql: PostgresSql['native'] } {
  return { executeSql: (text, values) => sql.native(text, values) };
}

export async function called<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeErrorOf(error);
  }
}
