import { expect, test } from '@jest/globals';
import { DEFAULT_TIMING, LONGEST_ASKED_PAUSE, retryDelay } from '../../src/store/job-store.ts';
import type { JobStore, ListedJob } from '../../src/store/job-store.ts';
import { describeStores } from '../support/stores.ts';
import { add, claim, job } from './job-fixture.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function pauseOf(listed: ListedJob | undefined): number {
  return (listed?.runAt ?? NaN) - Date.now();
}

async function failAll(jobs: JobStore, pause?: number): Promise<readonly ListedJob[]> {
  for (let next = await jobs.claim(); next !== null; next = await jobs.claim()) {
    await jobs.fail(next, 'away', pause);
  }
  return jobs.list('waiting', 100);
}

describeStores('the pause after a failed attempt', (stage) => {
  test('differs from job to job, so that they do not all come back at once', async () => {
    const { jobs } = await stage.fresh({ timing: { retrySeconds: 1_000 } });
    await add(jobs, ...Array.from({ length: 8 }, (_, index) => job(`k${String(index)}`)));
    const pauses = (await failAll(jobs)).map((one) => pauseOf(one));
    expect(pauses).toHaveLength(8);
    expect(Math.min(...pauses)).toBeGreaterThan(495_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1_000_000);
    expect(Math.max(...pauses) - Math.min(...pauses)).toBeGreaterThan(10_000);
  });

  test('is as long as was asked for, when that is longer, and no longer than two hours', async () => {
    const { jobs } = await stage.fresh();
    await add(jobs, job('rate-limited'));
    const [limited] = await failAll(jobs, 50 * MINUTE);
    expect(pauseOf(limited)).toBeGreaterThan(50 * MINUTE - 10_000);
    expect(pauseOf(limited)).toBeLessThan(52 * MINUTE);
    expect(await jobs.claim()).toBeNull();
    await add(jobs, job('bad-clock'));
    const asked = await failAll(jobs, 1_000 * HOUR);
    const bad = asked.find(({ key }) => key === 'bad-clock');
    expect(pauseOf(bad)).toBeGreaterThan(LONGEST_ASKED_PAUSE - 10_000);
    expect(pauseOf(bad)).toBeLessThanOrEqual(LONGEST_ASKED_PAUSE + 10_000);
  });

  test('is what the newest settings say, also in a store that was used with others', async () => {
    const first = await stage.fresh({ timing: { attempts: 1 } });
    await add(first.jobs, job('a'));
    await first.jobs.fail(await claim(first.jobs), 'broken');
    const [dead] = await first.jobs.list('dead', 1);
    await first.close();
    const { jobs } = await stage.again({ timing: { attempts: 2, retrySeconds: 100 } });
    await add(jobs, job('b'));
    await jobs.retry(dead?.id ?? '');
    const waiting = await failAll(jobs);
    expect(waiting.map(({ key, attempts }) => [key, attempts]).toSorted()).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    for (const one of waiting) expect(pauseOf(one)).toBeGreaterThan(45_000);
  });
});

test('pauses double, have a limit, and half of each is chance', () => {
  const pauses = [1, 2, 3, 20].map((attempt) => [
    retryDelay(DEFAULT_TIMING, attempt, 0),
    retryDelay(DEFAULT_TIMING, attempt, 1),
  ]);
  expect(pauses).toEqual([
    [2_500, 5_000],
    [5_000, 10_000],
    [10_000, 20_000],
    [900_000, 1_800_000],
  ]);
});

test('all attempts together outlast an outage of some hours', () => {
  const total = (random: number): number =>
    Array.from({ length: DEFAULT_TIMING.attempts - 1 }, (_, index) =>
      retryDelay(DEFAULT_TIMING, index + 1, random),
    ).reduce((sum, pause) => sum + pause, 0);
  expect(total(0)).toBeGreaterThan(2.5 * HOUR);
  expect(total(0.5)).toBeGreaterThan(3.5 * HOUR);
  expect(total(1)).toBeLessThan(6 * HOUR);
});
