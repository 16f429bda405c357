/** What can be bound to a statement and read from a row. Times are milliseconds since the epoch, documents JSON text. */
export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;

export interface Sql {
  /** `?` stands for a value, in SQLite and in PostgreSQL. */
  query(text: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
}

/** The little that both databases have in common, so that one text of SQL serves both. */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres';
  /** Reads what is committed. */
  read(text: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
  /**
   * Writes all or nothing. When it resolves, what was written survives a crash of the process and of the machine.
   * The work must wait for nothing but its own statements.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export type StoreErrorKind = 'unavailable' | 'full' | 'read-only' | 'damaged' | 'failed';

/** A store that did not do what it was asked. The message holds no value that was stored. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new StoreError('damaged', `The column ${column} holds no text.`);
  return value;
}

export function numberOf(row: Row, column: string): number {
  const value = Number(row[column]);
  if (!Number.isFinite(value)) throw new StoreError('damaged', `The column ${column} holds no number.`);
  return value;
}

export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : numberOf(row, column);
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : textOf(row, column);
}
