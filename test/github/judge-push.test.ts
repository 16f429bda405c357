import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GitError } from '../../src/git/git-error.ts';
import { judgePush } from '../../src/github/judge-push.ts';
import type { JudgePushJob } from '../../src/github/job.ts';
import { checkRunAnswer, expectCheckHistory, finishGitHub, mockGitHub, REPO, sha } from './support/github.ts';
import {
  BASE,
  BOT,
  denyActivity,
  finding,
  HEAD,
  jobHarness,
  publishAlerts,
  PUSH_JOB,
} from './support/job.ts';
import type { JobHarness } from './support/job.ts';

beforeEach(denyActivity);
afterEach(finishGitHub);

const ZEROS = '0'.repeat(40);
const MIDDLE = sha('c');
const PULL_HEAD = sha('d');

interface Issue {
  readonly title: string;
  readonly body: string;
  readonly labels: string[];
}

function merged(number: number, mergeCommit: string, overrides: Record<string, unknown> = {}): object {
  return {
    number,
    merged_at: '2026-01-01T00:00:00Z',
    merge_commit_sha: mergeCommit,
    base: { ref: 'main', repo: { id: 5 } },
    head: { sha: PULL_HEAD },
    ...overrides,
  };
}

const expectPulls = (commit: string, pulls: object[], times = 1) =>
  mockGitHub().get(`${REPO}/commits/${commit}/pulls`).query({ per_page: 100 }).times(times).reply(200, pulls);

const expectRules = (branch: string, rules: object[]): void => {
  mockGitHub().get(`${REPO}/rules/branches/${branch}`).query({ per_page: 100, page: 1 }).reply(200, rules);
};

const ISSUE = {
  number: 1,
  html_url: 'https://github.com/acme/deploy/issues/1',
  title: '',
  body: '',
  state: 'open',
  user: { login: BOT },
};

const ISSUE_QUERY = {
  labels: 'gitops-warden',
  creator: BOT,
  state: 'all',
  sort: 'created',
  direction: 'desc',
  per_page: 100,
  page: 1,
};

const expectIssues = (issues: object[]) =>
  mockGitHub().get(`${REPO}/issues`).query(ISSUE_QUERY).reply(200, issues);

function expectNewIssue(): Issue[] {
  const issues: Issue[] = [];
  mockGitHub()
    .post(`${REPO}/issues`, (body: Issue) => {
      issues.push(body);
      return true;
    })
    .reply(201, ISSUE);
  return issues;
}

/** Runs a push that is expected to raise the alert, and gives its issue. */
async function alertOf(harness: JobHarness, job: JudgePushJob): Promise<Issue> {
  expectIssues([]);
  const issues = expectNewIssue();
  await judgePush(harness.context, job);
  await publishAlerts(harness);
  expect(issues).toHaveLength(1);
  return issues[0]!;
}

describe('a push that pull requests account for', () => {
  test('as a merge or squash raises nothing', async () => {
    const { context, reviews } = jobHarness();
    expectPulls(HEAD, [merged(7, HEAD)], 2);
    expectCheckHistory(PULL_HEAD);
    await judgePush(context, PUSH_JOB);
    expect(reviews).toEqual([]);
  });

  test('as a rebase merge: each commit belongs to the pull request whose merge made the last', async () => {
    const { context, world } = jobHarness();
    world.commits.set(MIDDLE, [BASE]);
    world.commits.set(HEAD, [MIDDLE]);
    expectPulls(HEAD, [merged(7, HEAD)], 2);
    expectCheckHistory(PULL_HEAD);
    expectPulls(MIDDLE, [merged(7, HEAD)]);
    await judgePush(context, PUSH_JOB);
  });

  test('as a group of the merge queue: each commit is the merge of another pull request', async () => {
    const { context, world } = jobHarness();
    world.commits.set(MIDDLE, [BASE, sha('1')]);
    world.commits.set(HEAD, [MIDDLE, sha('2')]);
    expectPulls(HEAD, [merged(8, HEAD)], 2);
    expectCheckHistory(PULL_HEAD);
    expectPulls(MIDDLE, [merged(7, MIDDLE)]);
    await judgePush(context, PUSH_JOB);
  });

  test('is waited for while GitHub has not recorded the merge yet', async () => {
    const { context, clock } = jobHarness();
    expectPulls(HEAD, [merged(7, HEAD, { merged_at: null })]);
    expectPulls(HEAD, [merged(7, HEAD)], 2);
    expectCheckHistory(PULL_HEAD);
    await judgePush(context, PUSH_JOB);
    expect(clock.sleeps).toEqual([2_000]);
  });
});

