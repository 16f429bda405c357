import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { MIGRATION_LOCK } from '../../src/store/migrations.ts';
import { START_LOCK } from '../../src/store/postgres-queue.ts';
import type { Store } from '../../src/store/store.ts';
import { describePostgres, describeStores, type StoreStage } from '../support/stores.ts';
import { until } from '../support/until.ts';

const OPENER = path.join(import.meta.dirname, 'open-store.ts');

/** A process of its own that opens the store, keeps a job in it and ends. */
function openElsewhere(
  stage: StoreStage,
): Promise<{ readonly status: number | null; readonly output: string }> {
  const child = spawn(process.execPath, [OPENER], {
    env: { ...process.env, STORE_LOCATION: JSON.stringify(stage.location()) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ status, output });
    });
  });
}

describeStores('starting', (stage) => {
  test.each([2, 3])('%i replicas may start at the same time on an empty store', async (count) => {
    for (let round = 0; round < 4; round += 1) {
      await stage.empty();
      const opened = await Promise.allSettled(
        Array.from({ length: count }, () => stage.again({ connections: 3 })),
      );
      expect(opened.map((one) => (one.status === 'rejected' ? String(one.reason) : 'opened'))).toEqual(
        Array.from({ length: count }, () => 'opened'),
      );
      const stores = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      await Promise.all(stores.map((store) => store.close()));
    }
  });

  test('so may three processes, and each can work', async () => {
    await stage.empty();
    const ended = await Promise.all([1, 2, 3].map(() => openElsewhere(stage)));
    expect(ended).toEqual([1, 2, 3].map(() => ({ status: 0, output: '' })));
    const store = await stage.again();
    expect((await store.jobs.stats()).counts.waiting).toBe(3);
  });

  test('a store that a newer version has used is refused, and left as it is', async () => {
    const store = await stage.fresh();
    await store.database.transaction((sql) =>
      sql.query(`INSERT INTO schema_versions (version, name, applied_at) VALUES (999, 'of tomorrow', 0)`),
    );
    await expect(stage.again()).rejects.toThrow(/has version 999, .* start the newer version again/);
    const [row] = await store.database.read('SELECT max(version) AS version FROM schema_versions');
    expect(row).toEqual({ version: 999 });
  });
});

async function whileHeld(
  url: string,
  lock: number,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lock]);
    await work(client);
  } finally {
    await client.end();
  }
}

/** Resolves when another connection waits for an advisory lock. */
async function untilSomebodyWaits(client: pg.Client): Promise<void> {
  await until(async () => {
    const { rowCount } = await client.query(
      `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`,
    );
    return (rowCount ?? 0) > 0;
  });
}

describePostgres('starting', (stage) => {
  test.each([
    ['the tables', MIGRATION_LOCK, 'gitops_warden'],
    ['what the job library needs', START_LOCK, 'gitops_warden_jobs'],
  ])('only who holds the lock makes %s', async (_, lock, schema) => {
    await stage.empty();
    const opening: Promise<Store>[] = [];
    await whileHeld(stage.location().databaseUrl ?? '', lock, async (client) => {
      opening.push(stage.again({ connections: 3 }));
      await untilSomebodyWaits(client);
      const { rowCount } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
      expect(rowCount).toBe(0);
    });
    expect(await Promise.all(opening)).toHaveLength(1);
  });
});
