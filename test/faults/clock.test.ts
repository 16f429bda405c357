import { afterEach, describe, expect, test } from '@jest/globals';
import { outcomes } from './support/log.ts';
import { checksInProgress, startTraffic } from './support/traffic.ts';
import { openFaultWorld, type FaultWorld } from './support/world.ts';
import { until } from '../support/until.ts';

const HOUR = 3_600_000;

let world: FaultWorld | null = null;

afterEach(async () => {
  await world?.close();
  world = null;
});

describe('A clock that is set while jobs run', () => {
  test.each([
    ['an hour ahead', HOUR],
    ['an hour back', -HOUR],
  ])('takes no job from a worker that lives, and every review ends: %s', async (_, jump) => {
    // Without sweeps: a head that is found by one as its webhook arrives may be judged twice.
    const opened = await openFaultWorld({ settings: { sweepMs: null } });
    world = opened;
    const replicas = [await opened.start(), await opened.start()];
    opened.route(replicas);
    const traffic = startTraffic(opened);
    await traffic.open(4);
    await until(() => checksInProgress(opened, traffic) > 0, { describe: () => 'No review began.' });
    replicas[0]?.setClock(jump);
    await traffic.push();
    replicas[1]?.setClock(jump);
    await traffic.push();
    await opened.github.settled();
    await traffic.healed();
    expect(outcomes(opened)).toContain('done');
    expect(outcomes(opened)).not.toContain('lost');
    expect(outcomes(opened)).not.toContain('dead');
  });

  test('does not keep an attempt waiting that was put off before the clock was set back', async () => {
    const opened = await openFaultWorld({ settings: { sweepMs: null } });
    world = opened;
    const replica = await opened.start();
    opened.route([replica]);
    replica.setClock(HOUR);
    opened.github.setOutage(true);
    const traffic = startTraffic(opened);
    await traffic.open(2);
    await until(() => outcomes(opened).filter((outcome) => outcome === 'retried').length >= 2, {
      describe: () => 'No attempt failed.',
    });
    replica.setClock(0);
    opened.github.setOutage(false);
    await traffic.healed();
  });
});
