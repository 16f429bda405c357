import { randomUUID } from 'node:crypto';
import { describeHolder, holderState } from '../host/process-identity.ts';
import { numberOf, numberOrNull, textOf, type Database, type Row, type Sql } from './database.ts';
import { recordDelivery } from './deliveries.ts';
import { ABANDONED, JOB_STATES, retryDelay } from './job-store.ts';
import type { ClaimedJob, JobState, JobStore, JobTiming, Lease, NewJob } from './job-store.ts';
import { forgetNoted, takeUnnoted } from './noted-dead-jobs.ts';
import { heldAs, idOf, listed, newJobOf, payloadOf } from './sqlite-job-rows.ts';

/** The job of each group that would run next, the one whose group has waited longest for a turn first. */
const NEXT = `
  SELECT j.* FROM job_groups g
  JOIN jobs j ON j.id = (
    SELECT w.id FROM jobs w
    WHERE w.state = 'waiting' AND w.job_group = g.job_group AND (w.run_at <= ? OR w.changed_at > ?)
      AND NOT EXISTS (SELECT 1 FROM jobs r WHERE r.job_key = w.job_key AND r.state = 'running')
    ORDER BY w.priority DESC, w.id LIMIT 1
  )
  ORDER BY j.priority DESC, g.turn, j.id LIMIT 1`;

interface Seen {
  readonly token: string;
  readonly beat: number;
  /** By the monotonic clock. */
  readonly since: number;
}

/**
 * Jobs in the embedded store. A worker on this machine that has died is seen at once. Whether any other lives is not
 * told by comparing times of day, which fails when the clock is set: every process watches the heartbeats of all with
 * its own monotonic clock.
 */
