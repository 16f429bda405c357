import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Commit } from '../../src/engine/change.ts';
import { judgePush } from '../../src/github/judge-push.ts';
import { reviewPullRequest } from '../../src/github/review-pull-request.ts';
import { checkRunAnswer, finishGitHub, mockGitHub, REPO, sha } from './support/github.ts';
import {
  BASE,
  BOT,
  denyActivity,
  finding,
  HEAD,
  jobHarness,
  publishAlerts,
  PULL_JOB,
  pullAnswer,
  PUSH_JOB,
} from './support/job.ts';

afterEach(finishGitHub);

const ended = checkRunAnswer({ status: 'completed' });

function expectCheck(): void {
  mockGitHub().post(`${REPO}/check-runs`).reply(201, checkRunAnswer());
  mockGitHub().patch(`${REPO}/check-runs/900`).reply(200, ended);
}

describe("GitHub's rate limit", () => {
  test('is waited for as long as GitHub asks, then the same review goes on', async () => {
    const { context, world, clock } = jobHarness();
    world.findings.set(BASE, [finding()]);
    const bodies: unknown[] = [];
    const keep = (body: unknown): boolean => bodies.push(body) > 0;
    mockGitHub().get(`${REPO}/pulls/7`).reply(200, pullAnswer(7));
    expectCheck();
    const reviewThreads = { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] };
    mockGitHub()
      .post('/graphql')
      .reply(200, { data: { repository: { pullRequest: { reviewThreads } } } });
    mockGitHub()
      .post(`${REPO}/pulls/7/reviews`, keep)
      .reply(429, { message: 'Too many requests' }, { 'retry-after': '37' });
    mockGitHub().post(`${REPO}/pulls/7/reviews`, keep).reply(200, {});
    await reviewPullRequest(context, PULL_JOB);
    expect(clock.sleeps).toEqual([37_000]);
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toEqual(bodies[0]);
  });

  test('for longer than a quarter of an hour fails the check instead', async () => {
    const { context, world, clock } = jobHarness();
    world.findings.set(BASE, [finding({ severity: 'warning' })]);
    mockGitHub().get(`${REPO}/pulls/7`).reply(200, pullAnswer(7));
    mockGitHub().post(`${REPO}/check-runs`).reply(201, checkRunAnswer());
    mockGitHub()
      .post('/graphql')
      .reply(403, { message: 'You have exceeded a secondary rate limit.' }, { 'retry-after': '3600' });
    mockGitHub()
      .patch(`${REPO}/check-runs/900`, (body: { conclusion: string; output: { summary: string } }) => {
        return body.conclusion === 'failure' && body.output.summary.includes('rate limit');
      })
      .reply(200, ended);
    await reviewPullRequest(context, PULL_JOB);
    expect(clock.sleeps).toEqual([]);
  });
});

