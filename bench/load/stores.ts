import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { StoreSettings } from '../../src/config/environment.ts';
import { HAS_POSTGRES, startPostgres } from '../../test/support/postgres.ts';

export type StoreName = 'SQLite' | 'PostgreSQL';

/** Where empty stores of one kind come from. */
export interface StoreSource {
  readonly name: StoreName;
  /** @param purpose tells it from the others; a word */
  empty(purpose: string): Promise<StoreSettings>;
  remove(): Promise<void>;
}

/** SQLite, and PostgreSQL where it is installed: a server of one's own, in a temporary folder. */
export const STORE_NAMES: readonly StoreName[] = HAS_POSTGRES ? ['SQLite', 'PostgreSQL'] : ['SQLite'];

export async function openStoreSource(name: StoreName): Promise<StoreSource> {
  const directory = await mkdtemp(path.join(tmpdir(), 'warden-load-'));
  const place = (purpose: string): string => path.join(directory, purpose);
  const removeDirectory = (): Promise<void> => rm(directory, { recursive: true, force: true });
  if (name === 'SQLite') {
    return {
      name,
      empty: (purpose) => Promise.resolve({ dataDirectory: place(purpose), databaseUrl: null }),
      remove: removeDirectory,
    };
  }
  const server = await startPostgres();
  return {
    name,
    async empty(purpose) {
      const client = new pg.Client(server.url);
      await client.connect();
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(purpose)}`);
      await client.end();
      const url = new URL(server.url);
      url.pathname = purpose;
      return { dataDirectory: place(purpose), databaseUrl: url.href };
    },
    async remove() {
      server.remove();
      await removeDirectory();
    },
  };
}
