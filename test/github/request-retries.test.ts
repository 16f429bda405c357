import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { GitHubError } from '../../src/github/errors.ts';
import { askedPause } from '../../src/github/transient.ts';
import { getPullRequest } from '../../src/github/api/pull-requests.ts';
import { fakeClock, finishGitHub, mockGitHub, REPO, testApi } from './support/github.ts';

afterEach(finishGitHub);

const PULL = {
  number: 7,
  state: 'open',
  user: { login: 'ada' },
  head: { sha: 'h' },
  base: { ref: 'main' },
  commits: 3,
};

async function failureOf(promise: Promise<unknown>): Promise<GitHubError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof GitHubError) return error;
    throw error;
  }
  throw new Error('It should have failed.');
}

function post(api: ReturnType<typeof testApi>): Promise<unknown> {
  return api.octokit.request('POST /repos/{owner}/{repo}/issues', {
    owner: 'acme',
    repo: 'deploy',
    title: 't',
  });
}

describe('requests that are safe to repeat', () => {
  test('are repeated after 5xx answers and broken connections, with growing gaps', async () => {
    const clock = fakeClock();
    mockGitHub()
      .get(`${REPO}/pulls/7`)
      .reply(502)
      .get(`${REPO}/pulls/7`)
      .replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
      .get(`${REPO}/pulls/7`)
      .reply(200, PULL);
    const pull = await getPullRequest(testApi(clock), 7);
    expect(pull).toEqual({
      number: 7,
      open: true,
      author: 'ada',
      headSha: 'h',
      baseRef: 'main',
      commits: 3,
      draft: false,
    });
    expect(clock.sleeps).toEqual([500, 2_000]);
  });

  test('end in an error after four attempts', async () => {
    const clock = fakeClock();
    mockGitHub().get(`${REPO}/pulls/7`).times(4).reply(500, { message: 'Server Error' });
    const error = await failureOf(getPullRequest(testApi(clock), 7));
    expect(error).toMatchObject({ kind: 'unavailable', status: 500 });
    expect(clock.sleeps).toEqual([500, 2_000, 8_000]);
  });
});

describe('a POST', () => {
  test.each([500, 502, 503, 504])('is not repeated after %i', async (status) => {
    const clock = fakeClock();
    mockGitHub().post(`${REPO}/issues`).reply(status);
    expect((await failureOf(post(testApi(clock)))).status).toBe(status);
    expect(clock.sleeps).toEqual([]);
  });

  test('is not repeated after a broken connection', async () => {
    mockGitHub().post(`${REPO}/issues`).replyWithError('socket hang up');
    const error = await failureOf(post(testApi(fakeClock())));
    expect(error).toMatchObject({ kind: 'unavailable', status: null });
    expect(error.message).toContain('socket hang up');
  });

  test('is repeated after 429, once the time that GitHub gives is over', async () => {
    const clock = fakeClock();
    mockGitHub()
      .post(`${REPO}/issues`)
      .reply(429, { message: 'Too many' }, { 'retry-after': '60' })
      .post(`${REPO}/issues`)
      .reply(201, {});
    await post(testApi(clock));
    expect(clock.sleeps).toEqual([60_000]);
  });

  test('waits a minute at a secondary limit without Retry-After', async () => {
    const clock = fakeClock();
    mockGitHub()
      .post(`${REPO}/issues`)
      .reply(403, { message: 'You have exceeded a secondary rate limit.' })
      .post(`${REPO}/issues`)
      .reply(201, {});
    await post(testApi(clock));
    expect(clock.sleeps).toEqual([60_000]);
  });

  test('waits until the primary limit is reset', async () => {
    const clock = fakeClock();
    const reset = String(clock.now() / 1_000 + 90);
    mockGitHub()
      .post(`${REPO}/issues`)
      .reply(
        403,
        { message: 'API rate limit exceeded' },
        { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
      )
      .post(`${REPO}/issues`)
      .reply(201, {});
    await post(testApi(clock));
    expect(clock.sleeps).toEqual([91_000]);
  });
});

describe('rate limits', () => {
  test.each([180, 3_600])(
    'a wait of %i s is left to the job, which gives its place away',
    async (seconds) => {
      const clock = fakeClock();
      mockGitHub()
        .get(`${REPO}/pulls/7`)
        .reply(429, {}, { 'retry-after': String(seconds) });
      const error = await failureOf(getPullRequest(testApi(clock), 7));
      expect(error.kind).toBe('rate-limited');
      expect(askedPause(error)).toBe(seconds * 1_000);
      expect(clock.sleeps).toEqual([]);
    },
  );

  test('what GitHub says nothing about, and what is not GitHub, asks for no pause', async () => {
    mockGitHub().get(`${REPO}/pulls/7`).reply(404, {});
    expect(askedPause(await failureOf(getPullRequest(testApi(fakeClock()), 7)))).toBe(0);
    expect(askedPause(new Error('else'))).toBe(0);
  });

  test('three waits are the most', async () => {
    const clock = fakeClock();
    mockGitHub().get(`${REPO}/pulls/7`).times(4).reply(429, {}, { 'retry-after': '1' });
    expect((await failureOf(getPullRequest(testApi(clock), 7))).kind).toBe('rate-limited');
    expect(clock.sleeps).toEqual([1_000, 1_000, 1_000]);
  });
});

describe('errors', () => {
  test.each([
    [401, 'unauthorized'],
    [404, 'not-found'],
    [409, 'refused'],
    [410, 'gone'],
    [422, 'unprocessable'],
  ])('%i is %s, with the request id, and not repeated', async (status, kind) => {
    mockGitHub().get(`${REPO}/pulls/7`).reply(status, { message: 'No.' }, { 'x-github-request-id': 'AB:12' });
    const error = await failureOf(getPullRequest(testApi(fakeClock()), 7));
    expect(error).toMatchObject({ kind, status, requestId: 'AB:12', permission: null });
    expect(error.message).toBe(`GET /repos/{owner}/{repo}/pulls/{pull_number} answered ${status}: No.`);
  });

  test('a missing permission is named as GitHub names it', async () => {
    mockGitHub()
      .get(`${REPO}/pulls/7`)
      .reply(
        403,
        { message: 'Resource not accessible by integration' },
        { 'x-accepted-github-permissions': 'pull_requests=read' },
      );
    expect(await failureOf(getPullRequest(testApi(fakeClock()), 7))).toMatchObject({
      kind: 'permission',
      permission: 'pull_requests=read',
    });
  });

  test('a missing permission that GitHub does not name follows from the request', async () => {
    mockGitHub().post(`${REPO}/issues`).reply(403, { message: 'Resource not accessible by integration' });
    expect((await failureOf(post(testApi(fakeClock())))).permission).toBe('issues=write');
  });

  test('carry neither token nor body', async () => {
    mockGitHub().post(`${REPO}/issues`).reply(422, { message: 'No.' });
    const error = await failureOf(post(testApi(fakeClock())));
    const everything = inspect(error, { depth: 10, showHidden: true });
    expect(everything).not.toMatch(/authorization|token test/i);
  });
});
