const ZEROS = '0'.repeat(64);
const REFUSAL = 'the audit trail is append-only';

/** The trail, and the two places between which it must be complete. */
const TABLES = [
  `CREATE TABLE audit_entries (
    seq INTEGER PRIMARY KEY,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    actor TEXT NOT NULL,
    repository TEXT,
    installation BIGINT,
    subject TEXT NOT NULL,
    reason TEXT,
    detail TEXT NOT NULL,
    delivery TEXT,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
  )`,
  'CREATE INDEX audit_entries_at ON audit_entries (at)',
  'CREATE INDEX audit_entries_action ON audit_entries (action, seq)',
  'CREATE INDEX audit_entries_repository ON audit_entries (repository, seq)',
  // The last entry that retention removed, and the last entry of all.
  ...['audit_anchor', 'audit_head'].flatMap((table) => [
    `CREATE TABLE ${table} (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      seq INTEGER NOT NULL,
      hash TEXT NOT NULL
    )`,
    `INSERT INTO ${table} (id, seq, hash) VALUES (1, 0, '${ZEROS}')`,
  ]),
];

function sqliteGuard(name: string, event: string, condition: string | null): string {
  const when = condition === null ? '' : `WHEN ${condition}`;
  return `CREATE TRIGGER ${name} BEFORE ${event} FOR EACH ROW ${when} BEGIN SELECT RAISE(ABORT, '${REFUSAL}'); END`;
}

const ANCHOR = 'coalesce((SELECT max(seq) FROM audit_anchor), 0)';
const HEAD = 'coalesce((SELECT max(seq) FROM audit_head), 0)';

const SQLITE_GUARDS = [
  sqliteGuard('audit_entries_update', 'UPDATE ON audit_entries', null),
  sqliteGuard('audit_entries_delete', 'DELETE ON audit_entries', `OLD.seq > ${ANCHOR}`),
  // Also against INSERT OR REPLACE, which deletes without asking the trigger for that.
  sqliteGuard('audit_entries_insert', 'INSERT ON audit_entries', `NEW.seq <= ${HEAD}`),
  ...['audit_anchor', 'audit_head'].flatMap((table) => [
    sqliteGuard(`${table}_update`, `UPDATE ON ${table}`, 'NEW.seq <= OLD.seq'),
    sqliteGuard(`${table}_delete`, `DELETE ON ${table}`, null),
    sqliteGuard(`${table}_insert`, `INSERT ON ${table}`, null),
  ]),
];

/** @param schema where the tables are */
function postgresGuards(schema: string): readonly string[] {
  const guard = (name: string, table: string, event: string, condition: string): readonly string[] => [
    `CREATE FUNCTION ${schema}.${name}() RETURNS trigger LANGUAGE plpgsql SET search_path = ${schema} AS $$
    BEGIN
      IF ${condition} THEN RAISE EXCEPTION '${REFUSAL}'; END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      RETURN NEW;
    END $$`,
    `CREATE TRIGGER ${name} BEFORE ${event} ON ${schema}.${table} ${
      event === 'TRUNCATE' ? 'FOR EACH STATEMENT' : 'FOR EACH ROW'
    } EXECUTE FUNCTION ${schema}.${name}()`,
  ];
  return [
    ...guard('audit_entries_update', 'audit_entries', 'UPDATE', 'true'),
    ...guard('audit_entries_delete', 'audit_entries', 'DELETE', `OLD.seq > ${ANCHOR}`),
    ...guard('audit_entries_insert', 'audit_entries', 'INSERT', `NEW.seq <= ${HEAD}`),
    ...guard('audit_entries_truncate', 'audit_entries', 'TRUNCATE', 'true'),
    ...['audit_anchor', 'audit_head'].flatMap((table) => [
      ...guard(`${table}_update`, table, 'UPDATE', 'NEW.seq <= OLD.seq'),
      ...guard(`${table}_delete`, table, 'DELETE', 'true'),
      ...guard(`${table}_insert`, table, 'INSERT', 'true'),
      ...guard(`${table}_truncate`, table, 'TRUNCATE', 'true'),
    ]),
  ];
}

/**
 * What the audit trail needs in the database. The guards keep mistakes out; who may change the tables' definitions can
 * remove them, and is found by the hashes.
 */
export function auditTables(schema: string): {
  readonly both: readonly string[];
  readonly sqlite: readonly string[];
  readonly postgres: readonly string[];
} {
  return { both: TABLES, sqlite: SQLITE_GUARDS, postgres: postgresGuards(schema) };
}
