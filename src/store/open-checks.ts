import { numberOrNull, numberOf, textOf, type Database, type Row } from './database.ts';
import type { JsonObject } from './job-store.ts';

/** A check that was started and not completed yet. It outlives the worker that started it. */
export interface OpenCheck {
  /** The mark under which the check can be found. */
  readonly attempt: string;
  readonly jobKey: string;
  readonly delivery: string;
  readonly headSha: string;
  /** Null when it is not known whether the request that made it was answered. */
  readonly checkRunId: number | null;
  /** Where the check stands. */
  readonly source: JsonObject;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
}

/** The checks that are in progress, so that one left by a dead worker is finished and none is made twice. */
export interface OpenChecks {
  /** To be called before the check is made. */
  open(check: Omit<OpenCheck, 'checkRunId' | 'openedAt'>): Promise<void>;
  created(attempt: string, checkRunId: number): Promise<void>;
  closed(attempt: string): Promise<void>;
  ofKey(jobKey: string): Promise<readonly OpenCheck[]>;
  /** Oldest first, at most 1,000. */
  openedBefore(time: number): Promise<readonly OpenCheck[]>;
}

export function createOpenChecks(database: Database): OpenChecks {
  const write = async (text: string, values: readonly (string | number)[]): Promise<void> => {
    await database.transaction((sql) => sql.query(text, values));
  };
  return {
    open: ({ attempt, jobKey, delivery, headSha, source }) =>
      write(
        'INSERT INTO open_checks (attempt, job_key, delivery, head_sha, source, opened_at) VALUES (?, ?, ?, ?, ?, ?)',
        [attempt, jobKey, delivery, headSha, JSON.stringify(source), Date.now()],
      ),
    created: (attempt, checkRunId) =>
      write('UPDATE open_checks SET check_run_id = ? WHERE attempt = ?', [checkRunId, attempt]),
    closed: (attempt) => write('DELETE FROM open_checks WHERE attempt = ?', [attempt]),
    async ofKey(jobKey) {
      const rows = await database.read('SELECT * FROM open_checks WHERE job_key = ? ORDER BY opened_at', [
        jobKey,
      ]);
      return rows.map(openCheckOf);
    },
    async openedBefore(time) {
      const rows = await database.read(
        'SELECT * FROM open_checks WHERE opened_at < ? ORDER BY opened_at LIMIT 1000',
        [time],
      );
      return rows.map(openCheckOf);
    },
  };
}

function openCheckOf(row: Row): OpenCheck {
  return {
    attempt: textOf(row, 'attempt'),
    jobKey: textOf(row, 'job_key'),
    delivery: textOf(row, 'delivery'),
    headSha: textOf(row, 'head_sha'),
    checkRunId: numberOrNull(row, 'check_run_id'),
    source: JSON.parse(textOf(row, 'source')) as JsonObject,
    openedAt: numberOf(row, 'opened_at'),
  };
}
