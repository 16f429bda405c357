import { expect, test } from '@jest/globals';
import { ABANDONED, type JobStore, type ListedJob } from '../../src/store/job-store.ts';
import type { NewAuditEntry } from '../../src/store/audit-entry.ts';
import { describeStores } from '../support/stores.ts';
import { allOf } from './audit-fixture.ts';
import { add, claim, job, TIMING } from './job-fixture.ts';
import { until } from '../support/until.ts';

const ONCE = { timing: { ...TIMING, attempts: 1 }, connections: 3 };

async function addDead(jobs: JobStore, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await add(jobs, job(key));
    await jobs.fail(await claim(jobs), 'broken');
  }
}

function entryOf({ id, key }: ListedJob): NewAuditEntry {
  return {
    action: 'job-dead',
    actor: 'gitops-warden',
    repository: null,
    installation: null,
    subject: `job/${id}`,
    reason: null,
    delivery: null,
    detail: { key, attempts: 1, error: null },
  };
}

describeStores('dead jobs', (stage) => {
  test('are noted once, by whichever replica comes first', async () => {
    const one = await stage.fresh(ONCE);
    const two = await stage.again(ONCE);
    await addDead(one.jobs, 'a', 'b');
    const noted = await Promise.all(
      [one, two, one, two].map(({ jobs, audit }) =>
        jobs.noteDead(async (sql, dead) => {
          await audit.appendIn(sql, dead.map(entryOf));
        }),
      ),
    );
    const dead = await one.jobs.list('dead', 10);
    expect(noted.flat().toSorted((a, b) => a.key.localeCompare(b.key))).toEqual(dead);
    const subjects = (await allOf(one.audit)).map(({ subject }) => subject);
    expect(subjects.toSorted()).toEqual(dead.map(({ id }) => `job/${id}`).toSorted());
    expect((await one.audit.verify()).problems).toEqual([]);
  });

  test('are noted later when that could not be written', async () => {
    const { jobs } = await stage.fresh(ONCE);
    await addDead(jobs, 'a');
    await expect(jobs.noteDead(() => Promise.reject(new Error('no trail')))).rejects.toThrow('no trail');
    expect((await jobs.noteDead(() => Promise.resolve())).map(({ key }) => key)).toEqual(['a']);
  });

  test('that run again and die again are noted again', async () => {
    const { jobs } = await stage.fresh(ONCE);
    await addDead(jobs, 'a');
    const [first] = await jobs.noteDead(() => Promise.resolve());
    expect(await jobs.retry(first?.id ?? '')).toBe(true);
    await jobs.fail(await claim(jobs), 'broken again');
    const second = await jobs.noteDead(() => Promise.resolve());
    expect(second.map(({ key, error }) => [key, error])).toEqual([['a', 'broken again']]);
    expect(await jobs.noteDead(() => Promise.resolve())).toEqual([]);
  });

  test('whose workers died are among them, and say so', async () => {
    const { jobs } = await stage.fresh(ONCE);
    await add(jobs, job('a'));
    await claim(jobs);
    await until(
      async () => {
        await jobs.recover();
        return (await jobs.stats()).counts.dead === 1;
      },
      { every: 100 },
    );
    const noted = await jobs.noteDead(() => Promise.resolve());
    expect(noted.map(({ key, error }) => [key, error])).toEqual([['a', ABANDONED]]);
  });

  test('change only together with what notes the change', async () => {
    const { jobs } = await stage.fresh(ONCE);
    await addDead(jobs, 'a');
    const [dead] = await jobs.list('dead', 1);
    const fail = (): Promise<void> => Promise.reject(new Error('no trail'));
    await expect(jobs.retry(dead?.id ?? '', fail)).rejects.toThrow('no trail');
    await expect(jobs.drop(dead?.id ?? '', fail)).rejects.toThrow('no trail');
    expect((await jobs.stats()).counts).toEqual({ waiting: 0, running: 0, dead: 1 });
    let calls = 0;
    const count = (): Promise<void> => {
      calls += 1;
      return Promise.resolve();
    };
    expect(await jobs.drop(dead?.id ?? '', count)).toBe(true);
    expect(await jobs.drop(dead?.id ?? '', count)).toBe(false);
    expect(await jobs.retry(dead?.id ?? '', count)).toBe(false);
    expect(calls).toBe(1);
  });
});