describe('a direct push', () => {
  test.each([
    ['no pull request', []],
    ['one that is not merged', [merged(7, HEAD, { merged_at: null })]],
    ['one merged into another branch', [merged(7, HEAD, { base: { ref: 'dev', repo: { id: 5 } } })]],
    ['one merged in another repository', [merged(7, HEAD, { base: { ref: 'main', repo: { id: 6 } } })]],
    ['a squashed one whose own commit was pushed', [merged(7, sha('9'))]],
  ])('with %s is reviewed and becomes an issue', async (_what, pulls) => {
    const harness = jobHarness();
    harness.world.findings.set(BASE, [finding()]);
    expectPulls(HEAD, pulls, 3);
    const issue = await alertOf(harness, PUSH_JOB);
    expect(issue.title).toBe('Direct push to main by mallory, past the review');
    expect(issue.labels).toEqual(['gitops-warden']);
    expect(issue.body).toContain('apps/web.yaml:7');
    expect(issue.body).toContain(`git revert --no-edit ${BASE}..${HEAD}`);
    expect(harness.reviews[0]).toMatchObject({
      base: BASE,
      head: HEAD,
      push: {
        ref: 'refs/heads/main',
        before: BASE,
        after: HEAD,
        forced: false,
        deleted: false,
        pusher: 'mallory',
      },
    });
  });

  test('that hides behind a merged pull request is found by its first commit without one', async () => {
    const harness = jobHarness();
    harness.world.commits.set(MIDDLE, [BASE]);
    harness.world.commits.set(HEAD, [MIDDLE]);
    expectPulls(HEAD, [merged(7, HEAD)], 3);
    expectPulls(MIDDLE, [], 3);
    expect((await alertOf(harness, PUSH_JOB)).body).toContain(MIDDLE.slice(0, 12));
  });

  test('of a merge of the branch into something else is direct without a question', async () => {
    const harness = jobHarness();
    harness.world.commits.set(MIDDLE, []);
    harness.world.commits.set(HEAD, [MIDDLE, BASE]);
    expect((await alertOf(harness, PUSH_JOB)).body).toContain('own line');
  });

  test('is not raised twice when its event comes again', async () => {
    const harness = jobHarness();
    expectPulls(HEAD, [], 3);
    const { title, body } = await alertOf(harness, PUSH_JOB);
    expectPulls(HEAD, [], 3);
    const known = { ...ISSUE, title, body: body.replaceAll('\n', '\r\n') };
    mockGitHub().get(`${REPO}/issues/1`).reply(200, known);
    await judgePush(harness.context, PUSH_JOB);
    await publishAlerts(harness);
    expect(harness.audited.map(({ action }) => action)).toEqual(['alert-raised', 'alert-delivered']);
  });

  test("is raised although somebody else's issue carries the marker", async () => {
    const harness = jobHarness();
    expectPulls(HEAD, [], 3);
    await judgePush(harness.context, PUSH_JOB);
    const [job] = harness.enqueued;
    if (job?.kind !== 'publish-alert') throw new Error('no alert');
    expectIssues([
      { ...ISSUE, user: { login: 'mallory' }, body: `<!-- gitops-warden:alert ${job.incident.id} -->` },
    ]);
    const issues = expectNewIssue();
    await publishAlerts(harness);
    expect(issues).toHaveLength(1);
  });

  test('opens one issue when the answer to the request is lost', async () => {
    const harness = jobHarness();
    const { context } = harness;
    expectPulls(HEAD, [], 3);
    expectIssues([]);
    let body = '';
    mockGitHub()
      .post(`${REPO}/issues`, (posted: Issue) => {
        body = posted.body;
        return true;
      })
      .reply(502);
    mockGitHub()
      .get(`${REPO}/issues`)
      .query(ISSUE_QUERY)
      .reply(200, () => [{ ...ISSUE, body }]);
    await judgePush(context, PUSH_JOB);
    await publishAlerts(harness);
  });
});

