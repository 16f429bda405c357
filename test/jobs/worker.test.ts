import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  startWorker,
  type Outcome,
  type StopReason,
  type Worker,
  type WorkerOptions,
} from '../../src/jobs/worker.ts';
import type { ClaimedJob, JobStore, NewJob } from '../../src/store/job-store.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { until } from '../support/until.ts';

let directory: string;
let store: Store;
let workers: Worker[];
let outcomes: [key: string, outcome: Outcome][];

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'warden-worker-'));
  store = await openStore({
    databaseUrl: null,
    dataDirectory: directory,
    timing: { attempts: 3, retrySeconds: 0.02, leaseSeconds: 1 },
  });
  workers = [];
  outcomes = [];
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.drain(0)));
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function start(run: WorkerOptions['run'], more: Partial<WorkerOptions> = {}): Worker {
  // A job that goes on after its test tells nobody of it.
  const own = outcomes;
  const worker = startWorker({
    jobs: store.jobs,
    concurrency: 2,
    run,
    describe: (error) => (error as Error).message,
    leaseSeconds: 1,
    poll: 20,
    beat: 30,
    grace: 200,
    listener: {
      ended: (job, outcome) => {
        own.push([job.key, outcome]);
      },
    },
    ...more,
  });
  workers.push(worker);
  return worker;
}

async function add(key: string, more: Partial<NewJob> = {}): Promise<void> {
  const job = { key, group: 'g', priority: 1, supersedes: true, payload: {}, ...more };
  await store.jobs.accept({ id: randomUUID(), event: 'test' }, job);
}

function stopped(signal: AbortSignal): Promise<StopReason> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(signal.reason as StopReason);
    });
  });
}

/** Lets chosen calls of the store fail. */
function broken(fails: (method: string) => boolean): JobStore {
  return new Proxy(store.jobs, {
    get(target, property, receiver) {
      const value: unknown = Reflect.get(target, property, receiver);
      if (typeof value !== 'function' || !fails(String(property))) return value;
      return () => Promise.reject(new Error('the store is away'));
    },
  });
}

test('runs at most as many jobs at a time as it may, and all of them', async () => {
  let current = 0;
  let most = 0;
  const worker = start(async () => {
    current += 1;
    most = Math.max(most, current);
    await new Promise((resolve) => setTimeout(resolve, 20));
    current -= 1;
  });
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => add(key)));
  worker.kick();
  await worker.idle();
  expect(most).toBe(2);
  expect(outcomes.map(([key]) => key).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(outcomes.every(([, outcome]) => outcome === 'done')).toBe(true);
});

test('finds work that another process took in, without being told', async () => {
  const worker = start(() => Promise.resolve());
  await new Promise((resolve) => setTimeout(resolve, 60));
  await add('a');
  await worker.idle();
  expect(outcomes).toEqual([['a', 'done']]);
});

test('repeats what failed, and leaves it dead with its reason after the last attempt', async () => {
  let calls = 0;
  const worker = start(() => {
    calls += 1;
    return Promise.reject(new Error(`failure ${String(calls)}`));
  });
  await add('a');
  await worker.idle();
  expect(outcomes).toEqual([
    ['a', 'retried'],
    ['a', 'retried'],
    ['a', 'dead'],
  ]);
  expect((await store.jobs.list('dead', 5))[0]).toMatchObject({ attempts: 3, error: 'failure 3' });
});

test('does not repeat what failed before it can be of use', async () => {
  const worker = start(() => Promise.reject(new Error('used up')), {
    pauseAfter: (error) => ((error as Error).message === 'used up' ? 3_000_000 : 0),
  });
  await add('a');
  worker.kick();
  await until(() => outcomes.length === 1);
  const [waiting] = await store.jobs.list('waiting', 1);
  expect((waiting?.runAt ?? 0) - Date.now()).toBeGreaterThan(2_900_000);
});

test('a newer job stops the running one, which may tidy up before the newer one starts', async () => {
  const order: string[] = [];
  const worker = start(async (job, signal) => {
    order.push(`start ${JSON.stringify(job.payload['head'])}`);
    if (job.payload['head'] === 1) {
      const reason = await stopped(signal);
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push(`stopped by ${JSON.stringify(reason)}`);
    }
  });
  await add('a', { payload: { head: 1 } });
  worker.kick();
  await until(() => order.length === 1);
  await add('a', { payload: { head: 2 } });
  await worker.idle();
  expect(order).toEqual(['start 1', 'stopped by {"type":"superseded","by":{"head":2}}', 'start 2']);
  expect(outcomes).toEqual([
    ['a', 'superseded'],
    ['a', 'done'],
  ]);
});

