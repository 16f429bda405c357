import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import {
  StoreError,
  type Database,
  type Row,
  type Sql,
  type SqlValue,
  type StoreErrorKind,
} from './database.ts';

/** How long another process may hold the file before a statement fails, in milliseconds. */
const BUSY_LIMIT = 15_000;
/** SQLite waits by blocking the thread, so only shortly; the rest of the waiting is ours. */
const BUSY_BLOCK = 20;

interface Waiting {
  readonly work: (sql: Sql) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens or makes one file. Several processes of one machine may share it.
 *
 * Transactions that wait at the same time are committed together, each in a savepoint of its own: one write to the
 * disk serves them all.
 *
 * @throws {StoreError} when the file cannot be opened or is no database
 */
export function openSqlite(file: string): Database {
  const writer = connect(file, false);
  const reader = connect(file, true);
  const onWriter = statementsOf(writer);
  const onReader = statementsOf(reader);
  let waiting: Waiting[] = [];
  let running: Promise<void> | null = null;
  let closed = false;

  async function begin(): Promise<void> {
    const start = performance.now();
    for (let attempt = 0; ; attempt += 1) {
      try {
        // What could not be rolled back when it failed.
        if (writer.isTransaction) writer.exec('ROLLBACK');
        writer.exec('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() - start > BUSY_LIMIT) throw error;
        await pause(Math.min(50, 1 + attempt) * (0.5 + Math.random()));
      }
    }
  }

  /** Its savepoint is released or rolled back; what it returned counts only once the whole is committed. */
  async function runOne({ work }: Waiting): Promise<{ value: unknown } | { error: unknown }> {
    writer.exec('SAVEPOINT one');
    try {
      const value = await work({ query: (text, values) => onWriter(text, values) });
      writer.exec('RELEASE one');
      return { value };
    } catch (error) {
      // A full disk ends the transaction as a whole, and the savepoint with it.
      if (!writer.isTransaction) throw error;
      writer.exec('ROLLBACK TO one; RELEASE one');
      return { error };
    }
  }

  async function runTogether(batch: readonly Waiting[]): Promise<void> {
    try {
      await begin();
      const results: ({ value: unknown } | { error: unknown })[] = [];
      for (const one of batch) results.push(await runOne(one));
      writer.exec('COMMIT');
      for (const [index, result] of results.entries()) {
        if ('value' in result) batch[index]?.resolve(result.value);
        else batch[index]?.reject(toStoreError(result.error, file));
      }
    } catch (error) {
      rollBack();
      const failure = toStoreError(error, file);
      for (const one of batch) one.reject(failure);
    }
  }

  /** On a disk that is gone this fails, too; the next transaction tries it again. */
  function rollBack(): void {
    try {
      if (writer.isTransaction) writer.exec('ROLLBACK');
    } catch {
      // Whoever waits is told the first error, which says more.
    }
  }

  async function runWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await runTogether(batch);
      // Whoever waits for the network gets a turn, and its transactions join the next batch.
      await new Promise((resolve) => setImmediate(resolve));
    }
    running = null;
  }

  return {
    dialect: 'sqlite',
    async read(text, values) {
      try {
        return await onReader(text, values);
      } catch (error) {
        throw toStoreError(error, file);
      }
    },
    transaction<T>(work: (sql: Sql) => Promise<T>) {
      if (closed) return Promise.reject(new StoreError('unavailable', 'The store is closed.'));
      return new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
        running ??= Promise.resolve().then(runWaiting);
      });
    },
    async close() {
      closed = true;
      await running;
      reader.close();
      writer.close();
    },
  };
}

function connect(file: string, readOnly: boolean): DatabaseSync {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file, { timeout: BUSY_BLOCK });
    // In this journal mode readers and the writer do not wait for one another.
    if (!readOnly) execWhenFree(database, 'PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    if (readOnly) database.exec('PRAGMA query_only = ON');
    return database;
  } catch (error) {
    throw toStoreError(error, file);
  }
}

/** At start, before anything is served, waiting may block. */
function execWhenFree(database: DatabaseSync, text: string): void {
  const start = performance.now();
  for (;;) {
    try {
      database.exec(text);
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() - start > BUSY_LIMIT) throw error;
    }
  }
}

function statementsOf(
  database: DatabaseSync,
): (text: string, values?: readonly SqlValue[]) => Promise<readonly Row[]> {
  const prepared = new Map<string, StatementSync>();
  return (text, values = []) =>
    // What the executor throws rejects the promise.
    new Promise((resolve) => {
      let statement = prepared.get(text);
      if (statement === undefined) {
        statement = database.prepare(text);
        prepared.set(text, statement);
      }
      resolve(statement.all(...values) as Row[]);
    });
}

const BUSY = 5;
/** Primary result codes of SQLite: https://www.sqlite.org/rescode.html */
const KINDS: Readonly<Record<number, StoreErrorKind>> = {
  [BUSY]: 'unavailable',
  8: 'read-only',
  10: 'unavailable',
  11: 'damaged',
  13: 'full',
  14: 'unavailable',
  26: 'damaged',
};

const ADVICE: Readonly<Record<StoreErrorKind, string>> = {
  unavailable: 'check that the folder exists, that this user may write there, and that the disk is well',
  full: 'make room on the disk',
  'read-only': 'give this user the right to write the file and its folder',
  damaged: 'restore it from a backup, or move it away to start anew',
  failed: 'the log has the details',
};

function codeOf(error: unknown): number {
  const code = (error as { readonly errcode?: unknown }).errcode;
  return typeof code === 'number' ? code & 0xff : 0;
}

function isBusy(error: unknown): boolean {
  return codeOf(error) === BUSY;
}

function toStoreError(error: unknown, file: string): Error {
  if (error instanceof StoreError) return error;
  const system = (error as NodeJS.ErrnoException).code;
  const fromSqlite = system === 'ERR_SQLITE_ERROR';
  const kind = fromSqlite ? (KINDS[codeOf(error)] ?? 'failed') : kindOfSystemError(system);
  if (!fromSqlite && kind === 'failed') return error as Error;
  return new StoreError(kind, `The store ${file} failed (${(error as Error).message}): ${ADVICE[kind]}.`);
}

function kindOfSystemError(code: string | undefined): StoreErrorKind {
  if (code === 'ENOSPC') return 'full';
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return 'read-only';
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EEXIST' || code === 'EIO'
    ? 'unavailable'
    : 'failed';
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
