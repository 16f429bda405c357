import { afterEach, describe, expect, test } from '@jest/globals';
import { mergePastCheck } from '../../src/github/merge-past-check.ts';
import { expectCheckHistory, finishGitHub, mockGitHub, REPO, sha } from './support/github.ts';
import { HEAD, jobHarness } from './support/job.ts';

afterEach(finishGitHub);

const PULL_HEAD = sha('d');
const PULL = {
  number: 7,
  merged_at: '2026-01-01T00:00:00Z',
  merge_commit_sha: HEAD,
  base: { ref: 'main', repo: { id: 5 } },
  head: { sha: PULL_HEAD },
};
const run = (
  id: number,
  started: string,
  completed: string | null,
  conclusion: string | null = 'success',
) => ({
  id,
  started_at: `2026-01-01T${started}Z`,
  completed_at: completed === null ? null : `2026-01-01T${completed}Z`,
  conclusion: completed === null ? null : conclusion,
});
const EARLY = {
  ...run(1, '00:00:00', '00:00:01'),
  started_at: '2025-12-31T22:00:00Z',
  completed_at: '2025-12-31T22:00:09Z',
};
const LATE = { ...EARLY, id: 2, started_at: '2025-12-31T23:50:00Z' };

function expectPulls(pull: object = PULL): void {
  mockGitHub().get(`${REPO}/commits/${HEAD}/pulls`).query({ per_page: 100 }).reply(200, [pull]);
}

/** How the branch is guarded: by branch protection, by rulesets, or not at all. */
function expectGuard(how: 'protection' | 'ruleset' | 'nothing' | 'hidden'): void {
  const checks =
    how === 'protection' ? [{ context: 'gitops-warden', app_id: 4242 }] : [{ context: 'ci', app_id: null }];
  const branch = mockGitHub().get(`${REPO}/branches/main`);
  if (how === 'hidden') {
    branch.reply(403, { message: 'Resource not accessible by integration' });
    return;
  }
  branch.reply(200, { protection: { required_status_checks: { checks } } });
  if (how === 'protection') return;
  const parameters = { required_status_checks: [{ context: 'gitops-warden', integration_id: 4242 }] };
  mockGitHub()
    .get(`${REPO}/rules/branches/main`)
    .query({ per_page: 100, page: 1 })
    .reply(200, how === 'ruleset' ? [{ type: 'required_status_checks', parameters, ruleset_id: 3 }] : []);
}

const ask = () => mergePastCheck(jobHarness().context, { branch: 'main', after: HEAD });

describe('a merge went past the required check', () => {
  test.each<[string, object[]]>([
    ['it had failed', [{ ...EARLY, conclusion: 'failure' }]],
    ['it had not been reported', []],
    ['it had not been reported', [{ ...LATE, conclusion: 'cancelled' }]],
    ['it had not ended', [EARLY, { ...LATE, completed_at: null, conclusion: null }]],
    ['it had not ended', [EARLY, { ...LATE, completed_at: '2026-01-01T00:05:00Z' }]],
    ['it had failed', [EARLY, { ...LATE, completed_at: '2025-12-31T23:51:00Z', conclusion: 'failure' }]],
  ])('when %s', async (what, runs) => {
    expectPulls();
    expectCheckHistory(PULL_HEAD, runs);
    expectCheckHistory(HEAD, []);
    expectGuard('ruleset');
    expect(await ask()).toBe(
      `The branch requires the check gitops-warden, and ${what} when pull request #7 was merged.`,
    );
  });

  test('whether branch protection or a ruleset requires it', async () => {
    expectPulls();
    expectCheckHistory(PULL_HEAD, []);
    expectCheckHistory(HEAD, []);
    expectGuard('protection');
    expect(await ask()).toContain('requires the check');
  });
});

describe('a merge did not', () => {
  test.each<[string, object[]]>([
    ['when it had passed', [EARLY]],
    ['when an earlier one had failed', [{ ...EARLY, conclusion: 'failure' }, LATE]],
    ['when it was asked for again at that moment', [EARLY, run(3, '00:00:20', null)]],
    [
      'when it failed long after, for another pull request',
      [EARLY, run(3, '02:00:00', '02:00:09', 'failure')],
    ],
    ['when clocks differ by a little', [run(1, '00:00:10', '00:00:15')]],
  ])('%s', async (_, runs) => {
    expectPulls();
    expectCheckHistory(PULL_HEAD, runs);
    expect(await ask()).toBeNull();
  });

  test('when the group of the merge queue had passed', async () => {
    expectPulls();
    expectCheckHistory(PULL_HEAD, []);
    expectCheckHistory(HEAD, [EARLY]);
    expect(await ask()).toBeNull();
  });

  test.each(['nothing', 'hidden'] as const)(
    'when the check is not required, as far as can be seen: %s',
    async (how) => {
      expectPulls();
      expectCheckHistory(PULL_HEAD, []);
      expectCheckHistory(HEAD, []);
      expectGuard(how);
      expect(await ask()).toBeNull();
    },
  );

  test.each([
    ['into another branch', { ...PULL, base: { ref: 'dev', repo: { id: 5 } } }],
    ['in another repository', { ...PULL, base: { ref: 'main', repo: { id: 6 } } }],
    ['that made another commit', { ...PULL, merge_commit_sha: sha('9') }],
    ['that is not done', { ...PULL, merged_at: null }],
  ])('when the pull request is one %s', async (_, pull) => {
    expectPulls(pull);
    expect(await ask()).toBeNull();
  });
});
