import { afterEach, describe, expect, test } from '@jest/globals';
import { createGitTokens } from '../../src/github/git-token.ts';
import type { GitTokens } from '../../src/github/git-token.ts';
import { fakeClock, finishGitHub, mockGitHub, testApi } from './support/github.ts';
import type { FakeClock } from './support/github.ts';

afterEach(finishGitHub);

const MINUTE = 60_000;

function tokensWith(clock: FakeClock): GitTokens {
  const { octokit } = testApi(clock);
  return createGitTokens(() => Promise.resolve(octokit), clock);
}

function expectToken(clock: FakeClock, token: string, installation = 42, repository = 5): void {
  mockGitHub()
    .post(`/app/installations/${installation}/access_tokens`, {
      repository_ids: [repository],
      permissions: { contents: 'read' },
    })
    .reply(201, { token, expires_at: new Date(clock.now() + 60 * MINUTE).toISOString() });
}

describe('a token for git', () => {
  test('may read one repository only, and is kept', async () => {
    const clock = fakeClock();
    const tokens = tokensWith(clock);
    expectToken(clock, 'first');
    expect(await tokens.get(42, 5)).toBe('first');
    await clock.sleep(54 * MINUTE);
    expect(await tokens.get(42, 5)).toBe('first');
  });

  test('is replaced five minutes before it expires, so that a fetch cannot outlive it', async () => {
    const clock = fakeClock();
    const tokens = tokensWith(clock);
    expectToken(clock, 'first');
    await tokens.get(42, 5);
    await clock.sleep(55 * MINUTE);
    expectToken(clock, 'second');
    expect(await tokens.get(42, 5)).toBe('second');
  });

  test('is never handed out for another repository or installation', async () => {
    const clock = fakeClock();
    const tokens = tokensWith(clock);
    expectToken(clock, 'a', 42, 5);
    expectToken(clock, 'b', 42, 6);
    expectToken(clock, 'c', 43, 5);
    expect([await tokens.get(42, 5), await tokens.get(42, 6), await tokens.get(43, 5)]).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  test('is asked for again after a server error, although that is a POST', async () => {
    const clock = fakeClock();
    mockGitHub().post('/app/installations/42/access_tokens').reply(502);
    expectToken(clock, 'late');
    expect(await tokensWith(clock).get(42, 5)).toBe('late');
  });

  test('that was refused is not kept as an answer', async () => {
    const clock = fakeClock();
    const tokens = tokensWith(clock);
    mockGitHub().post('/app/installations/42/access_tokens').reply(404, { message: 'Not Found' });
    await expect(tokens.get(42, 5)).rejects.toMatchObject({ kind: 'not-found' });
    expectToken(clock, 'later');
    expect(await tokens.get(42, 5)).toBe('later');
  });
});
