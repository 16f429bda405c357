import pg from 'pg';
import { StoreError, type Database, type Row, type Sql, type StoreErrorKind } from './database.ts';

/** A transaction that also takes statements in PostgreSQL's own form, for libraries. */
export interface PostgresSql extends Sql {
  native(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

export interface PostgresDatabase extends Database {
  transaction<T>(work: (sql: PostgresSql) => Promise<T>): Promise<T>;
  /** One statement on its own, in PostgreSQL's form. */
  native(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

const CONNECT_LIMIT = 5_000;
const STATEMENT_LIMIT = 30_000;
/** PostgreSQL's 64-bit integers hold times and counts here, which a number holds exactly. */
const INT8 = 20;

/** The App's own tables; the job library has a schema of its own. */
export const SCHEMA = 'gitops_warden';

type Parser = (oid: number, format?: 'text' | 'binary') => (text: string) => unknown;
const PARSERS = pg.types.getTypeParser as Parser;

/**
 * @param url a connection string; whatever fails, it is in no message
 * @param connections at most so many at a time
 */
export function openPostgres(url: string, connections: number): PostgresDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_LIMIT,
    statement_timeout: STATEMENT_LIMIT,
    idle_in_transaction_session_timeout: STATEMENT_LIMIT,
    application_name: 'gitops-warden',
    options: `-c search_path=${SCHEMA}`,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : PARSERS(oid, format),
    },
  });
  // A connection that breaks while nobody uses it; the pool replaces it.
  pool.on('error', () => undefined);

  return {
    dialect: 'postgres',
    async native(text, values) {
      try {
        return await pool.query(text, values);
      } catch (error) {
        throw storeErrorOf(error);
      }
    },
    async read(text, values = []) {
      try {
        return (await pool.query<Row>(numbered(text), [...values])).rows;
      } catch (error) {
        throw storeErrorOf(error);
      }
    },
    async transaction(work) {
      let client: pg.PoolClient;
      try {
        client = await pool.connect();
      } catch (error) {
        throw storeErrorOf(error);
      }
      // A connection that breaks in between makes the statement fail, which is enough.
      const ignore = (): void => undefined;
      client.on('error', ignore);
      let broken = false;
      try {
        await client.query('BEGIN');
        const result = await work({
          query: async (text, values = []) => (await client.query<Row>(numbered(text), [...values])).rows,
          native: (text, values = []) => client.query(text, values),
        });
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => {
          broken = true;
        });
        throw storeErrorOf(error);
      } finally {
        client.off('error', ignore);
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

/** No statement of ours has a question mark that means anything else. */
function numbered(text: string): string {
  let count = 0;
  return text.replaceAll('?', () => `$${String((count += 1))}`);
}

/** What PostgreSQL or the way to it answered, as an error of the store; others stay what they are. */
export function storeErrorOf(error: unknown): Error {
  if (error instanceof StoreError || !(error instanceof Error)) return error as Error;
  const { code } = error as NodeJS.ErrnoException;
  const kind = kindOf(code, error.message);
  if (kind === null) return error;
  // Messages of PostgreSQL name relations and columns; details, which quote values, are left out.
  return new StoreError(kind, `PostgreSQL: ${error.message}${code === undefined ? '' : ` (${code})`}`);
}

/** Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html; null when the error is not the database's. */
function kindOf(code: string | undefined, message: string): StoreErrorKind | null {
  if (code === '53100') return 'full';
  if (code === '25006') return 'read-only';
  if (code === 'XX001' || code === 'XX002') return 'damaged';
  if (code !== undefined && /^(?:08|53|57|28|3D)/.test(code)) return 'unavailable';
  if (code !== undefined && /^E[A-Z]+$/.test(code)) return 'unavailable';
  if (/terminat|timeout|not queryable|Client has encountered|connection/i.test(message)) return 'unavailable';
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? 'failed' : null;
}
