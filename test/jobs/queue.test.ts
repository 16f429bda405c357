import { describe, expect, test } from '@jest/globals';
import { createQueue } from '../../src/jobs/queue.ts';
import type { StopReason } from '../../src/jobs/queue.ts';

interface TestJob {
  readonly id: string;
  readonly key: string;
  readonly coalesceKey: string | null;
}

function job(id: string, key = id, coalesceKey: string | null = null): TestJob {
  return { id, key, coalesceKey };
}

/** Runs jobs until they are released by name, and records what happened. */
function harness(concurrency: number, grace = 50) {
  const log: string[] = [];
  const gates = new Map<string, () => void>();
  const errors: string[] = [];
  const queue = createQueue<TestJob>({
    concurrency,
    grace,
    onError: (error, { id }) => errors.push(`${id}: ${String(error)}`),
    run: async ({ id }, signal) => {
      log.push(`start ${id}`);
      await new Promise<void>((resolve, reject) => {
        gates.set(id, resolve);
        gates.set(`${id}!`, () => {
          reject(new Error('broken'));
        });
        signal.addEventListener('abort', () => {
          const reason = signal.reason as StopReason<TestJob>;
          log.push(`abort ${id} ${reason.type === 'superseded' ? `by ${reason.by.id}` : reason.type}`);
          resolve();
        });
      });
      log.push(`end ${id}`);
    },
  });
  const release = async (id: string) => {
    gates.get(id)?.();
    await tick();
  };
  return { queue, log, errors, release };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('createQueue', () => {
  test('runs jobs with the same key one after another and others beside them', async () => {
    const { queue, log, release } = harness(4);
    queue.enqueue(job('a1', 'a'));
    queue.enqueue(job('a2', 'a'));
    queue.enqueue(job('b1', 'b'));
    await tick();
    expect(log).toEqual(['start a1', 'start b1']);
    await release('a1');
    expect(log).toEqual(['start a1', 'start b1', 'end a1', 'start a2']);
    await release('a2');
    await release('b1');
    expect(queue.size).toBe(0);
  });

  test('runs no more than its concurrency and starts the next in order of arrival', async () => {
    const { queue, log, release } = harness(2);
    for (const id of ['a', 'b', 'c', 'd']) queue.enqueue(job(id));
    await tick();
    expect(log).toEqual(['start a', 'start b']);
    expect(queue.size).toBe(4);
    await release('b');
    expect(log.slice(2)).toEqual(['end b', 'start c']);
    await Promise.all([release('a'), release('c')]);
    await release('d');
    await queue.idle();
  });

  test('a newer job replaces a waiting one and stops a running one', async () => {
    const { queue, log, release } = harness(1);
    queue.enqueue(job('old', 'k', 'k'));
    await tick();
    queue.enqueue(job('middle', 'k', 'k'));
    queue.enqueue(job('new', 'k', 'k'));
    await tick();
    await tick();
    expect(log).toEqual(['start old', 'abort old by middle', 'end old', 'start new']);
    await release('new');
    await queue.idle();
    expect(log).not.toContain('start middle');
  });

  test('keeps every job without a coalesce key', async () => {
    const { queue, log, release } = harness(1);
    queue.enqueue(job('p1', 'push'));
    queue.enqueue(job('p2', 'push'));
    await tick();
    await release('p1');
    await release('p2');
    expect(log).toEqual(['start p1', 'end p1', 'start p2', 'end p2']);
  });

  test('an error ends only its own job', async () => {
    const { queue, log, errors, release } = harness(1);
    queue.enqueue(job('bad', 'k'));
    queue.enqueue(job('good', 'k'));
    await tick();
    await release('bad!');
    await release('good');
    expect(errors).toEqual(['bad: Error: broken']);
    expect(log.at(-1)).toBe('end good');
  });

  test('a job that throws before its first await is an error too', async () => {
    const errors: unknown[] = [];
    const queue = createQueue<TestJob>({
      concurrency: 1,
      onError: (error) => errors.push(error),
      run: () => {
        throw new Error('at once');
      },
    });
    queue.enqueue(job('a'));
    await queue.idle();
    expect(errors).toEqual([new Error('at once')]);
  });

  test('drain finishes waiting and running jobs and refuses new ones', async () => {
    const { queue, log, release } = harness(1);
    queue.enqueue(job('a'));
    queue.enqueue(job('b'));
    await tick();
    const drained = queue.drain(10_000);
    expect(() => {
      queue.enqueue(job('late'));
    }).toThrow('shutting down');
    await release('a');
    await release('b');
    expect(await drained).toEqual([]);
    expect(log).toEqual(['start a', 'end a', 'start b', 'end b']);
  });

  test('drain stops what takes too long and hands it back with what waits', async () => {
    const { queue, log } = harness(1);
    queue.enqueue(job('slow'));
    queue.enqueue(job('waiting'));
    await tick();
    const unfinished = await queue.drain(10);
    expect(unfinished.map(({ id }) => id)).toEqual(['slow', 'waiting']);
    expect(log).toEqual(['start slow', 'abort slow shutdown', 'end slow']);
  });
});
