import { plural, truncate } from '../report/plain.ts';
import type { AuditEntry } from '../store/audit-entry.ts';
import type { Json } from '../store/job-store.ts';
import { tableOf } from './table.ts';

export const AUDIT_FORMATS = ['text', 'json', 'csv'] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

/** How entries are written: a head, then each page. */
export interface AuditFormatter {
  readonly head: string;
  readonly page: (entries: readonly AuditEntry[]) => string;
}

const COLUMNS: readonly (keyof AuditEntry)[] = [
  'seq',
  'at',
  'action',
  'actor',
  'repository',
  'installation',
  'subject',
  'reason',
  'detail',
  'delivery',
  'previous',
  'hash',
];

/** A table for people, JSON Lines, or CSV as of RFC 4180. */
export const AUDIT_FORMATTERS: Readonly<Record<AuditFormat, AuditFormatter>> = {
  text: { head: '', page: (entries) => tableOf(entries.map(rowOf)) },
  json: {
    head: '',
    page: (entries) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
  },
  csv: {
    head: csvLine(COLUMNS),
    page: (entries) =>
      entries.map((entry) => csvLine(COLUMNS.map((column) => csvText(entry[column])))).join(''),
  },
};

const MAX_SUMMARY = 200;

function rowOf(entry: AuditEntry): readonly string[] {
  const { seq, at, action, actor, repository, subject } = entry;
  const time = at.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
  return [
    String(seq),
    time,
    action,
    actor,
    repository ?? '-',
    subject,
    truncate(summaryOf(entry), MAX_SUMMARY),
  ];
}

/** The detail that people look for, and the reason. */
function summaryOf({ action, reason, detail }: AuditEntry): string {
  const parts = action === 'verdict' ? [verdictOf(detail)] : [];
  return [...parts, ...(reason === null ? [] : [reason])].join(': ');
}

function verdictOf(detail: AuditEntry['detail']): string {
  const { conclusion, findings } = detail as { readonly conclusion?: Json; readonly findings?: Json };
  const count = Array.isArray(findings) ? findings.length : 0;
  return `${typeof conclusion === 'string' ? conclusion : 'unknown'}, ${plural(count, 'finding')}`;
}

function csvText(value: AuditEntry[keyof AuditEntry]): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // A spreadsheet would take it for a formula.
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(',')}\r\n`;
}
