import { textOf, type Sql } from './database.ts';

/** Dead jobs that are handed over at a time. */
const MOST = 1_000;

/**
 * Takes dead jobs that nobody has taken yet. Of several who do so at the same time, one gets each.
 *
 * @param dead SQL that selects the ids of all dead jobs, as text
 */
export async function takeUnnoted(sql: Sql, dead: string): Promise<readonly string[]> {
  await sql.query(`DELETE FROM noted_dead_jobs WHERE job_id NOT IN (${dead})`);
  const rows = await sql.query(
    `INSERT INTO noted_dead_jobs (job_id)
     SELECT id FROM (${dead}) AS dead WHERE id NOT IN (SELECT job_id FROM noted_dead_jobs) ORDER BY id LIMIT ${String(MOST)}
     ON CONFLICT DO NOTHING RETURNING job_id`,
  );
  return rows.map((row) => textOf(row, 'job_id'));
}

/** For a job that keeps its id when it runs again. */
export async function forgetNoted(sql: Sql, id: string): Promise<void> {
  await sql.query('DELETE FROM noted_dead_jobs WHERE job_id = ?', [id]);
}
