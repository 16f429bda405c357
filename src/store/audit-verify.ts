import { hashOf, type AuditEntry, type AuditPoint } from './audit-entry.ts';
import { ENTRY_COLUMNS, entryOf, readEnds, type AuditEnds } from './audit-rows.ts';
import { numberOf, textOf, type Database, type Row, type Sql } from './database.ts';
import type { Json } from './job-store.ts';

export interface AuditProblem {
  /** The entry at which it was found. */
  readonly seq: number;
  /** A sentence. */
  readonly problem: string;
}

export interface AuditVerification {
  /** How many entries were looked at. */
  readonly entries: number;
  /** Numbers of the first and the last one; null when there is none. */
  readonly first: number | null;
  readonly last: number | null;
  /** Where the trail ends, to be noted elsewhere; null when the store does not say. */
  readonly head: AuditPoint | null;
  /** In the order of the trail, at most 100. */
  readonly problems: readonly AuditProblem[];
  /** Problems that were found beyond those. */
  readonly furtherProblems: number;
}

const PAGE = 500;
const MAX_PROBLEMS = 100;
/** Retention that runs at the same time makes the look begin anew. */
const MAX_LOOKS = 5;

/**
 * Reads the whole trail and finds every entry that was changed, removed, moved or added. Who can write the database can
 * make a new trail from the first entry on, or cut off its end and say so nowhere: only a head noted elsewhere tells.
 *
 * @param expected a head that was noted elsewhere
 * @throws {StoreError} when the store cannot be read
 */
export async function verifyTrail(
  database: Database,
  expected: AuditPoint | null,
): Promise<AuditVerification> {
  const sql: Sql = { query: (text, values) => database.read(text, values) };
  for (let look = 1; ; look += 1) {
    const before = await readEnds(sql);
    const result = await lookThrough(database, before, expected);
    const after = await readEnds(sql);
    if (after.anchor?.seq === before.anchor?.seq || look === MAX_LOOKS) return result;
  }
}

async function lookThrough(
  database: Database,
  ends: AuditEnds,
  expected: AuditPoint | null,
): Promise<AuditVerification> {
  const found = createFindings();
  if (ends.anchor === null) found.add(0, 'The note of where the trail begins is missing or cannot be read.');
  const start = ends.anchor?.seq ?? 0;
  const chain = createChain(ends, found.add);
  let seen: string | null = expected !== null && expected.seq === start ? (ends.anchor?.hash ?? null) : null;
  let [entries, first, last] = [0, null as number | null, null as number | null];

  let position = start;
  for (;;) {
    const rows = await database.read(
      `SELECT ${ENTRY_COLUMNS} FROM audit_entries WHERE seq > ? ORDER BY seq LIMIT ?`,
      [position, PAGE],
    );
    for (const row of rows) {
      position = Number(row['seq_text']);
      // What was appended meanwhile is left for the next look.
      if (ends.head !== null && position > ends.head.seq) break;
      entries += 1;
      first ??= position;
      last = position;
      const hash = chain.next(position, row);
      if (position === expected?.seq) seen = hash;
    }
    if (rows.length < PAGE || (ends.head !== null && position > ends.head.seq)) break;
  }
  chain.end();
  await findStrays(database, found.add);
  if (expected !== null) compareHead(expected, seen, start, ends.head?.seq ?? last ?? 0, found.add);
  return { entries, first, last, head: ends.head, ...found.result() };
}

type Add = (seq: number, problem: string) => void;

function createFindings(): {
  readonly add: Add;
  readonly result: () => Pick<AuditVerification, 'problems' | 'furtherProblems'>;
} {
  const problems: AuditProblem[] = [];
  let furtherProblems = 0;
  return {
    add: (seq, problem) => {
      if (problems.length < MAX_PROBLEMS) problems.push({ seq, problem });
      else furtherProblems += 1;
    },
    result: () => ({ problems, furtherProblems }),
  };
}

