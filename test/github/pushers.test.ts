import { afterEach, describe, expect, test } from '@jest/globals';
import { pushersOf } from '../../src/github/api/activity.ts';
import { finishGitHub, mockGitHub, REPO, sha } from './support/github.ts';
import { jobHarness } from './support/job.ts';

afterEach(finishGitHub);

const REF = 'refs/heads/change';
const COMMITS = new Set([sha('1'), sha('2')]);
const entry = (after: string, actor: string | null, more: object = {}) => ({
  ...{ ref: REF, before: sha('0'), after, activity_type: 'push' },
  actor: actor === null ? null : { login: actor },
  ...more,
});

function expectActivity(entries: object[], status = 200): void {
  mockGitHub()
    .get(`${REPO}/activity`)
    .query({ ref: REF, direction: 'desc', per_page: 100 })
    .reply(status, status === 200 ? entries : { message: 'Resource not accessible by integration' });
}

const ask = () => pushersOf(jobHarness().context.api, REF, COMMITS);

describe('who pushed some commits', () => {
  test('is everybody whose push ended in one of them, also long ago, whatever case GitHub writes', async () => {
    expectActivity([
      entry(sha('2'), 'Mona'),
      entry(sha('1'), 'bob', { activity_type: 'force_push' }),
      entry(sha('1'), 'carol', { activity_type: 'branch_creation' }),
    ]);
    expect(await ask()).toEqual({ logins: new Set(['mona', 'bob', 'carol']), complete: true });
  });

  test('is nobody who pushed something else, elsewhere, or only merged or deleted', async () => {
    expectActivity([
      entry(sha('9'), 'dave'),
      entry(sha('1'), 'erin', { ref: 'refs/heads/other' }),
      entry(sha('1'), 'frank', { activity_type: 'branch_deletion' }),
      entry(sha('1'), 'grace', { activity_type: 'pr_merge' }),
      entry(sha('1'), null),
    ]);
    expect(await ask()).toMatchObject({ logins: new Set() });
  });

  test('is not all known when the branch has had more pushes than are looked at', async () => {
    const many = Array.from({ length: 99 }, () => entry(sha('2'), 'dave'));
    expectActivity([...many, entry(sha('1'), 'bob')]);
    expect(await ask()).toEqual({ logins: new Set(['dave', 'bob']), complete: false });
    expectActivity([...many, entry(sha('1'), 'bob', { activity_type: 'branch_creation' })]);
    expect((await ask()) as object).toMatchObject({ complete: true });
    // A branch that lives long, such as one from which others are promoted.
    expectActivity([...many, entry(sha('9'), 'bob')]);
    expect((await ask()) as object).toMatchObject({ logins: new Set(['dave']), complete: true });
  });

  test.each([403, 404])('is not told when GitHub answers %d, and then that is said', async (status) => {
    expectActivity([], status);
    expect(await ask()).toMatchObject({ notTold: expect.stringContaining('activity log') });
  });
});
