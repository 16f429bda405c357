import { afterEach, describe, expect, test } from '@jest/globals';
import { CHECK } from '../e2e/support.ts';
import { checksInProgress, startTraffic, wait } from './support/traffic.ts';
import { openFaultWorld, type FaultWorld } from './support/world.ts';
import { until } from '../support/until.ts';

/** Several attempts, and their pauses. */
const OUTAGE = 12_000;

let world: FaultWorld | null = null;

afterEach(async () => {
  await world?.close();
  world = null;
});

describe('GitHub that cannot be reached for a while', () => {
  test.each(['reset', 503] as const)(
    'gets every verdict once it is back, and a review that had begun is gone on with (%s)',
    async (kind) => {
      const opened = await openFaultWorld();
      world = opened;
      const replica = await opened.start();
      opened.route([replica]);
      const traffic = startTraffic(opened);
      await traffic.open(2);
      await until(() => checksInProgress(opened, traffic) > 0, { describe: () => 'No review began.' });
      opened.github.setOutage(true, kind);
      const begun = traffic.pulls
        .flatMap((pull) => opened.github.checkRuns(opened.repository, pull.head.sha))
        .filter(({ status, name }) => status === 'in_progress' && name === CHECK);
      await traffic.open(2);
      await opened.github.settled();
      expect(opened.github.deliveries.every(({ status }) => status === 202)).toBe(true);
      await wait(OUTAGE);
      expect(begun.every(({ status }) => status === 'in_progress')).toBe(true);

      opened.github.setOutage(false);
      await traffic.healed();
      // The very checks that were in progress have the verdicts.
      expect(begun.length).toBeGreaterThan(0);
      expect(begun.map(({ conclusion }) => conclusion)).toEqual(begun.map(() => 'failure'));
      replica.kill('SIGTERM');
      expect(await replica.ended).toBe(0);
    },
  );
});
