import { afterAll } from '@jest/globals';
import nock from 'nock';
import type { Api } from '../../../src/github/api/api.ts';
import type { Clock } from '../../../src/github/clock.ts';
import { createOctokitClass } from '../../../src/github/octokit.ts';

export const API = 'https://api.github.com';
export const REPO = '/repos/acme/deploy';

export interface FakeClock extends Clock {
  /** Every wait that was asked for, in milliseconds. */
  readonly sleeps: number[];
}

/** A clock that never waits. */
export function fakeClock(): FakeClock {
  const sleeps: number[] = [];
  let now = Date.parse('2026-01-02T03:04:05Z');
  return {
    sleeps,
    now: () => now,
    sleep: (milliseconds) => {
      sleeps.push(milliseconds);
      now += milliseconds;
      // A turn of the event loop, so that the connection of the request before is settled.
      return new Promise((resolve) => setImmediate(resolve));
    },
  };
}

nock.disableNetConnect();
nock.enableNetConnect('127.0.0.1');
// What nock replaced would stay for the next test file in the same process.
afterAll(() => {
  nock.restore();
});

const unmatched: string[] = [];
nock.emitter.on('no match', ({ method, url }: Request) => {
  if (new URL(url).hostname !== '127.0.0.1') unmatched.push(`${method} ${url}`);
});

/** GitHub's API as nock answers it. Every request must be expected; call `finishGitHub` after each test. */
export function mockGitHub(): ReturnType<typeof nock> {
  return nock(API);
}

/** Fails on requests that nobody expected and on expected ones that nobody made. */
export function finishGitHub(): void {
  const pending = nock.pendingMocks();
  const wrong = [
    ...unmatched.map((line) => `unexpected: ${line}`),
    ...pending.map((line) => `missing: ${line}`),
  ];
  unmatched.length = 0;
  nock.abortPendingRequests();
  nock.cleanAll();
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Our client with a token that was already minted, for one repository. */
export function testApi(clock: Clock): Api {
  const Octokit = createOctokitClass(clock, false);
  const octokit = new Octokit({ auth: { token: 'test' }, log: silent, baseUrl: API });
  return { octokit, owner: 'acme', repo: 'deploy', clock };
}

export function sha(letter: string): string {
  return letter.repeat(40);
}

/** A check run as far as we read it. */
export function checkRunAnswer(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 900,
    head_sha: sha('a'),
    external_id: '',
    status: 'in_progress',
    app: { slug: 'warden' },
    output: { annotations_count: 0 },
    ...overrides,
  };
}

/** Our check on a commit, as GitHub lists it. */
export function expectCheckHistory(head: string, runs: readonly object[] | 'passed' = 'passed'): void {
  const run = {
    id: 1,
    app: { id: 4242 },
    conclusion: 'success',
    started_at: '2025-12-31T23:00:00Z',
    completed_at: '2025-12-31T23:00:05Z',
  };
  const all = runs === 'passed' ? [run] : runs.map((one) => ({ ...run, ...one }));
  mockGitHub()
    .get(`${REPO}/commits/${head}/check-runs`)
    .query({ check_name: 'gitops-warden', filter: 'all', per_page: 100 })
    .reply(200, { total_count: all.length, check_runs: all });
}