describe('a push that rewrites, creates or deletes', () => {
  test('a force push is direct without a question', async () => {
    const harness = jobHarness();
    harness.world.refs.set('refs/heads/main', HEAD);
    harness.world.commits.set(HEAD, [MIDDLE]);
    harness.world.commits.set(MIDDLE, []);
    const { title, body } = await alertOf(harness, { ...PUSH_JOB, forced: true });
    expect(title).toBe('Force push to main by mallory, past the review');
    expect(body).toContain(`--force-with-lease=refs/heads/main:${HEAD}`);
    expect(body).toContain('No pull request rewrites the history');
    expect(harness.fetched).toContainEqual([`+${BASE}:refs/gitops-warden/commits/${BASE}`]);
  });

  test('a force push whose earlier state is gone is raised without a review that could be mistaken for a pass', async () => {
    const harness = jobHarness();
    harness.world.refs.set('refs/heads/main', HEAD);
    harness.world.commits.delete(BASE);
    harness.world.commits.set(HEAD, []);
    const { body } = await alertOf(harness, { ...PUSH_JOB, forced: true });
    expect(body).toContain('Not checked');
    expect(body).not.toContain('found nothing');
    expect(harness.reviews).toEqual([]);
  });

  test('the deletion of the default branch is raised with the way back', async () => {
    const harness = jobHarness();
    harness.world.refs.delete('refs/heads/main');
    const { title, body } = await alertOf(harness, { ...PUSH_JOB, deleted: true, after: ZEROS });
    expect(title).toBe('Deletion of main by mallory, past the review');
    expect(body).toContain(`git push origin ${BASE}:refs/heads/main`);
  });

  const release: JudgePushJob = { ...PUSH_JOB, ref: 'refs/heads/release', created: true, before: ZEROS };
  const expectProtected = (): void => {
    mockGitHub()
      .get(`${REPO}/branches/release`)
      .reply(200, { protected: true, protection: { enabled: true } });
    expectRules('release', [{ type: 'pull_request' }]);
  };

  test('a protected branch that is created from the default branch raises nothing', async () => {
    const { context, reviews } = jobHarness();
    expectProtected();
    await judgePush(context, { ...release, after: BASE });
    expect(reviews).toEqual([]);
  });

  test('a protected branch that is created with commits of its own is raised', async () => {
    const harness = jobHarness();
    expectProtected();
    const { title } = await alertOf(harness, release);
    expect(title).toBe('Creation of release by mallory, past the review');
    expect(harness.reviews[0]).toMatchObject({ base: BASE, head: HEAD });
  });

  test('the first push to a repository raises nothing', async () => {
    const { context } = jobHarness();
    await judgePush(context, { ...PUSH_JOB, created: true, before: ZEROS });
  });
});

