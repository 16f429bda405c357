import { expect, test } from '@jest/globals';
import type { JobStore } from '../../src/store/job-store.ts';
import { describeStores } from '../support/stores.ts';
import { add, claim, job } from './job-fixture.ts';

const PAUSE = 400;

function pause(milliseconds = PAUSE): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
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
    const { jobs } = await stage.fresh({ timing: { retrySeconds: 1, longestRetrySeconds: 1 } });
    await add(jobs, job('a'));
    const held = await claim(jobs);
    await pause(2_000);
    await jobs.fail(held, 'away');
    expect(await waited(jobs)).toBe(0);
    expect((await jobs.stats()).counts.waiting).toBe(1);
    await pause(1_300);
    const now = await waited(jobs);
    expect(now).toBeGreaterThan(0);
    expect(now).toBeLessThan(1_500);
  });

  test('begins anew with a newer job that takes the place of a waiting one', async () => {
    const { jobs } = await stage.fresh();
    await add(jobs, job('a'));
    await pause(1_500);
    await add(jobs, job('a', { payload: { head: 2 } }));
    expect(await waited(jobs)).toBeLessThan(1_000);
    const [waiting] = await jobs.list('waiting', 1);
    expect(Date.now() - (waiting?.acceptedAt ?? 0)).toBeLessThan(1_000);
    expect(Date.now() - (await claim(jobs)).acceptedAt).toBeLessThan(1_000);
  });

  test('begins anew when a job is handed back, and when a dead one is to run again', async () => {
    const { jobs } = await stage.fresh({ timing: { attempts: 1 } });
    await add(jobs, job('a'), job('b'));
    const held = [await claim(jobs), await claim(jobs)];
    await pause(1_500);
    await jobs.release(held[0] as never);
    expect(await waited(jobs)).toBeLessThan(1_000);
    await jobs.fail(held[1] as never, 'broken');
    await jobs.finish(await claim(jobs));
    const [dead] = await jobs.list('dead', 1);
    await jobs.retry(dead?.id ?? '');
    expect((await jobs.stats()).counts.waiting).toBe(1);
    expect(await waited(jobs)).toBeLessThan(1_000);
    await claim(jobs);
  });
});
