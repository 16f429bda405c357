import { expect, test } from '@jest/globals';
import type { JobStore, NewJob } from '../../src/store/job-store.ts';
import { describeStores } from '../support/stores.ts';
import { add, claim, job, TIMING } from './job-fixture.ts';
import { until } from '../support/until.ts';

const SLOW = { ...TIMING, retrySeconds: 60, longestRetrySeconds: 60 };

function head(number: number): NewJob {
  return job('a', { payload: { head: number } });
}

async function headsThatWait(jobs: JobStore): Promise<unknown[]> {
  return (await jobs.list('waiting', 10)).map(({ payload }) => payload['head']);
}

describeStores('a job that a newer one supersedes', (stage) => {
  test('does not come back when it fails: the newer one does what is left', async () => {
    const { jobs } = await stage.fresh({ timing: SLOW });
    await add(jobs, head(1));
    const older = await claim(jobs);
    await add(jobs, head(2));
    expect(await jobs.fail(older, 'away')).toBe('superseded');
    expect(await headsThatWait(jobs)).toEqual([2]);
    await add(jobs, head(3));
    expect(await headsThatWait(jobs)).toEqual([3]);
    const newest = await claim(jobs);
    expect([...(await jobs.heartbeat([newest])).values()]).toEqual([{ state: 'held' }]);
    expect(await jobs.finish(newest)).toBe(true);
    expect((await jobs.stats()).counts).toEqual({ waiting: 0, running: 0, dead: 0 });
  });

  test('does not come back when its worker hands it back', async () => {
    const { jobs } = await stage.fresh({ timing: SLOW });
    await add(jobs, head(1));
    const older = await claim(jobs);
    await add(jobs, head(2));
    await jobs.release(older);
    await add(jobs, head(3));
    expect(await headsThatWait(jobs)).toEqual([3]);
  });

  test('does not come back, and is not left dead, when its worker died', async () => {
    for (const attempts of [3, 1]) {
      const one = await stage.fresh({ timing: { ...SLOW, attempts } });
      await add(one.jobs, head(1));
      const older = await claim(one.jobs);
      await add(one.jobs, head(2));
      await until(
        async () => {
          await one.jobs.recover();
          return (await one.jobs.stats()).counts.running === 0;
        },
        { every: 100 },
      );
      await one.jobs.recover();
      expect(await headsThatWait(one.jobs)).toEqual([2]);
      expect((await one.jobs.stats()).counts.dead).toBe(0);
      expect(await one.jobs.finish(older)).toBe(false);
    }
  });

  test('is not left dead', async () => {
    const { jobs } = await stage.fresh({ timing: { ...SLOW, attempts: 1 } });
    await add(jobs, head(1));
    const older = await claim(jobs);
    await add(jobs, head(2));
    expect(await jobs.fail(older, 'broken')).toBe('superseded');
    expect((await jobs.stats()).counts).toEqual({ waiting: 1, running: 0, dead: 0 });
    await jobs.fail(await claim(jobs), 'broken');
    expect((await jobs.stats()).counts.dead).toBe(1);
    await add(jobs, head(3));
    expect((await jobs.stats()).counts).toEqual({ waiting: 1, running: 0, dead: 0 });
  });

  test('and others of its key that supersede nothing are left alone', async () => {
    const { jobs } = await stage.fresh({ timing: { ...TIMING, retrySeconds: 60 } });
    const push = (number: number): NewJob => ({ ...head(number), supersedes: false });
    await add(jobs, push(1), push(2));
    expect(await jobs.fail(await claim(jobs), 'away')).toBe('waiting');
    await add(jobs, head(3), head(4));
    expect((await headsThatWait(jobs)).toSorted()).toEqual([1, 2, 4]);
  });
});