describe('the pull request as it is now', () => {
  test('counts when it was given another base since the event', async () => {
    const { context, world, reviews } = jobHarness();
    world.refs.set('refs/heads/release', sha('c'));
    world.commits.set(sha('c'), []);
    mockGitHub()
      .get(`${REPO}/pulls/7`)
      .reply(200, pullAnswer(7, { base: { ref: 'release' } }));
    expectCheck();
    await reviewPullRequest(context, PULL_JOB);
    expect(reviews.map(({ base }) => base)).toEqual([sha('c')]);
  });

  test('is judged from the base repository alone when its fork is gone', async () => {
    const { context, fetched, reviews } = jobHarness();
    mockGitHub()
      .get(`${REPO}/pulls/7`)
      .reply(200, pullAnswer(7, { head: { sha: HEAD, ref: 'x', repo: null, user: null } }));
    expectCheck();
    await reviewPullRequest(context, PULL_JOB);
    expect(fetched).toEqual([['+refs/heads/main:refs/heads/main', '+refs/pull/7/head:refs/pull/7/head']]);
    expect(reviews).toHaveLength(1);
  });

  test('has its commits read page by page, up to what GitHub lists', async () => {
    const { context, world } = jobHarness();
    const all = Array.from({ length: 251 }, (_unused, index) => index.toString(16).padStart(40, '0'));
    let valid = 0;
    world.onReview = async ({ witness }) => {
      const asked = all.map((one) => ({ sha: one }) as Commit);
      const evidence = await witness?.evidence(asked, { verdict: true, accountKeys: false, decides: false });
      valid = [...(evidence?.values() ?? [])].filter(({ verdict }) => verdict?.state === 'valid').length;
    };
    mockGitHub()
      .get(`${REPO}/pulls/7`)
      .reply(200, pullAnswer(7, { commits: 251 }));
    const listed = all.slice(0, 250).map((one) => ({
      sha: one,
      commit: { verification: { verified: true, reason: 'valid' } },
      committer: { login: 'ann' },
    }));
    for (const page of [1, 2, 3]) {
      mockGitHub()
        .get(`${REPO}/pulls/7/commits`)
        .query({ per_page: 100, page })
        .reply(200, listed.slice((page - 1) * 100, page * 100));
    }
    // The comparison goes on where the list of the pull request ends.
    for (const page of [1, 2, 3]) {
      mockGitHub()
        .get(`${REPO}/compare/${BASE}...${HEAD}`)
        .query({ per_page: 100, page })
        .reply(200, { commits: page < 3 ? listed.slice((page - 1) * 100, page * 100) : [] });
    }
    mockGitHub().post(`${REPO}/check-runs`).reply(201, checkRunAnswer());
    mockGitHub()
      .patch(`${REPO}/check-runs/900`, (body: { output: { summary: string } }) =>
        body.output.summary.includes('GitHub lists 250 of the 251 commits'),
      )
      .reply(200, ended);
    await reviewPullRequest(context, PULL_JOB);
    expect(valid).toBe(250);
  });
});

describe('the issue about a direct push', () => {
  beforeEach(denyActivity);
  const ISSUE = { number: 1, html_url: 'u', title: '', body: '', state: 'open', user: { login: BOT } };

  const expectPulls = () =>
    mockGitHub().get(`${REPO}/commits/${HEAD}/pulls`).query(true).times(3).reply(200, []);
  const expectIssues = (issues: object[]) =>
    mockGitHub().get(`${REPO}/issues`).query(true).reply(200, issues);

  test('is posted again when the connection broke and nothing stands', async () => {
    const harness = jobHarness();
    expectPulls();
    expectIssues([]);
    mockGitHub().post(`${REPO}/issues`).replyWithError('socket hang up');
    expectIssues([]);
    mockGitHub().post(`${REPO}/issues`).reply(201, ISSUE);
    await judgePush(harness.context, PUSH_JOB);
    await publishAlerts(harness);
  });

  test('of a public repository says no place of a credential', async () => {
    const harness = jobHarness({ isPrivate: false });
    harness.world.findings.set(BASE, [
      finding({
        ruleId: 'no-plaintext-secret',
        message: 'Secret `payments` keeps `password` in plain text.',
      }),
    ]);
    let posted = '';
    expectPulls();
    expectIssues([]);
    mockGitHub()
      .post(`${REPO}/issues`, (body: unknown) => {
        posted = JSON.stringify(body);
        return true;
      })
      .reply(201, ISSUE);
    await judgePush(harness.context, PUSH_JOB);
    await publishAlerts(harness);
    expect(posted).toContain('1 finding about credentials');
    expect(posted).not.toMatch(/apps\/web|payments/);
  });

  test('that cannot be opened, issues being switched off, becomes a failed check on the commit', async () => {
    const harness = jobHarness();
    expectPulls();
    mockGitHub().get(`${REPO}/issues`).query(true).reply(410, { message: 'Issues are disabled' });
    mockGitHub()
      .post(`${REPO}/check-runs`, (body: { head_sha: string }) => body.head_sha === HEAD)
      .reply(201, checkRunAnswer());
    mockGitHub()
      .patch(`${REPO}/check-runs/900`, (body: { conclusion: string }) => body.conclusion === 'failure')
      .reply(200, ended);
    await judgePush(harness.context, PUSH_JOB);
    await publishAlerts(harness);
  });
});
