import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { numberOf, type Database } from '../../src/store/database.ts';
import { openStore } from '../../src/store/store.ts';
import { openSqlite } from '../../src/store/sqlite-database.ts';

let directory: string;
let file: string;
let one: Database;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'warden-sqlite-'));
  file = path.join(directory, 'store.db');
  one = openSqlite(file);
  await one.transaction(async (sql) => {
    await sql.query('CREATE TABLE counter (value INTEGER NOT NULL)');
    await sql.query('INSERT INTO counter VALUES (0)');
  });
});

afterEach(async () => {
  jest.restoreAllMocks();
  await one.close();
  rmSync(directory, { recursive: true, force: true });
});

function increment(database: Database, pause: number): Promise<void> {
  return database.transaction(async (sql) => {
    const [row] = await sql.query('SELECT value FROM counter');
    await new Promise((resolve) => setTimeout(resolve, pause));
    await sql.query('UPDATE counter SET value = ?', [numberOf(row ?? {}, 'value') + 1]);
  });
}

test('who reads in a transaction can write what follows from it, whoever else writes meanwhile', async () => {
  const two = openSqlite(file);
  try {
    await Promise.all([increment(one, 100), increment(two, 10)]);
    expect(await one.read('SELECT value FROM counter')).toEqual([{ value: 2 }]);
  } finally {
    await two.close();
  }
});

test('every write reaches the disk before it counts, and readers do not wait for it', async () => {
  const [full] = await one.transaction((sql) => sql.query('PRAGMA synchronous'));
  const [journal] = await one.transaction((sql) => sql.query('PRAGMA journal_mode'));
  expect([full, journal]).toEqual([{ synchronous: 2 }, { journal_mode: 'wal' }]);
});

/** Lets the statements fail, as a disk does that is gone. */
function breakStatements(broken: readonly string[]): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the instance below
  const exec = DatabaseSync.prototype.exec;
  jest.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, text) {
    if (broken.includes(text)) throw new Error(`no ${text}`);
    exec.call(this, text);
  });
}

test('a transaction that cannot even be rolled back is reported, and the next one works', async () => {
  breakStatements(['COMMIT', 'ROLLBACK']);
  await expect(increment(one, 0)).rejects.toThrow('no COMMIT');
  jest.restoreAllMocks();
  await increment(one, 0);
  expect(await one.read('SELECT value FROM counter')).toEqual([{ value: 1 }]);
});

test('a store of an earlier version may hold two waiting jobs of a key: the newest stays', async () => {
  const options = { databaseUrl: null, dataDirectory: path.join(directory, 'earlier') };
  const earlier = await openStore(options);
  await earlier.database.transaction(async (sql) => {
    await sql.query('DELETE FROM schema_versions WHERE version > 3');
    await sql.query('DROP INDEX jobs_one_waiting');
    await sql.query('DROP TABLE noted_dead_jobs');
    await sql.query('DROP TABLE waivers');
    const rows = [
      ['a', 'waiting', 1],
      ['a', 'waiting', 3],
      ['a', 'waiting', 3],
      ['a', 'dead', 2],
      ['b', 'dead', 4],
      ['c', 'running', 5],
      ['c', 'waiting', 6],
    ] as const;
    for (const row of rows) {
      await sql.query(
        `INSERT INTO jobs (job_key, state, serial, job_group, priority, supersedes, payload, accepted_at, run_at, changed_at)
         VALUES (?, ?, ?, 'g', 1, 1, '{}', 0, 0, 0)`,
        row,
      );
    }
  });
  await earlier.close();
  const store = await openStore(options);
  const left = await store.database.read('SELECT job_key, state, serial FROM jobs ORDER BY serial');
  await store.close();
  expect(left.map(Object.values)).toEqual([
    ['a', 'waiting', 3],
    ['b', 'dead', 4],
    ['c', 'running', 5],
    ['c', 'waiting', 6],
  ]);
});
