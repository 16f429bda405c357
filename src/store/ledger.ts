import { textOf, textOrNull, type Database } from './database.ts';

/** What the verdict on a head is bound to. */
export interface StandingVerdict {
  /** The check run's `external_id`. */
  readonly binding: string;
  /** Pull requests that it was given for. */
  readonly pullRequests: readonly number[];
  /** The last day on which all waivers hold that it rests on, as YYYY-MM-DD in UTC; null or absent: it rests on none that end. */
  readonly until?: string | null;
}

/** Small things that the App remembers between its runs. */
export interface Ledger {
  /** Notes that a head has its verdict; null when another attempt might come to another one. */
  judged(repositoryId: number, headSha: string, verdict: StandingVerdict | null): Promise<void>;
  /** Forgets the verdict on a head: it is to be judged again. */
  unjudged(repositoryId: number, headSha: string): Promise<void>;
  /** What the newest verdict on a head is bound to; null when there is none, or another attempt might come to another one. */
  verdictOn(repositoryId: number, headSha: string): Promise<StandingVerdict | null>;
  /** Which of these heads have a verdict of ours that still holds on a day, YYYY-MM-DD in UTC. */
  judgedAmong(repositoryId: number, headShas: readonly string[], today: string): Promise<ReadonlySet<string>>;
  /** Which of these deliveries were accepted. */
  acceptedAmong(deliveries: readonly string[]): Promise<ReadonlySet<string>>;
  mark(name: string): Promise<string | null>;
  setMark(name: string, value: string): Promise<void>;
  clearMark(name: string): Promise<void>;
  /** Marks whose names begin so, by name. */
  marksUnder(prefix: string): Promise<ReadonlyMap<string, string>>;
  /** Forgets deliveries and judged heads that are older; times in milliseconds since the epoch. */
  forget(before: { readonly deliveries: number; readonly judgedHeads: number }): Promise<void>;
}

/** Whether a verdict counts on a day: a waiver that it rests on may have ended. */
export function stillHolds({ until = null }: StandingVerdict, today: string): boolean {
  return until === null || until >= today;
}

export function createLedger(database: Database): Ledger {
  return {
    async judged(repositoryId, headSha, verdict) {
      await database.transaction((sql) =>
        sql.query(
          `INSERT INTO judged_heads (repository_id, head_sha, judged_at, verdict) VALUES (?, ?, ?, ?)
           ON CONFLICT (repository_id, head_sha)
           DO UPDATE SET judged_at = excluded.judged_at, verdict = excluded.verdict`,
          [repositoryId, headSha, Date.now(), verdict === null ? null : JSON.stringify(verdict)],
        ),
      );
    },
    async unjudged(repositoryId, headSha) {
      await database.transaction((sql) =>
        sql.query('DELETE FROM judged_heads WHERE repository_id = ? AND head_sha = ?', [
          repositoryId,
          headSha,
        ]),
      );
    },
    async verdictOn(repositoryId, headSha) {
      const [row] = await database.read(
        'SELECT verdict FROM judged_heads WHERE repository_id = ? AND head_sha = ?',
        [repositoryId, headSha],
      );
      const verdict = row === undefined ? null : textOrNull(row, 'verdict');
      return verdict === null ? null : (JSON.parse(verdict) as StandingVerdict);
    },
    async judgedAmong(repositoryId, headShas, today) {
      if (headShas.length === 0) return new Set();
      const marks = headShas.map(() => '?').join(', ');
      const rows = await database.read(
        `SELECT head_sha, verdict FROM judged_heads WHERE repository_id = ? AND head_sha IN (${marks})`,
        [repositoryId, ...headShas],
      );
      const holding = rows.filter((row) => {
        const verdict = textOrNull(row, 'verdict');
        return verdict === null || stillHolds(JSON.parse(verdict) as StandingVerdict, today);
      });
      return new Set(holding.map((row) => textOf(row, 'head_sha')));
    },
    async acceptedAmong(deliveries) {
      if (deliveries.length === 0) return new Set();
      const marks = deliveries.map(() => '?').join(', ');
      const rows = await database.read(`SELECT id FROM deliveries WHERE id IN (${marks})`, deliveries);
      return new Set(rows.map((row) => textOf(row, 'id')));
    },
    async mark(name) {
      const [row] = await database.read('SELECT value FROM marks WHERE name = ?', [name]);
      return row === undefined ? null : textOf(row, 'value');
    },
    async marksUnder(prefix) {
      const rows = await database.read(
        'SELECT name, value FROM marks WHERE substr(name, 1, ?) = ? ORDER BY name',
        [prefix.length, prefix],
      );
      return new Map(rows.map((row) => [textOf(row, 'name'), textOf(row, 'value')]));
    },
    async setMark(name, value) {
      await database.transaction((sql) =>
        sql.query(
          'INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
          [name, value],
        ),
      );
    },
    async clearMark(name) {
      await database.transaction((sql) => sql.query('DELETE FROM marks WHERE name = ?', [name]));
    },
    async forget({ deliveries, judgedHeads }) {
      await database.transaction(async (sql) => {
        await sql.query('DELETE FROM deliveries WHERE received_at < ?', [deliveries]);
        await sql.query('DELETE FROM judged_heads WHERE judged_at < ?', [judgedHeads]);
      });
    },
  };
}
