import { StoreError, type Row, type Sql, type SqlValue } from './database.ts';
import { canonicalJson, type AuditEntry, type AuditPoint } from './audit-entry.ts';
import type { JsonObject } from './job-store.ts';

/** Numbers as text: what somebody wrote there by hand must not pass as the nearest number. */
export const ENTRY_COLUMNS = `CAST(seq AS TEXT) AS seq_text, CAST(at AS TEXT) AS at_text, action, actor, repository,
  CAST(installation AS TEXT) AS installation_text, subject, reason, detail, delivery, previous, hash`;

export async function insertEntry(sql: Sql, entry: AuditEntry): Promise<void> {
  await sql.query(
    `INSERT INTO audit_entries
       (seq, at, action, actor, repository, installation, subject, reason, detail, delivery, previous, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      entry.seq,
      Date.parse(entry.at),
      entry.action,
      entry.actor,
      entry.repository,
      entry.installation,
      entry.subject,
      entry.reason,
      canonicalJson(entry.detail),
      entry.delivery,
      entry.previous,
      entry.hash,
    ],
  );
}

/** @throws {StoreError} when the row cannot be an entry; its hashes are not looked at */
export function entryOf(row: Row): AuditEntry {
  const seq = wholeNumber(row['seq_text']);
  const at = wholeNumber(row['at_text']);
  const installation = row['installation_text'];
  const [action, actor, subject, previous, hash] = ['action', 'actor', 'subject', 'previous', 'hash'].map(
    (column) => text(row[column]),
  );
  const entry = {
    seq,
    at: at === null || Math.abs(at) > LAST_TIME ? null : new Date(at).toISOString(),
    action,
    actor,
    repository: textOrNull(row['repository']),
    installation: installation === null ? null : (wholeNumber(installation) ?? undefined),
    subject,
    reason: textOrNull(row['reason']),
    detail: detailOf(row['detail']),
    delivery: textOrNull(row['delivery']),
    previous,
    hash,
  };
  if (isComplete(entry)) return entry;
  throw new StoreError(
    'damaged',
    `Entry ${String(seq)} of the audit trail cannot be read: \`gitops-warden audit-log verify\` says more.`,
  );
}

/** The last millisecond that a date can hold. */
const LAST_TIME = 8_640_000_000_000_000;

/** As `AuditEntry`; null or undefined where the row holds something else. */
type Read = { readonly [Field in keyof AuditEntry]: AuditEntry[Field] | null | undefined };

function isComplete(entry: Read): entry is AuditEntry {
  const nullable: readonly string[] = ['repository', 'installation', 'reason', 'delivery'];
  return Object.entries(entry).every(
    ([field, value]) => value !== undefined && (value !== null || nullable.includes(field)),
  );
}

function text(value: SqlValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textOrNull(value: SqlValue | undefined): string | null | undefined {
  return value === null ? null : text(value);
}

function wholeNumber(value: SqlValue | undefined): number | null {
  return typeof value === 'string' &&
    /^-?(?:0|[1-9]\d{0,15})$/.test(value) &&
    Number.isSafeInteger(Number(value))
    ? Number(value)
    : null;
}

/** Null when the text is not in the one form in which details are written. */
function detailOf(value: SqlValue | undefined): JsonObject | null {
  if (typeof value !== 'string') return null;
  try {
    const detail = JSON.parse(value) as JsonObject;
    return value.startsWith('{') && canonicalJson(detail) === value ? detail : null;
  } catch {
    return null;
  }
}

/** Where the trail begins and ends; null for what is not there or cannot be read. */
export interface AuditEnds {
  /** The last entry that retention removed. */
  readonly anchor: AuditPoint | null;
  readonly head: AuditPoint | null;
}

export async function readEnds(sql: Sql): Promise<AuditEnds> {
  const part = (
    table: string,
  ): string => `(SELECT CAST(seq AS TEXT) FROM ${table} WHERE id = 1) AS ${table}_seq,
    (SELECT hash FROM ${table} WHERE id = 1) AS ${table}_hash`;
  const [row] = await sql.query(`SELECT ${part('audit_anchor')}, ${part('audit_head')}`);
  const point = (table: string): AuditPoint | null => {
    const seq = wholeNumber(row?.[`${table}_seq`]);
    const hash = text(row?.[`${table}_hash`]);
    return seq === null || hash === undefined ? null : { seq, hash };
  };
  return { anchor: point('audit_anchor'), head: point('audit_head') };
}
