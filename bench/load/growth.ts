import { numberOf, textOf, type Database } from '../../src/store/database.ts';

/** How full a store is. */
export interface Fill {
  /** With indexes, without pages that are free to be used again. */
  readonly bytes: number;
  /** Rows by table. */
  readonly rows: ReadonlyMap<string, number>;
}

const POSTGRES_TABLES = `
  SELECT n.nspname || '.' || c.relname AS name, pg_total_relation_size(c.oid) AS bytes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname LIKE 'gitops_warden%'`;

/** Only what is there, whichever tables this version has. */
export async function measureFill(database: Database): Promise<Fill> {
  const [tables, bytes] = await (database.dialect === 'sqlite' ? sqlite(database) : postgres(database));
  const rows = new Map<string, number>();
  for (const table of tables) {
    const [row] = await database.read(`SELECT count(*) AS rows FROM ${table}`);
    rows.set(table, row === undefined ? 0 : numberOf(row, 'rows'));
  }
  return { bytes, rows };
}

async function sqlite(database: Database): Promise<[tables: readonly string[], bytes: number]> {
  const tables = await database.read(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
  );
  const [size] = await database.read(
    `SELECT (page_count - freelist_count) * page_size AS bytes
     FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`,
  );
  return [tables.map((row) => textOf(row, 'name')), size === undefined ? 0 : numberOf(size, 'bytes')];
}

async function postgres(database: Database): Promise<[tables: readonly string[], bytes: number]> {
  const tables = await database.read(POSTGRES_TABLES);
  const bytes = tables.map((row) => numberOf(row, 'bytes')).reduce((sum, one) => sum + one, 0);
  return [tables.map((row) => textOf(row, 'name')), bytes];
}

export interface Growth {
  readonly reviews: number;
  readonly bytesPerReview: number;
  /** Rows that one review leaves, by table; tables that stayed as they were are not named. */
  readonly rowsPerReview: ReadonlyMap<string, number>;
}

export function growthBetween(before: Fill, after: Fill, reviews: number): Growth {
  const rows = [...after.rows]
    .map(([table, count]) => [table, (count - (before.rows.get(table) ?? 0)) / reviews] as const)
    .filter(([, count]) => count > 0);
  return { reviews, bytesPerReview: (after.bytes - before.bytes) / reviews, rowsPerReview: new Map(rows) };
}
