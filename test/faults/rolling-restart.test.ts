import { afterEach, describe, expect, test } from '@jest/globals';
import { HAS_POSTGRES, startPostgres, type PostgresServer } from '../support/postgres.ts';
import { startTraffic, wait } from './support/traffic.ts';
import { openFaultWorld, type FaultWorld } from './support/world.ts';

const DRAIN = 1_000;
/** What is handed back is written, and connections are closed. */
const STOP_LIMIT = DRAIN + 30_000;

let server: PostgresServer | null = null;
let world: FaultWorld | null = null;

afterEach(async () => {
  await world?.close();
  server?.remove();
  [world, server] = [null, null];
});

async function replaceEachTwice(databaseUrl: string | null): Promise<void> {
  const opened = await openFaultWorld({ databaseUrl, settings: { drainMs: DRAIN } });
  world = opened;
  let replicas = [await opened.start(), await opened.start()];
  opened.route(replicas);
  const traffic = startTraffic(opened);
  await traffic.open(4);
  const stopPushing = traffic.keepPushing(150);
  for (let round = 0; round < 4; round += 1) {
    await wait(500);
    const [oldest, ...others] = replicas;
    if (oldest === undefined) throw new Error('No replica is left.');
    const start = performance.now();
    oldest.kill('SIGTERM');
    expect(await oldest.ended).toBe(0);
    expect(performance.now() - start).toBeLessThan(STOP_LIMIT);
    replicas = [...others, await opened.start()];
    opened.route(replicas);
  }
  await stopPushing();
  await opened.github.settled();
  // Someone always took the event: nothing had to be healed.
  expect(opened.github.deliveries.filter(({ status }) => status !== 202)).toEqual([]);
  await traffic.healed();
  for (const replica of replicas) replica.kill('SIGTERM');
  expect(await Promise.all(replicas.map(({ ended }) => ended))).toEqual([0, 0]);
}

describe('A rolling restart of two replicas while events arrive', () => {
  test('loses nothing and posts nothing twice, embedded', () => replaceEachTwice(null));

  (HAS_POSTGRES ? test : test.skip)('loses nothing and posts nothing twice, PostgreSQL', async () => {
    server = await startPostgres();
    await replaceEachTwice(server.url);
  });
});