/** Follows the chain entry by entry; each is compared with what is stored before it, so that one change is one problem. */
function createChain(
  { anchor, head }: AuditEnds,
  add: Add,
): { readonly next: (seq: number, row: Row) => string | null; readonly end: () => void } {
  let at: { readonly seq: number; readonly hash: string | null } = anchor ?? { seq: 0, hash: null };
  let retention: AuditEntry | null = null;

  function next(seq: number, row: Row): string | null {
    if (seq > at.seq + 1) add(at.seq + 1, `${missing(at.seq + 1, seq - 1)} missing.`);
    const entry = readable(row);
    if (entry === null) {
      add(seq, `Entry ${String(seq)} was changed: it cannot be read.`);
    } else {
      if (hashOf(entry) !== entry.hash) {
        add(seq, `Entry ${String(seq)} was changed: it does not have the content that its hash was made of.`);
      } else if (seq === at.seq + 1 && at.hash !== null && entry.previous !== at.hash) {
        add(seq, `Entry ${String(seq)} does not follow the one before it: one of the two was replaced.`);
      }
      if (entry.action === 'retention') retention = entry;
    }
    const hash = typeof row['hash'] === 'string' ? row['hash'] : null;
    at = { seq, hash };
    return hash;
  }

  function end(): void {
    if (head === null) {
      add(at.seq, 'The note of where the trail ends is missing or cannot be read.');
    } else if (at.seq < head.seq) {
      add(at.seq + 1, `${missing(at.seq + 1, head.seq)} missing at the end.`);
    } else if (at.seq !== head.seq || at.hash !== head.hash) {
      add(at.seq, `The trail does not end as the store notes: its last entries were replaced.`);
    }
    if (anchor !== null && !explains(retention, anchor)) {
      add(
        anchor.seq,
        `The trail begins after entry ${String(anchor.seq)}, and no entry of retention says so.`,
      );
    }
  }

  return { next, end };
}

/** Whether the last entry of retention tells where the trail begins; one that nothing was removed from has none. */
function explains(retention: AuditEntry | null, anchor: AuditPoint): boolean {
  const upTo = retention?.detail['upTo'] as Readonly<Record<string, Json>> | null | undefined;
  return upTo === null || upTo === undefined
    ? anchor.seq === 0
    : upTo['seq'] === anchor.seq && upTo['hash'] === anchor.hash;
}

function readable(row: Row): AuditEntry | null {
  try {
    return entryOf(row);
  } catch {
    return null;
  }
}

function missing(from: number, to: number): string {
  return from === to ? `Entry ${String(from)} is` : `Entries ${String(from)} to ${String(to)} are`;
}

/** Entries outside of the trail's two ends. */
async function findStrays(database: Database, add: Add): Promise<void> {
  const count = async (condition: string): Promise<{ readonly entries: number; readonly first: number }> => {
    const [row] = await database.read(
      `SELECT count(*) AS entries, coalesce(CAST(min(seq) AS TEXT), '') AS first FROM audit_entries WHERE ${condition}`,
    );
    return row === undefined
      ? { entries: 0, first: 0 }
      : { entries: numberOf(row, 'entries'), first: Number(textOf(row, 'first')) };
  };
  const early = await count('seq <= (SELECT seq FROM audit_anchor WHERE id = 1)');
  if (early.entries > 0) {
    add(early.first, `${entriesStand(early.entries)} before the beginning that the store notes.`);
  }
  const late = await count('seq > (SELECT seq FROM audit_head WHERE id = 1)');
  if (late.entries > 0) add(late.first, `${entriesStand(late.entries)} after the end that the store notes.`);
}

function entriesStand(count: number): string {
  return count === 1 ? 'An entry stands' : `${String(count)} entries stand`;
}

function compareHead(expected: AuditPoint, seen: string | null, start: number, end: number, add: Add): void {
  const { seq, hash } = expected;
  if (seq > end) {
    add(
      end,
      `The trail ends at entry ${String(end)}, but entry ${String(seq)} was noted: its end was cut off.`,
    );
  } else if (seq < start) {
    add(
      start,
      `The noted entry ${String(seq)} was removed by retention, so that nothing can be compared: note a newer head.`,
    );
  } else if (seen !== hash) {
    add(seq, `Entry ${String(seq)} is not the one that was noted: the trail was replaced.`);
  }
}
