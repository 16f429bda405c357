import { describe, expect, test } from '@jest/globals';
import { CannotJudge } from '../../src/github/cannot-judge.ts';
import type { GitHubError } from '../../src/github/errors.ts';
import { toGitHubError } from '../../src/github/errors.ts';
import { describeTrouble, describeUnjudgedPush } from '../../src/github/failure.ts';
import { GitError } from '../../src/git/git-error.ts';

const FAILED = { method: 'POST', url: '/repos/{owner}/{repo}/check-runs' };

function failure(status: number, headers: Record<string, string> = {}, message = 'No.'): GitHubError {
  return toGitHubError(Object.assign(new Error(message), { response: { status, headers } }), FAILED, 0);
}

describe('describeTrouble', () => {
  test('names the permission that GitHub names, else the one that the route needs', () => {
    const named = failure(403, { 'x-accepted-github-permissions': 'checks=write,contents=read' });
    expect(describeTrouble(named).summary).toContain('`checks=write,contents=read`');
    expect(describeTrouble(failure(403)).summary).toContain('`checks=write`');
  });

  test.each([
    [401, "App's id and private key"],
    [404, 'cannot see it'],
    [410, 'switched off'],
    [422, 'refused the request'],
    [429, 'rate limit is used up'],
    [502, 'githubstatus.com'],
  ])('says what to do after %i', (status, words) => {
    const { summary } = describeTrouble(failure(status, { 'x-github-request-id': 'AB:12' }));
    expect(summary).toContain(words);
    expect(summary).toContain('Re-run');
    expect(summary).toMatch(/AB:.?12/);
  });

  test('makes nothing of what a stranger wrote into the answer', () => {
    const { summary } = describeTrouble(failure(422, {}, '<img src=x> [x](https://evil.example) @all'));
    expect(summary).not.toMatch(/<img|[^\\]\]\(https|@all/);
  });

  test('tells a commit that is gone from a git that failed', () => {
    expect(describeTrouble(new GitError('not-found', 'no such commit')).summary).toContain('force push');
    expect(describeTrouble(new GitError('network', 'hung up')).summary).toContain('wait a minute');
  });

  test.each([
    [
      'a head without a common history',
      new GitError('no-merge-base', 'a and b have no history in common'),
      'rebase',
    ],
    ['what nobody could judge', new CannotJudge('there are too many', 'close some.'), 'close some.'],
  ])('takes no blame for %s', (_what, error, remedy) => {
    const { title, summary } = describeTrouble(error);
    expect(title).toBe('This cannot be judged');
    expect(summary).toContain(remedy);
    expect(summary).not.toMatch(/problem of gitops-warden|wait a minute/);
  });

  test('keeps the text of unforeseen errors for the log', () => {
    const error = new TypeError('cannot read hunter' + '2');
    expect(describeTrouble(error).summary).not.toContain('hunter');
    expect(describeUnjudgedPush(error).summary).not.toContain('hunter');
    expect(describeUnjudgedPush(error).summary).toContain('as you would at a direct push');
  });
});
