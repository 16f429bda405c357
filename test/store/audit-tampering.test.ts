import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { hashOf, type AuditEntry } from '../../src/store/audit-entry.ts';
import type { AuditVerification } from '../../src/store/audit-verify.ts';
import { createAuditTrail } from '../../src/store/audit-trail.ts';
import { openStore, STORE_FILE } from '../../src/store/store.ts';
import { allOf, dropped, verdict } from './audit-fixture.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'warden-audit-'));
const FIRST = 4;
const LAST = 13;
let entries: readonly AuditEntry[] = [];

/** Entries 4 to 13 of a trail whose first three retention removed. */
beforeAll(async () => {
  const store = await openStore({ databaseUrl: null, dataDirectory: path.join(directory, 'original') });
  let now = Date.parse('2026-01-01T00:00:00Z');
  const audit = createAuditTrail(store.database, () => (now += 1_000));
  await audit.append([1, 2, 3, 4].map((number) => verdict(number)));
  await audit.prune(now);
  await audit.append([dropped('a', 'why'), ...[6, 7, 8, 9].map((number) => verdict(number))]);
  await audit.append([dropped('b', null), dropped('c', 'so'), verdict(12)]);
  entries = await allOf(store.audit);
  await store.close();
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

type Change = (database: DatabaseSync) => void;

/** Changes a copy as somebody would who may do anything to the file. False when nothing came of it. */
async function tamperedWith(change: Change): Promise<AuditVerification | null> {
  const copy = mkdtempSync(path.join(directory, 'copy-'));
  copyFileSync(path.join(directory, 'original', STORE_FILE), path.join(copy, STORE_FILE));
  const database = new DatabaseSync(path.join(copy, STORE_FILE));
  const triggers = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`).all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
  const before = contentOf(database);
  change(database);
  const changed = contentOf(database) !== before;
  database.close();
  if (!changed) return null;
  const store = await openStore({ databaseUrl: null, dataDirectory: copy });
  try {
    return await store.audit.verify();
  } finally {
    await store.close();
    rmSync(copy, { recursive: true });
  }
}

function contentOf(database: DatabaseSync): string {
  return JSON.stringify(
    ['audit_entries', 'audit_anchor', 'audit_head'].map((table) => {
      const statement = database.prepare(`SELECT * FROM ${table} ORDER BY 1`);
      statement.setReadBigInts(true);
      return statement.all();
    }),
    (_, value: unknown) => (typeof value === 'bigint' ? `${String(value)}n` : value),
  );
}

async function problemsAfter(change: Change): Promise<readonly [number, string][]> {
  const result = await tamperedWith(change);
  if (result === null) throw new Error('Nothing was changed.');
  return result.problems.map(({ seq, problem }) => [seq, problem]);
}

const run =
  (text: string, ...values: SQLInputValue[]): Change =>
  (database) => {
    database.prepare(text).run(...values);
  };

function entry(seq: number): AuditEntry {
  const found = entries.find((one) => one.seq === seq);
  if (found === undefined) throw new Error(`There is no entry ${String(seq)}.`);
  return found;
}

const COLUMNS = 'at action actor repository installation subject reason detail delivery previous hash'.split(
  ' ',
);

describe('verification', () => {
  test('finds nothing in a trail that nobody touched', async () => {
    const result = await tamperedWith(run('CREATE TABLE elsewhere (x)'));
    expect(result).toBeNull();
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 10 }, (_, index) => FIRST + index));
  });

  test('finds a changed field, and names the entry', async () => {
    expect(await problemsAfter(run(`UPDATE audit_entries SET actor = 'mallory' WHERE seq = 7`))).toEqual([
      [7, expect.stringContaining('Entry 7 was changed')],
    ]);
  });

  test('finds a detail that reads the same but is written otherwise', async () => {
    const change = run(
      `UPDATE audit_entries SET detail = replace(detail, '{"attempts":10', '{"attempts":99,"attempts":10') WHERE seq = 6`,
    );
    expect(await problemsAfter(change)).toEqual([[6, expect.stringContaining('cannot be read')]]);
  });

  test('finds a changed entry whose hash was made anew', async () => {
    const forged = { ...entry(8), actor: 'mallory' };
    const change = run(`UPDATE audit_entries SET actor = 'mallory', hash = ? WHERE seq = 8`, hashOf(forged));
    expect(await problemsAfter(change)).toEqual([[9, expect.stringContaining('does not follow')]]);
  });

  test('finds the last entry changed with its hash made anew', async () => {
    const forged = { ...entry(LAST), actor: 'mallory' };
    const change = run(
      `UPDATE audit_entries SET actor = 'mallory', hash = ? WHERE seq = ?`,
      hashOf(forged),
      LAST,
    );
    expect(await problemsAfter(change)).toEqual([[LAST, expect.stringContaining('does not end')]]);
  });

  test.each([
    ['in the middle', 'seq IN (7, 8)', 7, 'Entries 7 to 8 are missing.'],
    ['at the start', 'seq = 4', 4, 'Entry 4 is missing.'],
    ['at the end', 'seq > 11', 12, 'Entries 12 to 13 are missing at the end.'],
    ['altogether', 'true', 4, 'Entries 4 to 13 are missing at the end.'],
  ])('finds entries removed %s', async (_, condition, seq, problem) => {
    expect(await problemsAfter(run(`DELETE FROM audit_entries WHERE ${condition}`))).toContainEqual([
      seq,
      problem,
    ]);
  });

  test('finds two entries that changed places', async () => {
    const problems = await problemsAfter((database) => {
      for (const [from, to] of [
        [6, 99],
        [9, 6],
        [99, 9],
      ]) {
        database.prepare('UPDATE audit_entries SET seq = ? WHERE seq = ?').run(to!, from!);
      }
    });
    expect(problems.map(([seq]) => seq)).toEqual(expect.arrayContaining([6, 9]));
  });

  test.each([
    ['after the end', LAST + 1, 'after the end'],
    ['before the beginning', 2, 'before the beginning'],
  ])('finds an entry added %s', async (_, seq, problem) => {
    const change = run(
      `INSERT INTO audit_entries SELECT ?, ${COLUMNS.join(', ')} FROM audit_entries WHERE seq = ?`,
      seq,
      LAST,
    );
    expect(await problemsAfter(change)).toEqual([[seq, expect.stringContaining(problem)]]);
  });

  test('finds a beginning that was moved forward, with the entries before it removed', async () => {
    const problems = await problemsAfter((database) => {
      database.prepare('UPDATE audit_anchor SET seq = 6, hash = ?').run(entry(6).hash);
      database.exec('DELETE FROM audit_entries WHERE seq <= 6');
    });
    expect(problems).toEqual([[6, expect.stringContaining('no entry of retention says so')]]);
  });

  test.each(['audit_anchor', 'audit_head'])('finds that %s is gone', async (table) => {
    expect(await problemsAfter(run(`DELETE FROM ${table}`))).toContainEqual([
      expect.anything(),
      expect.stringContaining('is missing or cannot be read'),
    ]);
  });

  test('lists a hundred problems and counts the rest', async () => {
    const result = await tamperedWith((database) => {
      const insert = database.prepare(
        `INSERT INTO audit_entries SELECT ?, ${COLUMNS.join(', ')} FROM audit_entries WHERE seq = ?`,
      );
      for (let seq = LAST + 1; seq < LAST + 600; seq += 1) insert.run(seq, LAST);
      database.exec('UPDATE audit_head SET seq = 612');
    });
    expect(result?.problems).toHaveLength(100);
    expect(result?.furtherProblems).toBe(499);
  });

  const seqs = fc.integer({ min: FIRST, max: LAST });
  const values = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constant(null),
    fc.uint8Array({ maxLength: 3 }),
  );
  const changes: fc.Arbitrary<Change> = fc.oneof(
    fc
      .record({ column: fc.constantFrom(...COLUMNS), seq: seqs, value: values })
      .map(({ column, seq, value }) =>
        run(`UPDATE audit_entries SET ${column} = ? WHERE seq = ?`, value, seq),
      ),
    fc
      .record({ column: fc.constantFrom(...COLUMNS), from: seqs, to: seqs })
      .map(({ column, from, to }) =>
        run(
          `UPDATE audit_entries SET ${column} = (SELECT ${column} FROM audit_entries WHERE seq = ?) WHERE seq = ?`,
          from,
          to,
        ),
      ),
    fc
      .record({ from: seqs, count: fc.integer({ min: 1, max: 4 }) })
      .map(({ from, count }) =>
        run('DELETE FROM audit_entries WHERE seq BETWEEN ? AND ?', from, from + count - 1),
      ),
    fc.record({ one: seqs, two: seqs }).map(({ one, two }): Change => (database) => {
      const move = database.prepare('UPDATE audit_entries SET seq = ? WHERE seq = ?');
      for (const [to, from] of [
        [1_000, one],
        [one, two],
        [two, 1_000],
      ])
        move.run(to!, from!);
    }),
    fc.record({ at: seqs, copy: seqs }).map(({ at, copy }): Change => (database) => {
      database.exec(`UPDATE audit_entries SET seq = -seq WHERE seq >= ${String(at)}`);
      database.exec('UPDATE audit_entries SET seq = 1 - seq WHERE seq < 0');
      database
        .prepare(`INSERT INTO audit_entries SELECT ?, ${COLUMNS.join(', ')} FROM audit_entries WHERE seq = ?`)
        .run(at, copy >= at ? copy + 1 : copy);
      database.exec('UPDATE audit_head SET seq = seq + 1');
    }),
    fc.record({ seq: seqs, actor: fc.string() }).map(({ seq, actor }): Change => (database) => {
      const forged = { ...entry(seq), actor };
      database
        .prepare('UPDATE audit_entries SET actor = ?, hash = ? WHERE seq = ?')
        .run(actor, hashOf(forged), seq);
    }),
    fc
      .record({
        table: fc.constantFrom('audit_anchor', 'audit_head'),
        seq: fc.oneof(fc.integer({ min: 0, max: 20 }), values),
      })
      .map(({ table, seq }) => run(`UPDATE ${table} SET seq = ?`, seq)),
    fc
      .record({ table: fc.constantFrom('audit_anchor', 'audit_head'), hash: values })
      .map(({ table, hash }) => run(`UPDATE ${table} SET hash = ?`, hash)),
    seqs.map((seq): Change => (database) => {
      database.prepare('UPDATE audit_anchor SET seq = ?, hash = ?').run(seq, entry(seq).hash);
      database.prepare('DELETE FROM audit_entries WHERE seq <= ?').run(seq);
    }),
  );

  test('finds whatever is changed', async () => {
    await fc.assert(
      fc.asyncProperty(changes, async (change) => {
        let result: AuditVerification | null;
        try {
          result = await tamperedWith(change);
        } catch (error) {
          // The tables refuse some values, such as null.
          fc.pre((error as { code?: unknown }).code !== 'ERR_SQLITE_ERROR');
          throw error;
        }
        fc.pre(result !== null);
        expect(result.problems).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});
