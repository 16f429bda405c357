import { afterEach, describe, expect, test } from '@jest/globals';
import type { RecordedDelivery } from '../../src/demo/embedded/webhooks.ts';
import { readStore } from './support/store-file.ts';
import { checksInProgress, startTraffic } from './support/traffic.ts';
import { openFaultWorld, type FaultWorld } from './support/world.ts';
import { until } from '../support/until.ts';

const THREE_MINUTES = 180_000;

let world: FaultWorld | null = null;

afterEach(async () => {
  await world?.close();
  world = null;
});

const repeated = ({ github }: FaultWorld): readonly RecordedDelivery[] =>
  github.deliveries.filter(({ redelivery }) => redelivery);

/** GitHub keeps deliveries for some days, and this is what it has afterwards. */
function forgetDeliveries({ github }: FaultWorld): void {
  (github.deliveries as RecordedDelivery[]).length = 0;
}

describe('Webhooks that were sent while no replica ran', () => {
  test('are asked for again at the next start', async () => {
    // The only sweep is the one at start.
    const opened = await openFaultWorld({ settings: { sweepMs: 3_600_000 } });
    world = opened;
    const traffic = startTraffic(opened);
    await traffic.open(2);
    await traffic.push();
    await opened.github.settled();
    const missed = new Set(opened.github.deliveries.map(({ id }) => id));
    opened.route([await opened.start()]);
    await traffic.healed();
    expect(new Set(repeated(opened).map(({ id }) => id))).toEqual(missed);
    expect(new Set(repeated(opened).map(({ status }) => status))).toEqual(new Set([202]));
  });

  test('are made up for by a look at the open pull requests when GitHub has forgotten them', async () => {
    const opened = await openFaultWorld();
    world = opened;
    const traffic = startTraffic(opened);
    await traffic.open(2);
    await traffic.push();
    await opened.github.settled();
    forgetDeliveries(opened);
    opened.route([await opened.start()]);
    await traffic.healed();
    expect(opened.github.deliveries.filter(({ event }) => event === 'pull_request')).toEqual([]);
  });
});

describe('A check that a killed worker left in progress', () => {
  test('is finished although nothing is left of its job', async () => {
    const opened = await openFaultWorld();
    world = opened;
    const traffic = startTraffic(opened);
    const killed = await opened.start({ sweepMs: null });
    opened.route([killed]);
    await traffic.open(1);
    await until(() => checksInProgress(opened, traffic) > 0, { describe: () => 'No review began.' });
    killed.kill('SIGKILL');
    await killed.ended;
    expect(checksInProgress(opened, traffic)).toBe(1);
    // So the sweep of open pull requests has no reason to look at it.
    for (const pull of traffic.pulls) await opened.github.closePullRequest(pull);
    await opened.github.settled();
    forgetDeliveries(opened);
    readStore(opened.settings.dataDirectory, (database) => {
      database.exec('DELETE FROM jobs');
      const aged = database.prepare('UPDATE open_checks SET opened_at = opened_at - ?').run(THREE_MINUTES);
      expect(aged.changes).toBe(1);
    });

    opened.route([await opened.start()]);
    await until(() => checksInProgress(opened, traffic) === 0, {
      describe: () => 'The check is still in progress.',
    });
    const [pull] = traffic.pulls;
    const runs = opened.github.checkRuns(opened.repository, pull?.head.sha ?? '');
    expect(runs.map(({ conclusion, title }) => [conclusion, title])).toEqual([
      ['failure', 'gitops-warden could not finish its review'],
    ]);
  });
});
