import type { PgBoss, UpdateOptions } from 'pg-boss';
import { numberOf, textOf, type Row, type Sql } from './database.ts';
import type { JsonObject, NewJob } from './job-store.ts';
import type { PostgresSql } from './postgres-database.ts';
import type { Envelope } from './postgres-job-rows.ts';
import { DEAD, executorOf, SCHEMA, WORK } from './postgres-queue.ts';

/** Two replicas that take in, hand back or fail jobs of one key at the same time do so one after the other. */
export const TURN = 'pg_advisory_xact_lock(hashtextextended(?, 0))::text AS lock';

export async function takeTurn(sql: Sql, key: string): Promise<void> {
  await sql.query(`SELECT ${TURN}`, [key]);
}

const SUPERSEDES = `(data->>'supersedes')::boolean`;
const SERIAL = `(data->>'serial')::float8`;

/** Waiting jobs that supersede, as `n`, which are newer than `o`. */
const NEWER = `SELECT 1 FROM ${SCHEMA}.job n WHERE n.name = '${WORK}' AND n.state < 'active'
  AND n.singleton_key = o.singleton_key AND (n.data->>'supersedes')::boolean
  AND (n.data->>'serial')::float8 > (o.data->>'serial')::float8`;

/** Whether a newer job waits that does what this one would. */
export async function isSuperseded(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql.query(
    `SELECT 1 AS one FROM ${SCHEMA}.job o
     WHERE o.name = '${WORK}' AND o.id = ?::uuid AND (o.data->>'supersedes')::boolean AND EXISTS (${NEWER})`,
    [id],
  );
  return rows.length > 0;
}

/** Removes jobs, waiting for another attempt or dead, that came from dead workers although a newer one waits. */
export async function dropSuperseded(boss: PgBoss, sql: PostgresSql): Promise<void> {
  const rows = await sql.query(
    `SELECT o.name, o.id::text AS id FROM ${SCHEMA}.job o
     WHERE o.name IN ('${WORK}', '${DEAD}') AND o.state < 'active' AND (o.data->>'supersedes')::boolean AND EXISTS (${NEWER})`,
  );
  await remove(boss, sql, rows);
}

/** Removes what is older than a job that is done. */
export async function dropOlder(boss: PgBoss, sql: PostgresSql, key: string, serial: number): Promise<void> {
  const rows = await sql.query(
    `SELECT name, id::text AS id FROM ${SCHEMA}.job
     WHERE name IN ('${WORK}', '${DEAD}') AND state < 'active' AND singleton_key = ? AND ${SUPERSEDES} AND ${SERIAL} < ?`,
    [key, serial],
  );
  await remove(boss, sql, rows);
}

/**
 * Gives a job the place of the waiting one with its key: who pushes often does not lose the turn. What failed before
 * is removed and does not count against it.
 *
 * @returns false when none waits
 */
export async function replaceWaiting(
  boss: PgBoss,
  sql: PostgresSql,
  job: NewJob,
  data: Envelope,
  options: Omit<UpdateOptions, 'id' | 'singletonKey'>,
): Promise<boolean> {
  const rows = await sql.query(
    `SELECT name, id::text AS id, state::text AS state, priority FROM ${SCHEMA}.job
     WHERE name IN ('${WORK}', '${DEAD}') AND state < 'active' AND singleton_key = ? AND ${SUPERSEDES}
     ORDER BY created_on`,
    [job.key],
  );
  const waiting = rows.find(({ name, state }) => name === WORK && state === 'created');
  await remove(
    boss,
    sql,
    rows.filter((row) => row !== waiting),
  );
  if (waiting === undefined) return false;
  const { updated } = await boss.update(WORK, data, {
    ...options,
    id: textOf(waiting, 'id'),
    priority: Math.max(job.priority, numberOf(waiting, 'priority')),
    startAfter: 0,
  });
  return updated > 0;
}

/** The newest waiting job that supersedes, by key. */
export async function newestByKey(
  sql: Pick<Sql, 'query'>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, { readonly serial: number; readonly payload: JsonObject }>> {
  if (keys.length === 0) return new Map();
  const rows = await sql.query(
    `SELECT DISTINCT ON (singleton_key) singleton_key AS key, ${SERIAL} AS serial, (data->'payload')::text AS payload
     FROM ${SCHEMA}.job
     WHERE name = '${WORK}' AND state < 'active' AND ${SUPERSEDES} AND singleton_key IN (${keys.map(() => '?').join(', ')})
     ORDER BY singleton_key, serial DESC`,
    keys,
  );
  return new Map(
    rows.map((row) => [
      textOf(row, 'key'),
      { serial: numberOf(row, 'serial'), payload: JSON.parse(textOf(row, 'payload')) as JsonObject },
    ]),
  );
}

async function remove(boss: PgBoss, sql: PostgresSql, rows: readonly Row[]): Promise<void> {
  for (const queue of [WORK, DEAD]) {
    const ids = rows.filter(({ name }) => name === queue).map((row) => textOf(row, 'id'));
    if (ids.length > 0) await boss.deleteJob(queue, ids, { db: executorOf(sql) });
  }
}
