import path from 'node:path';
import { createAuditTrail, type AuditTrail } from './audit-trail.ts';
import type { Database } from './database.ts';
import { DEFAULT_TIMING, type JobStore, type JobTiming } from './job-store.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { migrate } from './migrations.ts';
import { createOpenChecks, type OpenChecks } from './open-checks.ts';
import { openPostgres } from './postgres-database.ts';
import { createPostgresJobs } from './postgres-jobs.ts';
import { openSqlite } from './sqlite-database.ts';
import { createSqliteJobs } from './sqlite-jobs.ts';
import { createWaivers, type Waivers } from './waivers.ts';

/** What must outlive the process. */
export interface Store {
  readonly kind: Database['dialect'];
  readonly database: Database;
  readonly jobs: JobStore;
  readonly openChecks: OpenChecks;
  readonly ledger: Ledger;
  readonly audit: AuditTrail;
  readonly waivers: Waivers;
  /** @throws {StoreError} when the store cannot be reached */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** A PostgreSQL connection string; null for the embedded store. */
  readonly databaseUrl: string | null;
  /** Folder of the embedded store's file. */
  readonly dataDirectory: string;
  readonly timing?: Partial<JobTiming>;
  /** Connections to PostgreSQL at a time, at least 2. */
  readonly connections?: number;
  /** Trouble in the background, which no call reports. */
  readonly onError?: (error: Error) => void;
}

/** The embedded store's file in the data folder. */
export const STORE_FILE = 'gitops-warden.db';

const CONNECTIONS = 12;

/**
 * Opens the store and brings its tables up to date.
 *
 * @throws {StoreError} when it cannot be reached, or a newer version of gitops-warden has used it
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const onError = options.onError ?? (() => undefined);
  if (options.databaseUrl === null) {
    const database = openSqlite(path.join(options.dataDirectory, STORE_FILE));
    const jobs = createSqliteJobs(database, timing);
    return opened(database, () => Promise.resolve({ jobs, close: () => Promise.resolve() }));
  }
  const database = openPostgres(options.databaseUrl, options.connections ?? CONNECTIONS);
  return opened(database, async () => {
    const jobs = await createPostgresJobs(database, timing, onError);
    return { jobs, close: () => jobs.close() };
  });
}

async function opened(
  database: Database,
  start: () => Promise<{ readonly jobs: JobStore; readonly close: () => Promise<void> }>,
): Promise<Store> {
  try {
    await migrate(database);
    const { jobs, close } = await start();
    return {
      kind: database.dialect,
      database,
      jobs,
      openChecks: createOpenChecks(database),
      ledger: createLedger(database),
      audit: createAuditTrail(database),
      waivers: createWaivers(database),
      async ping() {
        await database.read('SELECT 1 AS one');
      },
      async close() {
        await close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
