import { auditTables } from './audit-tables.ts';
import { numberOf, StoreError, type Database } from './database.ts';
import { SCHEMA } from './postgres-database.ts';

interface Migration {
  readonly version: number;
  readonly name: string;
  /** For both databases. */
  readonly both: readonly string[];
  readonly sqlite: readonly string[];
  readonly postgres?: readonly string[];
}

/** Forward only: what has been released is never changed, only followed. */
const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'deliveries, open checks, judged heads, marks',
    both: [
      `CREATE TABLE deliveries (
        id TEXT PRIMARY KEY,
        event TEXT NOT NULL,
        received_at BIGINT NOT NULL
      )`,
      'CREATE INDEX deliveries_received ON deliveries (received_at)',
      `CREATE TABLE open_checks (
        attempt TEXT PRIMARY KEY,
        job_key TEXT NOT NULL,
        delivery TEXT NOT NULL,
        head_sha TEXT NOT NULL,
        check_run_id BIGINT,
        source TEXT NOT NULL,
        opened_at BIGINT NOT NULL
      )`,
      'CREATE INDEX open_checks_key ON open_checks (job_key)',
      `CREATE TABLE judged_heads (
        repository_id BIGINT NOT NULL,
        head_sha TEXT NOT NULL,
        judged_at BIGINT NOT NULL,
        PRIMARY KEY (repository_id, head_sha)
      )`,
      `CREATE TABLE marks (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
      )`,
    ],
    sqlite: [
      `CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        job_key TEXT NOT NULL,
        job_group TEXT NOT NULL,
        priority INTEGER NOT NULL,
        supersedes INTEGER NOT NULL,
        payload TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'dead')),
        attempts INTEGER NOT NULL DEFAULT 0,
        accepted_at INTEGER NOT NULL,
        run_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        token TEXT,
        holder TEXT,
        beat INTEGER NOT NULL DEFAULT 0,
        serial INTEGER NOT NULL,
        error TEXT
      )`,
      `CREATE INDEX jobs_by_group ON jobs (job_group, priority DESC, id) WHERE state = 'waiting'`,
      'CREATE INDEX jobs_by_key ON jobs (job_key, state)',
      'CREATE INDEX jobs_by_state ON jobs (state, accepted_at)',
      'CREATE INDEX jobs_by_serial ON jobs (serial)',
      `CREATE TABLE job_groups (
        job_group TEXT PRIMARY KEY,
        turn INTEGER NOT NULL DEFAULT 0
      )`,
    ],
  },
  { version: 2, name: 'audit trail', ...auditTables(SCHEMA) },
  {
    version: 3,
    name: 'what the verdicts of judged heads are bound to',
    both: ['ALTER TABLE judged_heads ADD COLUMN verdict TEXT'],
    sqlite: [],
  },
  {
    version: 4,
    name: 'one waiting job of a key that supersedes',
    both: [],
    sqlite: [
      `DELETE FROM jobs WHERE supersedes = 1 AND state <> 'running' AND EXISTS (
        SELECT 1 FROM jobs n WHERE n.job_key = jobs.job_key AND n.supersedes = 1 AND n.state <> 'dead'
          AND n.serial > jobs.serial)`,
      `DELETE FROM jobs WHERE supersedes = 1 AND state = 'waiting' AND EXISTS (
        SELECT 1 FROM jobs n WHERE n.job_key = jobs.job_key AND n.supersedes = 1 AND n.state = 'waiting'
          AND n.serial = jobs.serial AND n.id > jobs.id)`,
      `CREATE UNIQUE INDEX jobs_one_waiting ON jobs (job_key) WHERE state = 'waiting' AND supersedes = 1`,
    ],
  },
  {
    version: 5,
    name: 'dead jobs that the audit trail has',
    both: ['CREATE TABLE noted_dead_jobs (job_id TEXT PRIMARY KEY)'],
    sqlite: [],
  },
  {
    version: 6,
    name: 'waivers that comments gave',
    both: [
      `CREATE TABLE waivers (
        repository_id BIGINT NOT NULL,
        pull_request BIGINT NOT NULL,
        fingerprint TEXT NOT NULL,
        digest TEXT NOT NULL,
        rule_id TEXT NOT NULL,
        path TEXT,
        reason TEXT NOT NULL,
        approver TEXT NOT NULL,
        until TEXT NOT NULL,
        comment TEXT NOT NULL,
        PRIMARY KEY (repository_id, pull_request, fingerprint, digest)
      )`,
    ],
    sqlite: [],
  },
];

/** Any number of ours: PostgreSQL lets whoever holds it migrate, and the others wait. */
export const MIGRATION_LOCK = 741_852_963;

/**
 * Brings the tables to what this version needs. Several replicas may do so at the same time.
 *
 * @throws {StoreError} when a newer version of gitops-warden has used the store
 */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (sql) => {
    if (database.dialect === 'postgres') {
      await sql.query('SELECT pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
      await sql.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    }
    await sql.query(
      'CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)',
    );
    const rows = await sql.query('SELECT coalesce(max(version), 0) AS version FROM schema_versions');
    const current = rows[0] === undefined ? 0 : numberOf(rows[0], 'version');
    const newest = MIGRATIONS.at(-1)?.version ?? 0;
    if (current > newest) {
      throw new StoreError(
        'failed',
        `The store has version ${String(current)}, and this gitops-warden knows ${String(newest)}: start the newer version again, or restore a backup.`,
      );
    }
    for (const migration of MIGRATIONS.filter(({ version }) => version > current)) {
      const statements = [...migration.both, ...(migration[database.dialect] ?? [])];
      for (const statement of statements) await sql.query(statement);
      await sql.query('INSERT INTO schema_versions (version, name, applied_at) VALUES (?, ?, ?)', [
        migration.version,
        migration.name,
        Date.now(),
      ]);
    }
  });
}