describe('other branches', () => {
  const feature: JudgePushJob = { ...PUSH_JOB, ref: 'refs/heads/team/feature' };
  const expectBranch = (status: number, answer: object) =>
    mockGitHub().get(`${REPO}/branches/team%2Ffeature`).reply(status, answer);

  test('that nobody watches are left alone', async () => {
    const { context, reviews } = jobHarness();
    expectBranch(200, { protected: false, protection: { enabled: false } });
    await judgePush(context, feature);
    expect(reviews).toEqual([]);
  });

  test('that GitHub protects are watched', async () => {
    const harness = jobHarness();
    expectBranch(200, { protected: true, protection: { enabled: false } });
    expectRules('team%2Ffeature', [{ type: 'pull_request' }]);
    expectPulls(HEAD, [], 3);
    expect((await alertOf(harness, feature)).title).toContain('team/feature');
  });

  const expectProtection = (status: number, answer: object): void => {
    mockGitHub().get(`${REPO}/branches/team%2Ffeature/protection`).reply(status, answer);
  };

  test.each<[string, boolean, object[], [number, object] | null]>([
    ['a ruleset wants signed commits only', false, [{ type: 'required_signatures' }], null],
    [
      'branch protection wants nothing of a push',
      true,
      [],
      [200, { required_signatures: { enabled: true }, lock_branch: { enabled: false } }],
    ],
    [
      'there is only a ruleset, whatever the branch says',
      true,
      [{ type: 'deletion' }],
      [404, { message: 'Branch not protected' }],
    ],
  ])('to which people push all day, because %s, are left alone', async (_, enabled, rules, protection) => {
    const { context, reviews } = jobHarness();
    expectBranch(200, { protected: true, protection: { enabled } });
    expectRules('team%2Ffeature', rules);
    if (protection !== null) expectProtection(...protection);
    await judgePush(context, feature);
    expect(reviews).toEqual([]);
  });

  test.each<[string, object[], [number, object]]>([
    ['wants a check', [], [200, { required_status_checks: {} }]],
    ['says who may push', [{ type: 'deletion' }], [200, { restrictions: {} }]],
    ['is locked', [], [200, { lock_branch: { enabled: true } }]],
    ['may not be asked about', [], [403, { message: 'Resource not accessible by integration' }]],
    ['is hidden', [], [404, { message: 'Not Found' }]],
  ])('whose branch protection %s are watched', async (_, rules, protection) => {
    const harness = jobHarness();
    expectBranch(200, { protected: true, protection: { enabled: true } });
    expectRules('team%2Ffeature', rules);
    expectProtection(...protection);
    expectPulls(HEAD, [], 3);
    expect((await alertOf(harness, feature)).title).toContain('team/feature');
  });

  test('that the policy names are watched, also when they are gone', async () => {
    const harness = jobHarness();
    harness.world.protectedBranches = ['team/*'];
    expectBranch(404, { message: 'Branch not found' });
    await alertOf(harness, { ...feature, deleted: true, after: ZEROS });
  });
});

describe('a push that cannot be judged', () => {
  test('or told about is in the audit trail all the same, with the alert that failed and why', async () => {
    const harness = jobHarness();
    const { context, audited } = harness;
    expectPulls(HEAD, [], 3);
    expectIssues([]);
    mockGitHub().post(`${REPO}/issues`).reply(410, { message: 'Issues are disabled for this repo' });
    mockGitHub().post(`${REPO}/check-runs`).reply(201, checkRunAnswer());
    mockGitHub().patch(`${REPO}/check-runs/900`).reply(200, checkRunAnswer());
    await judgePush(context, PUSH_JOB);
    await publishAlerts(harness);
    expect(audited).toMatchObject([
      { action: 'alert-raised', actor: 'mallory', subject: 'refs/heads/main' },
      {
        action: 'alert-failed',
        actor: 'mallory',
        detail: {
          alert: 'direct-push',
          channel: 'github-issue',
          destination: 'https://github.com/acme/deploy',
          error: expect.stringContaining('Issues are disabled'),
        },
      },
    ]);
  });

  test('puts a failed check on a branch that GitHub guards', async () => {
    const { context, world } = jobHarness();
    world.onFetch = () => {
      throw new GitError('network', 'the remote hung up');
    };
    mockGitHub()
      .post(`${REPO}/check-runs`, (body: { head_sha: string }) => body.head_sha === HEAD)
      .reply(201, checkRunAnswer());
    mockGitHub()
      .patch(`${REPO}/check-runs/900`, (body: { conclusion: string; output: { summary: string } }) => {
        return body.conclusion === 'failure' && body.output.summary.includes('hung up');
      })
      .reply(200, checkRunAnswer());
    await judgePush(context, PUSH_JOB);
  });

  test('is reviewed no further than possible, and the alert says so', async () => {
    const harness = jobHarness();
    harness.world.onReview = () => {
      throw new Error('rule set broken: hunter' + '2');
    };
    expectPulls(HEAD, [], 3);
    const { body } = await alertOf(harness, PUSH_JOB);
    expect(body).toContain('could not review');
    expect(body).not.toContain('hunter');
    expect(harness.lines.join()).toContain('could not be reviewed');
  });
});
