import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { openStore, type Store, type StoreOptions } from '../../src/store/store.ts';
import { HAS_POSTGRES, startPostgres, type PostgresServer } from './postgres.ts';

export interface StoreStage {
  /** Makes room for a store that nobody has opened yet. */
  empty(): Promise<void>;
  /** A store that nobody has used; `again` opens the latest one a second time, as another process would. */
  fresh(options?: Partial<StoreOptions>): Promise<Store>;
  again(options?: Partial<StoreOptions>): Promise<Store>;
  readonly location: () => Pick<StoreOptions, 'databaseUrl' | 'dataDirectory'>;
}

/** Runs the same tests on the embedded store and on a real PostgreSQL; without one, those are skipped by name. */
export function describeStores(name: string, define: (stage: StoreStage) => void): void {
  describe(`${name}, embedded`, () => {
    define(embedded());
  });
  describePostgres(name, define);
}

/** For what only PostgreSQL has. */
export function describePostgres(name: string, define: (stage: StoreStage) => void): void {
  (HAS_POSTGRES ? describe : describe.skip)(`${name}, PostgreSQL`, () => {
    define(postgres());
  });
}

function stageOf(next: () => Promise<Pick<StoreOptions, 'databaseUrl' | 'dataDirectory'>>): StoreStage {
  const open: Store[] = [];
  let location: Pick<StoreOptions, 'databaseUrl' | 'dataDirectory'> | null = null;
  const again = async (options: Partial<StoreOptions> = {}): Promise<Store> => {
    if (location === null) throw new Error('Call fresh() first.');
    const store = await openStore({ ...location, ...options });
    open.push(store);
    return store;
  };
  // PostgreSQL has only so many connections for all tests together.
  afterEach(async () => {
    await Promise.all(open.splice(0).map((store) => store.close().catch(() => undefined)));
  });
  const empty = async (): Promise<void> => {
    location = await next();
  };
  return {
    empty,
    again,
    async fresh(options) {
      await empty();
      return again(options);
    },
    location: () => location ?? { databaseUrl: null, dataDirectory: '' },
  };
}

function embedded(): StoreStage {
  const directories: string[] = [];
  const stage = stageOf(() => {
    const dataDirectory = mkdtempSync(path.join(tmpdir(), 'warden-store-'));
    directories.push(dataDirectory);
    return Promise.resolve({ databaseUrl: null, dataDirectory });
  });
  afterAll(() => {
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  });
  return stage;
}

function postgres(): StoreStage {
  let server: PostgresServer | null = null;
  let count = 0;
  beforeAll(async () => {
    server = await startPostgres();
  });
  const stage = stageOf(async () => {
    if (server === null) throw new Error('PostgreSQL is not running.');
    count += 1;
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(`CREATE DATABASE store_${String(count)}`);
    await client.end();
    const url = new URL(server.url);
    url.pathname = `/store_${String(count)}`;
    return { databaseUrl: url.href, dataDirectory: '' };
  });
  afterAll(() => {
    server?.remove();
  });
  return stage;
}