export function createSqliteJobs(database: Database, timing: JobTiming): JobStore {
  let seen: ReadonlyMap<number, Seen> = new Map();

  async function claimNext(sql: Sql, holder: string): Promise<ClaimedJob | null> {
    const now = Date.now();
    // What was put off at a time that is still to come was so by a clock that has been set back since.
    const [row] = await sql.query(NEXT, [now, now]);
    if (row === undefined) return null;
    const token = randomUUID();
    const attempt = numberOf(row, 'attempts') + 1;
    await sql.query(
      `UPDATE jobs SET state = 'running', attempts = ?, token = ?, holder = ?, changed_at = ? WHERE id = ?`,
      [attempt, token, holder, now, numberOf(row, 'id')],
    );
    await sql.query(
      'UPDATE job_groups SET turn = (SELECT max(turn) + 1 FROM job_groups) WHERE job_group = ?',
      [textOf(row, 'job_group')],
    );
    return { ...newJobOf(row), ...heldAs(row, attempt, token, timing) };
  }

  /** Ends an attempt that did not succeed. */
  async function endAttempt(
    sql: Sql,
    job: EndedAttempt,
    reason: string,
    pause?: number,
  ): Promise<'waiting' | 'dead' | 'superseded'> {
    if (await dropSuperseded(sql, job.id)) return 'superseded';
    const now = Date.now();
    const state = job.attempt >= timing.attempts ? 'dead' : 'waiting';
    await sql.query(
      `UPDATE jobs SET state = ?, run_at = ?, error = ?, changed_at = ?, token = NULL WHERE id = ?`,
      [state, now + retryDelay(timing, job.attempt, Math.random(), pause), reason, now, job.id],
    );
    return state;
  }

  return {
    accept: (delivery, job) =>
      database.transaction(async (sql) => {
        if ((await recordDelivery(sql, delivery, Date.now())) === null) return false;
        if (job !== null) await add(sql, job);
        return true;
      }),

    async claim() {
      // Idle workers ask often, and a question takes no lock.
      const waiting = await database.read(`SELECT 1 AS one FROM jobs WHERE state = 'waiting' LIMIT 1`);
      if (waiting.length === 0) return null;
      const holder = await describeHolder();
      return database.transaction((sql) => claimNext(sql, holder));
    },

    heartbeat: (jobs) =>
      database.transaction(async (sql) => {
        const leases = new Map<string, Lease>();
        for (const job of jobs) leases.set(job.id, await beat(sql, job));
        return leases;
      }),

    finish: (job) =>
      database.transaction(async (sql) => {
        const rows = await sql.query(
          `DELETE FROM jobs WHERE id = ? AND token = ? AND state = 'running' RETURNING id`,
          [Number(job.id), job.token],
        );
        return rows.length > 0;
      }),

    fail: (job, reason, pause) =>
      database.transaction(async (sql) =>
        (await isHeld(sql, job))
          ? endAttempt(sql, { id: Number(job.id), attempt: job.attempt }, reason, pause)
          : 'lost',
      ),

    async release(job) {
      await database.transaction(async (sql) => {
        if (!(await isHeld(sql, job)) || (await dropSuperseded(sql, Number(job.id)))) return;
        await sql.query(
          `UPDATE jobs SET state = 'waiting', attempts = attempts - 1, run_at = ?, token = NULL, changed_at = ?
           WHERE id = ?`,
          [Date.now(), Date.now(), Number(job.id)],
        );
      });
    },

    async recover() {
      const rows = await database.read(
        `SELECT id, token, holder, beat, attempts FROM jobs WHERE state = 'running'`,
      );
      const now = performance.now();
      const next = new Map<number, Seen>();
      const abandoned: Row[] = [];
      for (const row of rows) {
        const id = numberOf(row, 'id');
        const [token, count] = [textOf(row, 'token'), numberOf(row, 'beat')];
        const before = seen.get(id);
        const same = before?.token === token && before.beat === count;
        const since = same ? before.since : now;
        next.set(id, { token, beat: count, since });
        const silent = now - since >= timing.leaseSeconds * 1_000;
        if (silent || (await holderState(textOf(row, 'holder'))) === 'dead') abandoned.push(row);
      }
      seen = next;
      if (abandoned.length === 0) return;
      await database.transaction(async (sql) => {
        for (const row of abandoned) {
          const id = numberOf(row, 'id');
          const still = await sql.query(
            `SELECT id FROM jobs WHERE id = ? AND token = ? AND beat = ? AND state = 'running'`,
            [id, textOf(row, 'token'), numberOf(row, 'beat')],
          );
          if (still.length === 0) continue;
          await endAttempt(sql, { id, attempt: numberOf(row, 'attempts') }, ABANDONED);
        }
      });
    },

    async stats() {
      const now = Date.now();
      const rows = await database.read(
        `SELECT state, count(*) AS jobs, min(CASE
           WHEN state <> 'waiting' THEN accepted_at
           WHEN run_at <= ? THEN max(accepted_at, run_at) END) AS oldest
         FROM jobs GROUP BY state`,
        [now],
      );
      const perState = (read: (row: Row) => number): Record<JobState, number> => {
        const values = JOB_STATES.map((state) => {
          const row = rows.find((one) => one['state'] === state);
          return [state, row === undefined ? 0 : read(row)] as const;
        });
        return Object.fromEntries(values) as Record<JobState, number>;
      };
      return {
        counts: perState((row) => numberOf(row, 'jobs')),
        oldest: perState((row) => Math.max(0, now - (numberOrNull(row, 'oldest') ?? now))),
      };
    },

    async list(state, limit) {
      const rows = await database.read('SELECT * FROM jobs WHERE state = ? ORDER BY id LIMIT ?', [
        state,
        limit,
      ]);
      return rows.map(listed);
    },

    noteDead: (note) =>
      database.transaction(async (sql) => {
        const ids = await takeUnnoted(sql, `SELECT CAST(id AS TEXT) AS id FROM jobs WHERE state = 'dead'`);
        if (ids.length === 0) return [];
        const marks = ids.map(() => '?').join(', ');
        const rows = await sql.query(
          `SELECT * FROM jobs WHERE id IN (${marks}) ORDER BY id`,
          ids.map(Number),
        );
        const dead = rows.map(listed);
        await note(sql, dead);
        return dead;
      }),

    retry: (id, note) =>
      database.transaction(async (sql) => {
        const now = Date.now();
        const rows = await sql.query(
          `UPDATE jobs SET state = 'waiting', attempts = 0, run_at = ?, changed_at = ?
           WHERE id = ? AND state = 'dead' RETURNING id`,
          [now, now, idOf(id)],
        );
        if (rows.length === 0) return false;
        await forgetNoted(sql, id);
        await note?.(sql);
        return true;
      }),

    drop: (id, note) =>
      database.transaction(async (sql) => {
        const rows = await sql.query(`DELETE FROM jobs WHERE id = ? AND state = 'dead' RETURNING id`, [
          idOf(id),
        ]);
        if (rows.length > 0) await note?.(sql);
        return rows.length > 0;
      }),

    async liveKeys(keys) {
      const live = new Set<string>();
      for (const key of keys) {
        const rows = await database.read(
          `SELECT 1 AS one FROM jobs WHERE job_key = ? AND state IN ('waiting', 'running') LIMIT 1`,
          [key],
        );
        if (rows.length > 0) live.add(key);
      }
      return live;
    },
  };
}

