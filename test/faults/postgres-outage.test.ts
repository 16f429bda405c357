import { afterEach, describe, expect, test } from '@jest/globals';
import { HAS_POSTGRES, startPostgres, type PostgresServer } from '../support/postgres.ts';
import type { Replica } from './support/replicas.ts';
import { checksInProgress, startTraffic, wait } from './support/traffic.ts';
import { openFaultWorld, type FaultWorld } from './support/world.ts';
import { until } from '../support/until.ts';

let server: PostgresServer | null = null;
let world: FaultWorld | null = null;

afterEach(async () => {
  await world?.close();
  server?.remove();
  [world, server] = [null, null];
});

async function statusOf(replica: Replica, path: string): Promise<number> {
  const response = await fetch(`${replica.url}${path}`, { signal: AbortSignal.timeout(10_000) });
  await response.text();
  return response.status;
}

const statuses = (replicas: readonly Replica[], path: string): Promise<readonly number[]> =>
  Promise.all(replicas.map((replica) => statusOf(replica, path)));

(HAS_POSTGRES ? describe : describe.skip)('PostgreSQL that crashes and comes back', () => {
  test('costs no verdict, and no replica has to be started again', async () => {
    const postgres = await startPostgres();
    server = postgres;
    const opened = await openFaultWorld({ databaseUrl: postgres.url });
    world = opened;
    const replicas = [await opened.start(), await opened.start()];
    opened.route(replicas);
    const traffic = startTraffic(opened);
    await traffic.open(4);
    await until(() => checksInProgress(opened, traffic) > 0, { describe: () => 'No review began.' });

    postgres.stop('immediate');
    const before = opened.github.deliveries.length;
    await traffic.push();
    await opened.github.settled();
    const missed = opened.github.deliveries.slice(before).filter(({ event }) => event === 'pull_request');
    expect(missed.length).toBeGreaterThanOrEqual(traffic.pulls.length);
    expect(new Set(missed.map(({ status }) => status))).toEqual(new Set([500]));
    expect(await statuses(replicas, '/readyz')).toEqual([503, 503]);
    expect(await statuses(replicas, '/healthz')).toEqual([200, 200]);
    expect(await statuses(replicas, '/metrics')).toEqual([200, 200]);
    await wait(3_000);

    postgres.start();
    await until(async () => (await statuses(replicas, '/readyz')).every((status) => status === 200), {
      describe: () => 'A replica did not become ready again.',
    });
    await traffic.healed();
    for (const replica of replicas) replica.kill('SIGTERM');
    expect(await Promise.all(replicas.map(({ ended }) => ended))).toEqual([0, 0]);
  });
});
