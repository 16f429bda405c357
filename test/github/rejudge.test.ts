import { afterEach, describe, expect, test } from '@jest/globals';
import { policyHash } from '../../src/config/policy.ts';
import { bindingOf, policyIn } from '../../src/github/binding.ts';
import { toStored, type ReviewPullRequestJob } from '../../src/github/job.ts';
import { rejudgeRepository } from '../../src/github/rejudge/rejudge-repository.ts';
import { rejudgeJob } from '../../src/github/rejudge/rejudge-job.ts';
import { reviewPullRequest } from '../../src/github/review-pull-request.ts';
import { withWaivers } from '../../src/pipeline/given-waivers.ts';
import { givenWaivers } from '../../src/github/given-waivers.ts';
import type { GivenWaiver } from '../../src/store/waivers.ts';
import { missingFeatures } from '../../src/github/server-features.ts';
import { checkRunAnswer, finishGitHub, mockGitHub, REPO, sha } from './support/github.ts';
import { BASE, HEAD, jobHarness, PULL_JOB, pullAnswer, type JobHarness } from './support/job.ts';

afterEach(finishGitHub);

const JOB = rejudgeJob({ installationId: 42, repository: PULL_JOB.repository }, 'main', 'push/rejudge');

function expectList(...pulls: [number: number, head: string, base?: string][]): void {
  mockGitHub()
    .get(`${REPO}/pulls`)
    .query(({ base, state }) => base === 'main' && state === 'open')
    .reply(
      200,
      pulls.map(([number, head, base = 'main']) => ({
        number,
        head: { sha: head },
        base: { ref: base },
        updated_at: '2026-01-01T00:00:00Z',
      })),
    );
}

const expectCheck = (head: string) =>
  mockGitHub()
    .post(`${REPO}/check-runs`, ({ head_sha }: { head_sha: string }) => head_sha === head)
    .reply(201, checkRunAnswer({ head_sha: head }));

/** Gives a head its verdict under a policy. */
async function judged({ context }: JobHarness, head: string, policy: string): Promise<void> {
  const binding = bindingOf([{ base: BASE, head, policyHash: policy }]);
  await context.environment.ledger.judged(context.repository.id, head, { binding, pullRequests: [7] });
}

const WAIVER: GivenWaiver = {
  ruleId: 'no-open-ingress',
  path: null,
  fingerprint: 'f'.repeat(32),
  digest: 'd'.repeat(64),
  reason: 'Known.',
  approver: 'mona',
  until: '2030-01-01',
  comment: '1',
};

async function policyNow({ context }: JobHarness): Promise<string> {
  return (await context.environment.policyAt(undefined as never, BASE)).hash;
}