interface EndedAttempt {
  readonly id: number;
  readonly attempt: number;
}

/** Greater than that of every job that is there. */
const NEXT_SERIAL = '(SELECT coalesce(max(serial), 0) + 1 FROM jobs)';

async function add(sql: Sql, job: NewJob): Promise<void> {
  const now = Date.now();
  const payload = JSON.stringify(job.payload);
  await sql.query('INSERT INTO job_groups (job_group) VALUES (?) ON CONFLICT DO NOTHING', [job.group]);
  if (job.supersedes) {
    await sql.query(`DELETE FROM jobs WHERE job_key = ? AND state = 'dead' AND supersedes = 1`, [job.key]);
    // The newer job takes the older one's place in the queue: who pushes often does not lose the turn.
    const replaced = await sql.query(
      `UPDATE jobs SET payload = ?, serial = ${NEXT_SERIAL}, priority = max(priority, ?), attempts = 0, error = NULL,
         accepted_at = ?, run_at = ?, changed_at = ?
       WHERE job_key = ? AND state = 'waiting' AND supersedes = 1 RETURNING id`,
      [payload, job.priority, now, now, now, job.key],
    );
    if (replaced.length > 0) return;
  }
  await sql.query(
    `INSERT INTO jobs (job_key, job_group, priority, supersedes, payload, state, accepted_at, run_at, changed_at, serial)
     VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ${NEXT_SERIAL})`,
    [job.key, job.group, job.priority, job.supersedes ? 1 : 0, payload, now, now, now],
  );
}

async function beat(sql: Sql, job: ClaimedJob): Promise<Lease> {
  const held = await sql.query(
    `UPDATE jobs SET beat = beat + 1 WHERE id = ? AND token = ? AND state = 'running' RETURNING id`,
    [Number(job.id), job.token],
  );
  if (held.length === 0) return { state: 'lost' };
  if (!job.supersedes) return { state: 'held' };
  const [newer] = await sql.query(
    `SELECT payload FROM jobs WHERE job_key = ? AND state = 'waiting' AND supersedes = 1 LIMIT 1`,
    [job.key],
  );
  return newer === undefined ? { state: 'held' } : { state: 'superseded', by: payloadOf(newer) };
}

/** Removes a job whose key has a newer one that waits, which does what is left to do. */
async function dropSuperseded(sql: Sql, id: number): Promise<boolean> {
  const dropped = await sql.query(
    `DELETE FROM jobs WHERE id = ? AND supersedes = 1 AND EXISTS (
       SELECT 1 FROM jobs n WHERE n.job_key = jobs.job_key AND n.state = 'waiting' AND n.supersedes = 1)
     RETURNING id`,
    [id],
  );
  return dropped.length > 0;
}

async function isHeld(sql: Sql, job: ClaimedJob): Promise<boolean> {
  const rows = await sql.query(`SELECT id FROM jobs WHERE id = ? AND token = ? AND state = 'running'`, [
    Number(job.id),
    job.token,
  ]);
  return rows.length > 0;
}