test('draining finishes what it can, hands the rest back, and takes nothing new', async () => {
  const started: string[] = [];
  const worker = start(async (job, signal) => {
    started.push(job.key);
    if (job.key === 'slow') {
      await stopped(signal);
      throw new Error('stopped');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
  await Promise.all(['slow', 'quick', 'waiting'].map((key) => add(key)));
  worker.kick();
  await until(() => started.length === 2);
  const unfinished = await worker.drain(150);
  expect(unfinished.map(({ key }) => key)).toEqual(['slow']);
  expect(outcomes.toSorted()).toEqual([
    ['quick', 'done'],
    ['slow', 'released'],
  ]);
  const waiting = await store.jobs.list('waiting', 5);
  expect(waiting.map(({ key, attempts }) => [key, attempts])).toEqual([
    ['slow', 0],
    ['waiting', 0],
  ]);
});

test('a job that does not stop in time does not keep the worker from stopping', async () => {
  const worker = start(() => new Promise(() => undefined));
  await add('a');
  worker.kick();
  await until(() => worker.running === 1);
  expect((await worker.drain(10)).map(({ key }) => key)).toEqual(['a']);
});

test('stops a job that it cannot renew, before another worker may take it', async () => {
  let away = false;
  let reason: StopReason | null = null;
  const failed: string[] = [];
  start(
    async (_job, signal) => {
      away = true;
      reason = await stopped(signal);
    },
    {
      jobs: broken((method) => away && method === 'heartbeat'),
      listener: {
        storeFailed: (_error, doing) => {
          failed.push(doing);
        },
      },
    },
  );
  await add('a');
  const begun = performance.now();
  await until(() => reason !== null);
  expect(reason).toEqual({ type: 'lost' });
  expect(performance.now() - begun).toBeLessThan(1_000);
  expect(failed).toContain('renewing jobs');
});

test('a store that is away for a moment loses nothing: looking for work and ending a job are tried again', async () => {
  const fails = { claim: 2, finish: 1 } as Record<string, number>;
  const worker = start(() => Promise.resolve(), {
    jobs: broken((method) => {
      const left = fails[method] ?? 0;
      fails[method] = left - 1;
      return left > 0;
    }),
  });
  await add('a');
  await worker.idle();
  await until(() => outcomes.length > 0);
  expect(outcomes).toEqual([['a', 'done']]);
});

test('the job of a worker that is gone is done by another', async () => {
  const gone = await store.jobs.claim();
  expect(gone).toBeNull();
  await add('a');
  await store.jobs.claim();
  const worker = start(() => Promise.resolve());
  await worker.idle();
  expect(outcomes).toEqual([['a', 'done']]);
});

test('stops the running job at once when this replica takes in a newer one', async () => {
  const order: string[] = [];
  const worker = start(
    async (job, signal) => {
      order.push(`start ${JSON.stringify(job.payload['head'])}`);
      if (job.payload['head'] === 1) order.push((await stopped(signal)).type);
    },
    // No heartbeat tells of it in this time.
    { beat: 60_000, leaseSeconds: 600 },
  );
  await add('a', { payload: { head: 1 } });
  worker.kick();
  await until(() => order.length === 1);
  const newer = { key: 'a', group: 'g', priority: 1, supersedes: true, payload: { head: 2 } };
  await store.jobs.accept({ id: randomUUID(), event: 'test' }, newer);
  worker.accepted({ ...newer, key: 'other' });
  worker.accepted({ ...newer, supersedes: false });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(order).toEqual(['start 1']);
  worker.accepted(newer);
  await until(() => order.length === 3);
  expect(order).toEqual(['start 1', 'superseded', 'start 2']);
});

test('a process that stood still for longer than the lease asks whether it still has its jobs', async () => {
  let reason: StopReason | null = null;
  let runs = 0;
  const worker = start(async (_job, signal) => {
    runs += 1;
    void stopped(signal).then((why) => (reason = why));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const begun = performance.now();
    while (performance.now() - begun < 1_500);
    await new Promise((resolve) => setTimeout(resolve, 150));
  });
  await add('a');
  await worker.idle();
  expect([reason, runs]).toEqual([null, 1]);
  expect(outcomes).toEqual([['a', 'done']]);
});

test('a process that stood still does not wait for a heartbeat that was under way', async () => {
  let calls = 0;
  const jobs = new Proxy(store.jobs, {
    get(target, property, receiver) {
      const value: unknown = Reflect.get(target, property, receiver);
      if (property !== 'heartbeat') return value;
      return (held: readonly ClaimedJob[]) => {
        calls += 1;
        return calls === 1 ? new Promise(() => undefined) : target.heartbeat(held);
      };
    },
  });
  let reason: StopReason | null = null;
  const worker = start(
    async (_job, signal) => {
      void stopped(signal).then((why) => (reason = why));
      await until(() => calls === 1);
      const begun = performance.now();
      while (performance.now() - begun < 1_500);
      await new Promise((resolve) => setTimeout(resolve, 150));
    },
    { jobs },
  );
  await add('a');
  worker.kick();
  await until(() => outcomes.length === 1);
  expect([reason, outcomes]).toEqual([null, [['a', 'done']]]);
  // The one under way never ends, and draining waits for it.
  workers = [];
  void worker.drain(0);
});

test('a process that stood still stops a job that another worker has by now', async () => {
  let reason: StopReason | null = null;
  const worker = start(async (job, signal) => {
    if (job.attempt > 1) return;
    void stopped(signal).then((why) => (reason = why));
    await store.jobs.fail(job, 'as if another had found it abandoned');
    const begun = performance.now();
    while (performance.now() - begun < 1_500);
    await new Promise((resolve) => setTimeout(resolve, 300));
  });
  await add('a');
  await worker.idle();
  expect(reason).toEqual({ type: 'lost' });
  expect(outcomes.toSorted()).toEqual([
    ['a', 'done'],
    ['a', 'lost'],
  ]);
});

test('a job that was lost and comes back while it still runs here is renewed like any other', async () => {
  const worker = start(async (job) => {
    if (job.attempt === 1) await store.jobs.fail(job, 'as if another had found it abandoned');
    await new Promise((resolve) => setTimeout(resolve, job.attempt === 1 ? 400 : 2_000));
  });
  await add('a');
  await worker.idle();
  expect(outcomes).toEqual([
    ['a', 'lost'],
    ['a', 'done'],
  ]);
});

test('renews in time also when the lease is short', async () => {
  await store.close();
  store = await openStore({ databaseUrl: null, dataDirectory: directory, timing: { leaseSeconds: 4 } });
  await add('a');
  const worker = startWorker({
    jobs: store.jobs,
    concurrency: 1,
    run: () => new Promise((resolve) => setTimeout(resolve, 3_500)),
    describe: String,
    leaseSeconds: 4,
    listener: { ended: (job, outcome) => outcomes.push([job.key, outcome]) },
  });
  workers.push(worker);
  await worker.idle();
  expect(outcomes).toEqual([['a', 'done']]);
});

describe('an attempt that lasts too long', () => {
  test('is stopped, counts as failed and is repeated', async () => {
    const reasons: StopReason[] = [];
    const worker = start(
      async (job, signal) => {
        if (job.attempt > 1) return;
        reasons.push(await stopped(signal));
        throw new Error('stopped');
      },
      { longest: 100 },
    );
    await add('a');
    await worker.idle();
    expect(reasons).toEqual([{ type: 'expired' }]);
    expect(outcomes).toEqual([
      ['a', 'retried'],
      ['a', 'done'],
    ]);
  });

  test('fails in the store also when it does not stop, and says so while no place is left', async () => {
    const worker = start(() => new Promise(() => undefined), { longest: 100, concurrency: 1 });
    await add('a');
    worker.kick();
    await until(() => worker.running === 1);
    expect(worker.idleSince()).toBe(0);
    await until(() => outcomes.length === 1);
    expect(outcomes).toEqual([['a', 'retried']]);
    expect((await store.jobs.list('waiting', 1))[0]).toMatchObject({
      attempts: 1,
      error: 'The attempt lasted longer than it may, and was stopped.',
    });
    await until(() => worker.idleSince() > 200);
    expect(worker.running).toBe(1);
  });

  test('does not make a worker look stuck that still ends other jobs', async () => {
    const worker = start(async (job, signal) => {
      if (job.key === 'a') await stopped(signal);
      else await new Promise((resolve) => setTimeout(resolve, 200));
    });
    const begun = performance.now();
    await add('a');
    for (let count = 0; count < 10; count += 1) await add(`b${String(count)}`);
    worker.kick();
    await until(() => outcomes.length === 10);
    expect(worker.idleSince()).toBeLessThan((performance.now() - begun) / 2);
  });
});
