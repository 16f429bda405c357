import { sealedEntry, type AuditEntry, type AuditPoint, type NewAuditEntry } from './audit-entry.ts';
import { insertEntry, readEnds } from './audit-rows.ts';
import { searchEntries, type AuditQuery } from './audit-search.ts';
import { verifyTrail, type AuditVerification } from './audit-verify.ts';
import { numberOrNull, StoreError, textOf, type Database, type Sql } from './database.ts';

/** Who did what, when and why: entries that are only ever added, each chained to the one before by its hash. */
export interface AuditTrail {
  /**
   * Adds all or none, in this order, whoever else adds at the same time.
   *
   * @returns the last entry's number and hash, to be noted elsewhere
   */
  append(entries: readonly NewAuditEntry[]): Promise<AuditPoint>;
  /** As `append`, together with what else the transaction writes. */
  appendIn(sql: Sql, entries: readonly NewAuditEntry[]): Promise<AuditPoint>;
  /** Pages of entries, oldest first unless asked otherwise; nothing is read before it is asked for. */
  search(query: AuditQuery): AsyncIterable<readonly AuditEntry[]>;
  /** @param expectedHead what `append` returned at some time */
  verify(expectedHead?: AuditPoint): Promise<AuditVerification>;
  /**
   * Removes the oldest entries up to the first one that is not older, and adds an entry that says so.
   *
   * @param before milliseconds since the epoch
   * @returns how many were removed
   */
  prune(before: number): Promise<number>;
}

/** Who is named when the App acts by itself. */
export const APP_ACTOR = 'gitops-warden';

/** Any number of ours: in PostgreSQL, whoever holds it appends, and the others wait. */
const LOCK = 741_852_964;

/** @param clock milliseconds since the epoch */
export function createAuditTrail(database: Database, clock: () => number = Date.now): AuditTrail {
  /** Writes with the trail to itself; SQLite has one writer at a time anyway. */
  const alone = <T>(work: (sql: Sql) => Promise<T>): Promise<T> =>
    database.transaction(async (sql) => {
      await lock(sql);
      return work(sql);
    });

  async function lock(sql: Sql): Promise<void> {
    if (database.dialect === 'postgres') await sql.query('SELECT pg_advisory_xact_lock(?)', [LOCK]);
  }

  async function append(sql: Sql, entries: readonly NewAuditEntry[]): Promise<AuditPoint> {
    let head = (await readEnds(sql)).head ?? damaged('end');
    if (entries.length === 0) return head;
    for (const entry of entries) {
      const sealed = sealedEntry(entry, head, clock());
      await insertEntry(sql, sealed);
      head = { seq: sealed.seq, hash: sealed.hash };
    }
    await sql.query('UPDATE audit_head SET seq = ?, hash = ? WHERE id = 1', [head.seq, head.hash]);
    return head;
  }

  return {
    append: (entries) => alone((sql) => append(sql, entries)),
    async appendIn(sql, entries) {
      await lock(sql);
      return append(sql, entries);
    },
    search: (query) => searchEntries(database, query),
    verify: (expectedHead) => verifyTrail(database, expectedHead ?? null),
    prune: (before) =>
      alone(async (sql) => {
        const { anchor, head } = await readEnds(sql);
        if (anchor === null || head === null) return damaged(anchor === null ? 'beginning' : 'end');
        const [kept] = await sql.query('SELECT min(seq) AS first FROM audit_entries WHERE at >= ?', [before]);
        const first = kept === undefined ? null : numberOrNull(kept, 'first');
        const seq = (first ?? head.seq + 1) - 1;
        const [last] = await sql.query('SELECT hash FROM audit_entries WHERE seq = ?', [seq]);
        if (last === undefined) return 0;
        const upTo = { seq, hash: textOf(last, 'hash') };
        const removed = seq - anchor.seq;
        await sql.query('UPDATE audit_anchor SET seq = ?, hash = ? WHERE id = 1', [seq, upTo.hash]);
        await sql.query('DELETE FROM audit_entries WHERE seq <= ?', [seq]);
        await append(sql, [
          {
            action: 'retention',
            actor: APP_ACTOR,
            repository: null,
            installation: null,
            subject: 'audit-log',
            reason: 'Entries are kept for as long as the settings say.',
            delivery: null,
            detail: { removed, upTo, before: new Date(before).toISOString() },
          },
        ]);
        return removed;
      }),
  };
}

function damaged(what: 'beginning' | 'end'): never {
  throw new StoreError(
    'damaged',
    `The audit trail does not say where its ${what} is: \`gitops-warden audit-log verify\` says more.`,
  );
}
