import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { ClaimedJob, JobStore, NewJob } from '../../src/store/job-store.ts';
import { describeStores } from '../support/stores.ts';
import { add, claim, job, TIMING } from './job-fixture.ts';
import { until } from '../support/until.ts';

/** Claims and finishes until nothing is left. */
async function runAll(jobs: JobStore): Promise<string[]> {
  const order: string[] = [];
  for (let next = await jobs.claim(); next !== null; next = await jobs.claim()) {
    order.push(next.key);
    await jobs.finish(next);
  }
  return order;
}

describeStores('the job store', (stage) => {
  test('accepts a delivery once, also when it arrives twice at the same time at two replicas', async () => {
    const one = await stage.fresh();
    const two = await stage.again();
    const delivery = { id: randomUUID(), event: 'push' };
    const answers = await Promise.all(
      [one, two, one, two].map((store) =>
        store.jobs.accept(delivery, job(randomUUID(), { supersedes: false })),
      ),
    );
    expect(answers.filter((fresh) => fresh)).toHaveLength(1);
    expect((await one.jobs.stats()).counts).toEqual({ waiting: 1, running: 0, dead: 0 });
  });

  test('remembers a delivery that needs no work', async () => {
    const { jobs } = await stage.fresh();
    expect(await jobs.accept({ id: 'd', event: 'installation' }, null)).toBe(true);
    expect(await jobs.accept({ id: 'd', event: 'installation' }, job('a'))).toBe(false);
    expect(await jobs.claim()).toBeNull();
  });

  test('what was accepted is there for whoever opens the store next, unchanged', async () => {
    const first = await stage.fresh();
    const payload = { text: `'"?$1 \u2028 ünï`, list: [1, null, { deep: true }] };
    await add(first.jobs, job('a', { payload, group: 'g', priority: 7, supersedes: false }));
    await first.close();
    const second = await stage.again();
    expect(await second.jobs.claim()).toMatchObject({
      key: 'a',
      group: 'g',
      priority: 7,
      supersedes: false,
      payload,
      attempt: 1,
      lastAttempt: false,
    });
  });

  test('gives a job to one worker only, however many ask at once', async () => {
    const one = await stage.fresh();
    const two = await stage.again();
    await add(one.jobs, job('a'), job('b'), job('c'));
    const claims = await Promise.all([one, two, one, two, one, two].map((store) => store.jobs.claim()));
    const keys = claims.flatMap((claimed) => claimed?.key ?? []);
    expect(keys.toSorted()).toEqual(['a', 'b', 'c']);
  });

  test('runs one job of a key at a time, in the order in which they came', async () => {
    const { jobs } = await stage.fresh();
    const push = (number: number): NewJob => job('ref', { supersedes: false, payload: { number } });
    await add(jobs, push(1), push(2));
    const first = await claim(jobs);
    expect(first.payload).toEqual({ number: 1 });
    expect(await jobs.claim()).toBeNull();
    await add(jobs, job('other'));
    expect((await claim(jobs)).key).toBe('other');
    await jobs.finish(first);
    expect((await claim(jobs)).payload).toEqual({ number: 2 });
  });

  test('a newer job takes the place of a waiting one, and only of one with its key', async () => {
    const { jobs } = await stage.fresh();
    await add(jobs, job('a', { payload: { head: 1 } }), job('b'), job('a', { payload: { head: 2 } }));
    expect((await jobs.stats()).counts.waiting).toBe(2);
    const first = await claim(jobs);
    expect([first.key, first.payload]).toEqual(['a', { head: 2 }]);
  });

  test('a newer job tells a running one with its key that it is superseded, and by what', async () => {
    const { jobs } = await stage.fresh();
    await add(jobs, job('a', { payload: { head: 1 } }), job('b', { supersedes: false }));
    const [a, b] = [await claim(jobs), await claim(jobs)];
    expect([...(await jobs.heartbeat([a, b])).values()]).toEqual([{ state: 'held' }, { state: 'held' }]);
    await add(jobs, job('a', { payload: { head: 2 } }), job('b', { supersedes: false }));
    const leases = await jobs.heartbeat([a, b]);
    expect(leases.get(a.id)).toEqual({ state: 'superseded', by: { head: 2 } });
    expect(leases.get(b.id)).toEqual({ state: 'held' });
    expect(await jobs.claim()).toBeNull();
    expect(await jobs.finish(a)).toBe(true);
    expect((await claim(jobs)).payload).toEqual({ head: 2 });
  });

  test('groups take turns: much work of one does not keep another waiting', async () => {
    const { jobs } = await stage.fresh();
    const noisy = Array.from({ length: 6 }, (_, index) => job(`noisy-${String(index)}`, { group: 'noisy' }));
    await add(jobs, ...noisy, job('quiet-0', { group: 'quiet' }), job('third-0', { group: 'third' }));
    await add(jobs, job('quiet-1', { group: 'quiet' }));
    const order = await runAll(jobs);
    expect(order).toHaveLength(9);
    expect(
      order
        .slice(0, 3)
        .map((key) => key.split('-')[0])
        .toSorted(),
    ).toEqual(['noisy', 'quiet', 'third']);
    expect(order.slice(0, 5)).toContain('quiet-1');
    expect(order.filter((key) => key.startsWith('noisy'))).toEqual(noisy.map(({ key }) => key));
  });

  test('a higher priority comes first, whosever turn it is', async () => {
    const { jobs } = await stage.fresh();
    await add(
      jobs,
      job('sweep-a', { priority: 1, group: 'a' }),
      job('sweep-b', { priority: 1, group: 'b' }),
      job('pull-a1', { priority: 10, group: 'a' }),
      job('pull-a2', { priority: 10, group: 'a' }),
    );
    expect((await runAll(jobs)).slice(0, 2)).toEqual(['pull-a1', 'pull-a2']);
  });

  test('a failed attempt is repeated after a pause, and the last one leaves a dead job with its reason', async () => {
    const { jobs } = await stage.fresh({ timing: TIMING });
    await add(jobs, job('a'));
    for (const attempt of [1, 2, 3]) {
      let claimed: ClaimedJob | null = null;
      await until(async () => (claimed = await jobs.claim()) !== null, { every: 100 });
      const held = claimed as unknown as ClaimedJob;
      expect([held.attempt, held.lastAttempt]).toEqual([attempt, attempt === 3]);
      expect(await jobs.fail(held, `reason ${String(attempt)}`)).toBe(attempt === 3 ? 'dead' : 'waiting');
      expect(await jobs.claim()).toBeNull();
      if (attempt === 1) {
        const [waiting] = await jobs.list('waiting', 10);
        expect(waiting).toMatchObject({ key: 'a', attempts: 1, error: 'reason 1' });
      }
    }
    expect((await jobs.stats()).counts).toEqual({ waiting: 0, running: 0, dead: 1 });
    const [dead] = await jobs.list('dead', 10);
    expect(dead).toMatchObject({
      key: 'a',
      state: 'dead',
      attempts: 3,
      error: 'reason 3',
      payload: { of: 'a' },
    });
  });

  test('a dead job can be made to wait again, with all its attempts, or be dropped', async () => {
    const { jobs } = await stage.fresh({ timing: { ...TIMING, attempts: 1 } });
    await add(jobs, job('a'), job('b'));
    for (let count = 0; count < 2; count += 1) await jobs.fail(await claim(jobs), 'broken');
    const dead = await jobs.list('dead', 10);
    expect(dead.map(({ key }) => key)).toEqual(['a', 'b']);
    const [a, b] = dead.map(({ id }) => id);
    expect(await jobs.retry(a ?? '')).toBe(true);
    expect(await jobs.retry(a ?? '')).toBe(false);
    expect(await claim(jobs)).toMatchObject({ key: 'a', attempt: 1, group: 'acme', priority: 10 });
    expect(await jobs.drop(b ?? '')).toBe(true);
    expect(await jobs.drop(b ?? '')).toBe(false);
    expect([await jobs.retry('no such job'), await jobs.drop("' OR 1=1")]).toEqual([false, false]);
    expect((await jobs.stats()).counts.dead).toBe(0);
  });

  test('a newer job replaces a dead one, and one that waits for its next attempt, with attempts of its own', async () => {
    const { jobs } = await stage.fresh({ timing: { ...TIMING, attempts: 2, retrySeconds: 60 } });
    await add(jobs, job('a', { payload: { head: 1 } }));
    await jobs.fail(await claim(jobs), 'once');
    await add(jobs, job('a', { payload: { head: 2 } }));
    const second = await claim(jobs);
    expect([second.payload, second.attempt]).toEqual([{ head: 2 }, 1]);
    const single = await stage.fresh({ timing: { ...TIMING, attempts: 1 } });
    await add(single.jobs, job('a'));
    await single.jobs.fail(await claim(single.jobs), 'gone');
    await add(single.jobs, job('a'));
    expect((await single.jobs.stats()).counts).toEqual({ waiting: 1, running: 0, dead: 0 });
  });

  test('a job that is handed back starts elsewhere at once, and no attempt is counted', async () => {
    const one = await stage.fresh({ timing: { ...TIMING, attempts: 1 } });
    const two = await stage.again({ timing: { ...TIMING, attempts: 1 } });
    await add(one.jobs, job('a'));
    const held = await claim(one.jobs);
    await one.jobs.release(held);
    const again = await claim(two.jobs);
    expect([again.key, again.payload, again.attempt]).toEqual(['a', { of: 'a' }, 1]);
    expect(await one.jobs.finish(held)).toBe(false);
    expect(await two.jobs.finish(again)).toBe(true);
  });

  test('the job of a silent worker goes to another; of one with heartbeats it does not', async () => {
    const one = await stage.fresh({ timing: TIMING });
    const two = await stage.again({ timing: TIMING });
    await add(one.jobs, job('silent'), job('lively'));
    const claims = [await claim(one.jobs), await claim(one.jobs)];
    const silent = claims.find(({ key }) => key === 'silent') ?? claims[0];
    const lively = claims.find(({ key }) => key === 'lively') ?? claims[0];
    if (silent === undefined || lively === undefined) throw new Error('Two jobs were claimed.');
    let taken: ClaimedJob | null = null;
    await until(
      async () => {
        expect((await one.jobs.heartbeat([lively])).get(lively.id)).toEqual({ state: 'held' });
        await two.jobs.recover();
        taken = await two.jobs.claim();
        return taken !== null;
      },
      { every: 100 },
    );
    expect(taken).toMatchObject({ key: 'silent', attempt: 2 });
    expect((await one.jobs.heartbeat([silent])).get(silent.id)).toEqual({ state: 'lost' });
    expect(await one.jobs.fail(silent, 'late')).toBe('lost');
    expect(await one.jobs.finish(silent)).toBe(false);
    expect(await one.jobs.finish(lively)).toBe(true);
  });

  test('takes no job from a silent worker by itself: whoever looks for such says first that it lives', async () => {
    const { jobs } = await stage.fresh({ timing: TIMING });
    await add(jobs, job('a'));
    const held = await claim(jobs);
    await new Promise((resolve) => setTimeout(resolve, (TIMING.leaseSeconds + 7) * 1_000));
    expect((await jobs.heartbeat([held])).get(held.id)).toEqual({ state: 'held' });
    await jobs.recover();
    expect(await jobs.finish(held)).toBe(true);
  });

  test('says how much waits and how long the oldest has waited', async () => {
    const { jobs } = await stage.fresh();
    expect(await jobs.stats()).toEqual({
      counts: { waiting: 0, running: 0, dead: 0 },
      oldest: { waiting: 0, running: 0, dead: 0 },
    });
    await add(jobs, job('a'), job('b'));
    await claim(jobs);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { counts, oldest } = await jobs.stats();
    expect(counts).toEqual({ waiting: 1, running: 1, dead: 0 });
    expect(oldest.waiting).toBeGreaterThanOrEqual(40);
    expect(oldest.running).toBeLessThan(20_000);
    expect((await jobs.list('running', 10)).map(({ key }) => key)).toEqual(['a']);
    expect([...(await jobs.liveKeys(['a', 'b', 'c']))].toSorted()).toEqual(['a', 'b']);
  });

  test('two replicas may start on an empty store at the same time', async () => {
    await stage.fresh().then((store) => store.close());
    const stores = await Promise.all(Array.from({ length: 3 }, () => stage.again()));
    await Promise.all(stores.map(({ jobs }, index) => add(jobs, job(`k${String(index)}`))));
    expect((await stores[0]?.jobs.stats())?.counts.waiting).toBe(3);
  });
});
