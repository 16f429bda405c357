import { expect, test } from '@jest/globals';
import type { JobStore } from '../../src/store/job-store.ts';
import { describeStores } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { add, claim, job } from './job-fixture.ts';

const PAUSE = 400;

function pause(milliseconds = PAUSE): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** How long ago that was at most, in milliseconds: a busy machine makes it longer. */
function since(begun: number): number {
  return Date.now() - begun + 20;
}

async function waited(jobs: JobStore): Promise<number> {
  return (await jobs.stats()).oldest.waiting;
}

describeStores('how long the oldest waiting job has waited', (stage) => {
  test('is counted from its acceptance', async () => {
    const { jobs } = await stage.fresh();
    await add(jobs, job('a'));
    await pause();
    expect(await waited(jobs)).toBeGreaterThanOrEqual(PAUSE - 20);
  });

  test('leaves out a job whose next attempt is still to come, and its time before that', async () => {
    const { jobs } = await stage.fresh({ timing: { retrySeconds: 5, longestRetrySeconds: 5 } });
    await add(jobs, job('a'));
    const held = await claim(jobs);
    await pause(1_500);
    const begun = Date.now();
    await jobs.fail(held, 'away');
    expect(await waited(jobs)).toBe(0);
    expect((await jobs.stats()).counts.waiting).toBe(1);
    await until(async () => (await waited(jobs)) > 0);
    const now = await waited(jobs);
    expect(now).toBeLessThanOrEqual(since(begun));
  });

  test('begins anew with a newer job that takes the place of a waiting one', async () => {
    const { jobs } = await stage.fresh();
    await add(jobs, job('a'));
    await pause(1_500);
    const begun = Date.now();
    await add(jobs, job('a', { payload: { head: 2 } }));
    const now = await waited(jobs);
    expect(now).toBeLessThanOrEqual(since(begun));
    const [waiting] = await jobs.list('waiting', 1);
    expect(waiting?.acceptedAt).toBeGreaterThanOrEqual(begun - 20);
    expect((await claim(jobs)).acceptedAt).toBeGreaterThanOrEqual(begun - 20);
  });

  test('begins anew when a job is handed back, and when a dead one is to run again', async () => {
    const { jobs } = await stage.fresh({ timing: { attempts: 1 } });
    await add(jobs, job('a'), job('b'));
    const held = [await claim(jobs), await claim(jobs)];
    await pause(1_500);
    const begun = Date.now();
    await jobs.release(held[0] as never);
    const released = await waited(jobs);
    expect(released).toBeLessThanOrEqual(since(begun));
    await jobs.fail(held[1] as never, 'broken');
    await jobs.finish(await claim(jobs));
    const [dead] = await jobs.list('dead', 1);
    await jobs.retry(dead?.id ?? '');
    expect((await jobs.stats()).counts.waiting).toBe(1);
    const again = await waited(jobs);
    expect(again).toBeLessThanOrEqual(since(begun));
    await claim(jobs);
  });
});
