import { expect, test } from '@jest/globals';
import { createKeyedMutex } from '../../src/jobs/keyed-mutex.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));

test('tasks of one key do not overlap, tasks of others do', async () => {
  const mutex = createKeyedMutex();
  const log: string[] = [];
  const gates: (() => void)[] = [];
  const task = (name: string) => async () => {
    log.push(`+${name}`);
    await new Promise<void>((resolve) => gates.push(resolve));
    log.push(`-${name}`);
    return name;
  };
  const all = [mutex.run('k', task('a')), mutex.run('k', task('b')), mutex.run('other', task('c'))];
  await tick();
  expect(log).toEqual(['+a', '+c']);
  gates[0]?.();
  await tick();
  expect(log).toEqual(['+a', '+c', '-a', '+b']);
  gates[1]?.();
  gates[2]?.();
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
});

test('a failure reaches its own caller only', async () => {
  const mutex = createKeyedMutex();
  const failing = mutex.run('k', () => Promise.reject(new Error('no')));
  const next = mutex.run('k', () => Promise.resolve('fine'));
  await expect(failing).rejects.toThrow('no');
  await expect(next).resolves.toBe('fine');
});
