import { expect, test } from '@jest/globals';
import type { ProbotOctokit } from 'probot';
import { GitHubError, type GitHubErrorKind } from '../../src/github/errors.ts';
import { createReadiness, type Readiness } from '../../src/github/readiness.ts';
import type { Worker } from '../../src/jobs/worker.ts';
import type { Store } from '../../src/store/store.ts';

interface Parts {
  readonly idleSince?: number;
  readonly ping?: () => Promise<void>;
  /** What GitHub's answer to a request of the App is. */
  readonly answer?: GitHubErrorKind | null;
}

function readinessOf({
  idleSince = 0,
  ping = () => Promise.resolve(),
  answer = null,
}: Parts = {}): Readiness {
  const details = { status: null, request: 'GET /app', requestId: null, permission: null, retryAfter: null };
  const request = (): Promise<unknown> =>
    answer === null
      ? Promise.resolve({})
      : Promise.reject(new GitHubError(answer, { kind: answer, ...details }));
  const worker = { idleSince: () => idleSince } as Partial<Worker> as Worker;
  const client = { request } as unknown as ProbotOctokit;
  return createReadiness({ ping } as Partial<Store> as Store, worker, () => Promise.resolve(client));
}

/** An answer after the first, which the latest word about the key decides. */
async function settled(readiness: Readiness): Promise<readonly string[]> {
  await readiness.problems();
  await new Promise((resolve) => setTimeout(resolve, 20));
  return readiness.problems();
}

test('a replica that can work is ready', async () => {
  expect(await settled(readinessOf({ idleSince: 59_000 }))).toEqual([]);
});

test('a replica that stops is not, whatever else holds', async () => {
  const readiness = readinessOf();
  expect(await settled(readiness)).toEqual([]);
  readiness.drain();
  expect(await readiness.problems()).toEqual(['This replica is stopping.']);
});

// GitHub answers 404 for a number that is no App's.
test.each(['unauthorized', 'not-found'] as const)(
  'one whose key GitHub refuses (%s) is not, from the first',
  async (answer) => {
    expect(await readinessOf({ answer }).problems()).toEqual([
      expect.stringMatching(/^GitHub does not accept the App's key: check APP_ID/),
    ]);
  },
);

test('one that cannot reach GitHub is: events are kept until it is back', async () => {
  expect(await settled(readinessOf({ answer: 'unavailable' }))).toEqual([]);
});

test('one whose worker takes no more jobs is not', async () => {
  expect(await settled(readinessOf({ idleSince: 61_000 }))).toEqual([
    'The queue is stuck: the worker here does not look for work any more, or none of its jobs ends.',
  ]);
});

test.each([
  ['refuses', () => Promise.reject(new Error('away')), 'The store cannot be reached; the log says why.'],
  ['does not answer', () => new Promise<void>(() => undefined), 'The store does not answer.'],
])('one whose store %s is not', async (_, ping, problem) => {
  expect(await readinessOf({ ping }).problems()).toEqual([problem]);
});