describe('pull requests under another policy', () => {
  test('get a check in progress and a review in the background; those under the same one nothing', async () => {
    const harness = jobHarness();
    await judged(harness, HEAD, 'f'.repeat(64));
    await judged(harness, sha('e'), await policyNow(harness));
    expectList([7, HEAD], [8, sha('e')], [9, sha('d')]);
    expectCheck(HEAD);
    expectCheck(sha('d'));
    await rejudgeRepository(harness.context, JOB);
    const reviews = harness.enqueued as ReviewPullRequestJob[];
    expect(reviews.map(({ number, background }) => [number, background])).toEqual([
      [7, true],
      [9, true],
    ]);
    for (const { key } of reviews) {
      expect(await harness.context.environment.openChecks.ofKey(key)).toHaveLength(1);
    }
    // Nothing that is said of the head before counts.
    expect(await harness.context.environment.ledger.verdictOn(5, HEAD)).toBeNull();
  });

  test('that somebody waits for keep their turn, and are begun anew', async () => {
    const harness = jobHarness();
    const environment = {
      ...harness.context.environment,
      liveKeys: (keys: readonly string[]) => Promise.resolve(new Set(keys)),
    };
    expectList([7, HEAD]);
    await rejudgeRepository({ ...harness.context, environment }, JOB);
    expect(harness.enqueued).toMatchObject([{ number: 7, key: '5/pull/7', supersedes: true }]);
    expect(harness.enqueued[0]).not.toHaveProperty('background');
  });

  test('a second attempt makes no second check', async () => {
    const harness = jobHarness();
    expectList([7, HEAD]);
    expectCheck(HEAD);
    await rejudgeRepository(harness.context, JOB);
    expectList([7, HEAD]);
    mockGitHub().get(`${REPO}/check-runs/900`).reply(200, checkRunAnswer());
    await rejudgeRepository(harness.context, JOB);
    expect(await harness.context.environment.openChecks.ofKey('5/pull/7')).toHaveLength(1);
  });

  test('of a branch that is gone are left alone', async () => {
    const harness = jobHarness();
    harness.world.refs.delete('refs/heads/main');
    expectList([7, HEAD]);
    await rejudgeRepository(harness.context, JOB);
    expect(harness.enqueued).toEqual([]);
  });

  test('lose their verdict at once, and wait for the next while the hourly limit is wanted by others', async () => {
    const harness = jobHarness();
    const environment = { ...harness.context.environment, rateLimitLeft: () => 0.39 };
    expectList([7, HEAD]);
    expectCheck(HEAD);
    await rejudgeRepository({ ...harness.context, environment }, JOB);
    expect(harness.enqueued).toMatchObject([{ number: 7, background: true }]);
    mockGitHub().get(`${REPO}/pulls/7`).reply(200, pullAnswer(7));
    await expect(
      reviewPullRequest({ ...harness.context, environment }, { ...PULL_JOB, background: true }),
    ).rejects.toMatchObject({ kind: 'rate-limited' });
    expect(harness.reviews).toEqual([]);
  });

  test('wait when next to nothing is left of the limit', async () => {
    const harness = jobHarness();
    const environment = { ...harness.context.environment, rateLimitLeft: () => 0.04 };
    expectList([7, HEAD]);
    await expect(rejudgeRepository({ ...harness.context, environment }, JOB)).rejects.toMatchObject({
      kind: 'rate-limited',
      retryAfter: 300_000,
    });
  });

  test('that have waivers keep a verdict under the same policy and waivers', async () => {
    const harness = jobHarness();
    const { environment: plain } = harness.context;
    const environment = { ...plain, waivers: { ...plain.waivers, of: () => Promise.resolve([WAIVER]) } };
    const waivers = await givenWaivers({ ...harness.context, environment }, 7);
    await judged(harness, HEAD, withWaivers(await policyNow(harness), waivers));
    expectList([7, HEAD]);
    await rejudgeRepository({ ...harness.context, environment }, JOB);
    expect(harness.enqueued).toEqual([]);
  });

  test('that nobody knows to be under another are left alone by the regular look', async () => {
    const harness = jobHarness();
    await judged(harness, HEAD, 'f'.repeat(64));
    await harness.context.environment.ledger.judged(5, sha('e'), null);
    expectList([7, HEAD], [8, sha('e')], [9, sha('d')]);
    expectCheck(HEAD);
    await rejudgeRepository(harness.context, { ...JOB, regular: true });
    expect(harness.enqueued).toMatchObject([{ number: 7 }]);
  });
});

test('a review in the background comes after everything that somebody waits for', () => {
  const priority = (job: Parameters<typeof toStored>[0]): number => toStored(job).priority;
  expect(priority({ ...PULL_JOB, background: true })).toBeLessThan(priority(PULL_JOB));
  expect(priority(JOB)).toBeGreaterThan(priority({ ...PULL_JOB, background: true }));
});

test('the policy of a verdict stands in what it is bound to, unless it is one of several', () => {
  const policy = policyHash({} as never, 'rules');
  const one = { base: BASE, head: HEAD, policyHash: policy };
  expect(policyIn(bindingOf([one]))).toBe(policy);
  expect(policyIn(bindingOf([one, { ...one, base: sha('c') }]))).toBeNull();
  expect(policyIn('attempt-1')).toBeNull();
});

test.each([
  ['enterprise-server@3.11.4', ['merge queue']],
  ['3.9.0', ['merge queue']],
  ['3.12.0', []],
  ['4.0', []],
  ['', []],
])('Enterprise Server %s lacks %j', (version, names) => {
  expect(missingFeatures(version).map(({ name }) => name)).toEqual(names);
});
