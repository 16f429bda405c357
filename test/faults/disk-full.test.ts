import { appendFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { outcomes } from './support/log.ts';
import { mayMount, mountSmallDisk, type SmallDisk } from './support/mounts.ts';
import { contradictions } from './support/store-file.ts';
import { checksInProgress, startTraffic, wait } from './support/traffic.ts';
import { openFaultWorld, type FaultWorld } from './support/world.ts';
import { until } from '../support/until.ts';

/** The journal grows to 4 MiB before it is used anew. */
const MEGABYTES = 16;

let world: FaultWorld | null = null;
let disk: SmallDisk | null = null;

afterEach(async () => {
  await world?.close();
  disk?.remove();
  [world, disk] = [null, null];
});

/** Gives the file that takes up all the room. */
function fill(directory: string): string {
  const filler = path.join(directory, 'filler');
  for (const size of [65_536, 4_096]) {
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  return filler;
}

(mayMount() ? describe : describe.skip)('A disk that is full', () => {
  test('costs no verdict: events are refused until there is room, and then repeated', async () => {
    disk = mountSmallDisk(MEGABYTES);
    if (disk === null) throw new Error('The disk could not be mounted.');
    const { directory } = disk;
    const opened = await openFaultWorld({ settings: { dataDirectory: directory } });
    world = opened;
    const replicas = [await opened.start(), await opened.start()];
    opened.route(replicas);
    const traffic = startTraffic(opened);
    await traffic.open(3);
    await until(() => checksInProgress(opened, traffic) > 0, { describe: () => 'No review began.' });

    const filler = fill(directory);
    const before = opened.github.deliveries.length;
    await traffic.push();
    await traffic.push();
    await opened.github.settled();
    const answers = opened.github.deliveries.slice(before).map(({ status }) => status);
    // What is left of the last page may hold one event more.
    expect(new Set(answers.slice(-3))).toEqual(new Set([500]));
    await wait(3_000);
    expect(contradictions(opened)).toEqual([]);

    rmSync(filler);
    await traffic.healed();
    expect(contradictions(opened)).toEqual([]);
    expect(outcomes(opened)).not.toContain('dead');
    for (const replica of replicas) replica.kill('SIGTERM');
    expect(await Promise.all(replicas.map(({ ended }) => ended))).toEqual([0, 0]);
  });
});
