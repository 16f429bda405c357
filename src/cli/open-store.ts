import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readStoreSettings, type StoreSettings } from '../config/environment.ts';
import { SCHEMA, openPostgres } from '../store/postgres-database.ts';
import { openStore, STORE_FILE, type Store } from '../store/store.ts';
import { UsageError } from './exit.ts';

/** Enough for a command; the App needs the others. */
const CONNECTIONS = 2;

/**
 * Works on the App's store, as the environment names it, and closes it. Never makes one.
 *
 * @throws {UsageError} when the environment names none, or one that the App has not used
 * @throws {StoreError} when it cannot be reached
 */
export async function withStore<T>(
  environment: Readonly<Record<string, string | undefined>>,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const { settings, problems } = readStoreSettings(environment, (file) => readFileSync(file));
  if (settings === null) throw new UsageError(`the settings are not complete:\n${problems.join('\n')}`);
  await checkPresence(settings);
  const store = await openStore({ ...settings, connections: CONNECTIONS });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function checkPresence({ databaseUrl, dataDirectory }: StoreSettings): Promise<void> {
  if (databaseUrl === null) {
    const file = path.join(dataDirectory, STORE_FILE);
    if (existsSync(file)) return;
    throw new UsageError(
      `There is no store at ${file}. Set DATA_DIRECTORY or DATABASE_URL as for \`gitops-warden serve\`, which makes it.`,
    );
  }
  const database = openPostgres(databaseUrl, 1);
  try {
    const [row] = await database.read(
      `SELECT CASE WHEN to_regclass('${SCHEMA}.schema_versions') IS NULL THEN 0 ELSE 1 END AS present`,
    );
    if (row?.['present'] === 1) return;
  } finally {
    await database.close();
  }
  throw new UsageError(
    'The database that DATABASE_URL names has no store. Set it as for `gitops-warden serve`, which makes the store.',
  );
}
