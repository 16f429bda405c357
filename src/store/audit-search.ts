import type { AuditEntry } from './audit-entry.ts';
import { ENTRY_COLUMNS, entryOf } from './audit-rows.ts';
import type { Database, SqlValue } from './database.ts';

/** Which entries; what is absent does not restrict. */
export interface AuditQuery {
  /** Milliseconds since the epoch, inclusive. */
  readonly since?: number;
  /** Milliseconds since the epoch, exclusive. */
  readonly until?: number;
  readonly action?: string;
  /** `owner/name`, in any case, as on GitHub. */
  readonly repository?: string;
  readonly subject?: string;
  readonly actor?: string;
  /** Stands somewhere in actor, subject, reason or detail (as JSON or in a text there); the case of ASCII letters does not matter. */
  readonly text?: string;
  /** How many entries at most, in all pages together. */
  readonly limit?: number;
  /** Continues behind this number, in the order that was asked for. */
  readonly after?: number;
  readonly newestFirst?: boolean;
}

const PAGE = 500;

/**
 * Pages of entries, each read when it is asked for.
 *
 * @throws {StoreError} when an entry cannot be read
 */
export async function* searchEntries(
  database: Database,
  query: AuditQuery,
): AsyncGenerator<readonly AuditEntry[], void, undefined> {
  const newestFirst = query.newestFirst ?? false;
  const [conditions, values] = conditionsOf(query);
  const text = `SELECT ${ENTRY_COLUMNS} FROM audit_entries
    WHERE ${[...conditions, newestFirst ? 'seq < ?' : 'seq > ?'].join(' AND ')}
    ORDER BY seq ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`;
  let after = query.after ?? (newestFirst ? LARGEST : 0);
  let left = query.limit ?? Infinity;
  while (left > 0) {
    const size = Math.min(PAGE, left);
    const entries = (await database.read(text, [...values, after, size])).map(entryOf);
    if (entries.length > 0) yield entries;
    if (entries.length < size) return;
    after = entries.at(-1)?.seq ?? after;
    left -= entries.length;
  }
}

/** More entries do not fit the column. */
const LARGEST = 2_147_483_647;

function conditionsOf(query: AuditQuery): readonly [readonly string[], readonly SqlValue[]] {
  const { since, until, action, repository, subject, actor, text } = query;
  const parts: readonly (readonly [string, readonly (SqlValue | undefined)[]])[] = [
    ['at >= ?', [since]],
    ['at < ?', [until]],
    ['action = ?', [action]],
    ['lower(repository) = lower(?)', [repository]],
    ['subject = ?', [subject]],
    ['actor = ?', [actor]],
    [
      `(${['actor', 'subject', 'reason', 'detail', 'detail'].map((column) => `lower(${column}) LIKE lower(?) ESCAPE '!'`).join(' OR ')})`,
      text === undefined
        ? [text]
        : [text, text, text, text, JSON.stringify(text).slice(1, -1)].map(containing),
    ],
  ];
  const used = parts.flatMap(([condition, values]) => {
    const given = values.filter((value) => value !== undefined);
    return given.length === 0 ? [] : [{ condition, given }];
  });
  return [used.map(({ condition }) => condition), used.flatMap(({ given }) => given)];
}

function containing(text: string): string {
  return `%${text.replaceAll(/[!%_]/g, '!$&')}%`;
}
