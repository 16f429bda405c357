import { afterEach, describe, expect, test } from '@jest/globals';
import { isAllowed } from '../../src/github/allowed-pusher.ts';
import { judgePush } from '../../src/github/judge-push.ts';
import type { DeliverAlertJob, JudgePushJob, PublishAlertJob, PushSender } from '../../src/github/job.ts';
import { expectCheckHistory, finishGitHub, mockGitHub, REPO, sha } from './support/github.ts';
import { BASE, finding, HEAD, jobHarness, PUSH_JOB, type JobHarness } from './support/job.ts';

afterEach(finishGitHub);

interface Entry {
  readonly activity_type: string;
  readonly ref?: string;
  readonly before?: string;
  readonly after?: string;
  readonly actor?: { readonly login: string } | null;
}

const ACTIVITY_QUERY = { ref: 'refs/heads/main', direction: 'desc', per_page: 100 };

function expectActivity(entries: readonly Entry[], times = 1): void {
  const whole = entries.map((entry) => ({
    ref: 'refs/heads/main',
    before: BASE,
    after: HEAD,
    actor: { login: 'mallory' },
    ...entry,
  }));
  mockGitHub().get(`${REPO}/activity`).query(ACTIVITY_QUERY).times(times).reply(200, whole);
}

const SUITES_QUERY = {
  ref: 'refs/heads/main',
  rule_suite_result: 'bypass',
  time_period: 'week',
  per_page: 100,
};

function expectSuites(suites: readonly object[] | 403 | 404 = []): void {
  const answer = mockGitHub().get(`${REPO}/rulesets/rule-suites`).query(SUITES_QUERY);
  if (typeof suites === 'number') answer.reply(suites, { message: 'Resource not accessible by integration' });
  else answer.reply(200, suites);
}

const expectPulls = (pulls: object[], times = 1): void => {
  mockGitHub().get(`${REPO}/commits/${HEAD}/pulls`).query({ per_page: 100 }).times(times).reply(200, pulls);
};
const PULL_HEAD = sha('d');
const MERGED = {
  number: 7,
  merged_at: '2026-01-01T00:00:00Z',
  merge_commit_sha: HEAD,
  base: { ref: 'main', repo: { id: 5 } },
  head: { sha: PULL_HEAD },
};

/** That the pull request of the push had passed our check. */
const expectPassed = (): void => {
  expectPulls([MERGED]);
  expectCheckHistory(PULL_HEAD);
};

function published({ enqueued }: JobHarness): PublishAlertJob[] {
  return enqueued.filter((job) => job.kind === 'publish-alert');
}

/** The newest alert of the only issue that was asked for. */
async function alertOf(harness: JobHarness, job: JudgePushJob = PUSH_JOB) {
  await judgePush(harness.context, job);
  const [issue, ...others] = published(harness);
  expect(others).toEqual([]);
  const alert = issue?.incident.alerts.at(-1);
  if (alert?.kind !== 'direct-push') throw new Error('no alert');
  return alert;
}

describe("GitHub's activity log", () => {
  test.each(['pr_merge', 'merge_queue_merge'])(
    '%s settles that a push was a merge',
    async (activity_type) => {
      const harness = jobHarness();
      expectActivity([{ activity_type }]);
      expectSuites();
      expectPassed();
      await judgePush(harness.context, PUSH_JOB);
      expect(harness.enqueued).toEqual([]);
      expect(harness.reviews).toEqual([]);
    },
  );

  test('tells a push of the commits of a pull request, which GitHub then calls merged, from a merge', async () => {
    const harness = jobHarness();
    expectActivity([{ activity_type: 'push' }]);
    expectSuites();
    const { evidence } = await alertOf(harness);
    expect(evidence).toBe("GitHub's activity log has it as a push by mallory, not as a merge.");
  });

  test.each<[string, Partial<Entry>]>([
    ['another branch', { ref: 'refs/heads/dev' }],
    ['another range', { before: sha('9') }],
    ['another tip', { after: sha('9') }],
  ])('about %s says nothing about this push', async (_what, entry) => {
    const harness = jobHarness();
    expectActivity([{ activity_type: 'pr_merge', ...entry }], 3);
    expectPulls([], 3);
    expectSuites();
    expect((await alertOf(harness)).evidence).toContain('knows no pull request');
  });

  test('is waited for, and pull requests alone count when it stays without an entry', async () => {
    const harness = jobHarness();
    expectActivity([], 3);
    expectPulls([MERGED], 3);
    expectSuites();
    expectPassed();
    await judgePush(harness.context, PUSH_JOB);
    expect(harness.clock.sleeps).toEqual([2_000, 8_000]);
    expect(harness.enqueued).toEqual([]);
  });

  test('that comes a moment later decides against the pull request', async () => {
    const harness = jobHarness();
    expectActivity([]);
    expectPulls([MERGED]);
    expectActivity([{ activity_type: 'push', actor: null }]);
    expectSuites();
    expect((await alertOf(harness)).evidence).toBe("GitHub's activity log has it as a push, not as a merge.");
  });

  test.each([403, 404])(
    'that answers %d is no pass: a push without a pull request is direct',
    async (status) => {
      const harness = jobHarness();
      mockGitHub().get(`${REPO}/activity`).query(ACTIVITY_QUERY).times(3).reply(status, { message: 'No' });
      expectPulls([], 3);
      expectSuites(status === 403 ? 403 : 404);
      const { notChecked } = await alertOf(harness);
      // With each alert it would be noise.
      expect(notChecked).toEqual([]);
      expect(harness.lines.join()).toContain('The insights of rulesets could not be asked');
      expect(harness.lines.join()).toContain('The activity log could not be asked');
    },
  );
});

describe('wish release-cloudflare-worker#283: alerts about direct pushes leave the merge queue out', () => {
  const queue: PushSender = { login: 'github-merge-queue[bot]', id: 118_344_674, type: 'Bot' };
  const job = { ...PUSH_JOB, pusher: queue.login, sender: queue };

  test('by what GitHub did', async () => {
    const harness = jobHarness();
    expectActivity([{ activity_type: 'merge_queue_merge', actor: { login: queue.login } }]);
    expectSuites();
    expectPassed();
    await judgePush(harness.context, job);
    expect(harness.enqueued).toEqual([]);
  });

  test('and not by the name of its account', async () => {
    const harness = jobHarness();
    expectActivity([{ activity_type: 'push', actor: { login: queue.login } }]);
    expectSuites();
    expect((await alertOf(harness, job)).pusher).toBe(queue.login);
  });
});

describe('a bypass of a ruleset', () => {
  const suite = { result: 'bypass', before_sha: BASE, after_sha: HEAD, actor_name: 'admin' };

  test('by a merge is an alert that says so', async () => {
    const harness = jobHarness();
    expectActivity([{ activity_type: 'pr_merge' }]);
    expectSuites([suite]);
    const alert = await alertOf(harness);
    expect(alert).toMatchObject({
      bypass: { actor: 'admin', merged: true },
      evidence: "GitHub's insights say that admin passed by a ruleset of the branch.",
      commits: [{ sha: HEAD, merge: false }],
    });
  });

  test('by a direct push is named in its alert', async () => {
    const harness = jobHarness();
    expectActivity([{ activity_type: 'push' }]);
    expectSuites([suite]);
    expect((await alertOf(harness)).bypass).toEqual({ actor: 'admin', merged: false });
  });

  test.each([
    ['of another push', { ...suite, after_sha: sha('9') }],
    ['that was none', { ...suite, result: 'pass' }],
  ])('%s is not', async (_what, other) => {
    const harness = jobHarness();
    expectActivity([{ activity_type: 'pr_merge' }]);
    expectSuites([other]);
    expectPassed();
    await judgePush(harness.context, PUSH_JOB);
    expect(harness.enqueued).toEqual([]);
  });

  test('that may not be asked about leaves a merge alone and is said in the log', async () => {
    const harness = jobHarness();
    expectActivity([{ activity_type: 'pr_merge' }]);
    expectSuites(403);
    expectPassed();
    await judgePush(harness.context, PUSH_JOB);
    expect(harness.enqueued).toEqual([]);
    expect(harness.lines.join()).toContain('administration=write');
  });
});

describe('who may push', () => {
  const robot: PushSender = { login: 'image-updater[bot]', id: 900, type: 'Bot' };
  const alice: PushSender = { login: 'Alice', id: 7, type: 'User' };
  const policy = { users: ['alice', 42], apps: ['image-updater', 901] };

  test.each<[string, PushSender, boolean]>([
    ['a person by login, whatever the case', alice, true],
    ['a person by number', { login: 'renamed', id: 42, type: 'User' }, true],
    ['somebody else', { login: 'bob', id: 8, type: 'User' }, false],
    ['an App by its name', robot, true],
    ['an App by the number of its bot', { login: 'other[bot]', id: 901, type: 'Bot' }, true],
    ['another App', { login: 'evil[bot]', id: 3, type: 'Bot' }, false],
    ['a person with the name of an App', { login: 'image-updater', id: 4, type: 'User' }, false],
    ['a person with the number of an App', { login: 'x', id: 901, type: 'User' }, false],
    ['an App with the name of a person', { login: 'alice[bot]', id: 5, type: 'Bot' }, false],
    ['an organization', { login: 'alice', id: 6, type: 'Organization' }, false],
  ])('%s', (_what, sender, expected) => {
    expect(isAllowed(policy, sender)).toBe(expected);
  });

  const allowedHarness = (): JobHarness => {
    const harness = jobHarness();
    harness.world.pushes = { users: [], apps: ['image-updater'] };
    return harness;
  };
  const job: JudgePushJob = { ...PUSH_JOB, pusher: robot.login, sender: robot };

  test('is reviewed like a pull request, and raises nothing when nothing blocks', async () => {
    const harness = allowedHarness();
    harness.world.findings.set(BASE, [finding({ severity: 'warning' })]);
    expectActivity([{ activity_type: 'push' }]);
    expectSuites();
    await judgePush(harness.context, job);
    expect(harness.enqueued).toEqual([]);
    // That there was no pull request is nothing that could be found.
    expect(harness.reviews).toHaveLength(1);
    expect(harness.reviews[0]!.push ?? null).toBeNull();
    expect(harness.audited).toMatchObject([
      { action: 'verdict', subject: `commit/${HEAD}`, detail: { conclusion: 'success' } },
    ]);
  });

  test('raises an alert when something blocks', async () => {
    const harness = allowedHarness();
    harness.world.findings.set(BASE, [finding()]);
    expectActivity([{ activity_type: 'push' }]);
    expectSuites();
    expect(await alertOf(harness, job)).toMatchObject({ allowed: true });
  });

  test('raises an alert when it could not be reviewed', async () => {
    const harness = allowedHarness();
    harness.world.onReview = () => {
      throw new Error('broken');
    };
    expectActivity([{ activity_type: 'push' }]);
    expectSuites();
    expect((await alertOf(harness, job)).review).toBeNull();
  });

  test('may not rewrite history', async () => {
    const harness = allowedHarness();
    expectSuites();
    expect(await alertOf(harness, { ...job, forced: true })).toMatchObject({ allowed: false });
  });

  test('is decided by the policy from before the push', async () => {
    const harness = jobHarness();
    const { policyAt } = harness.context.environment;
    const asked: string[] = [];
    const context = {
      ...harness.context,
      environment: {
        ...harness.context.environment,
        policyAt: (...[repository, revision]: Parameters<typeof policyAt>) => {
          asked.push(revision);
          harness.world.pushes = { users: [], apps: revision === HEAD ? ['image-updater'] : [] };
          return policyAt(repository, revision);
        },
      },
    };
    harness.world.refs.set('refs/heads/main', HEAD);
    expectActivity([{ activity_type: 'push' }]);
    expectSuites();
    expect(await alertOf({ ...harness, context }, job)).toMatchObject({ allowed: false });
    expect(asked.at(-1)).toBe(BASE);
  });

  test('is never decided by the author of a commit, nor by a job that names no account', async () => {
    const harness = allowedHarness();
    expectActivity([{ activity_type: 'push' }]);
    expectSuites();
    expect(await alertOf(harness, { ...PUSH_JOB, pusher: robot.login })).toMatchObject({ allowed: false });
  });
});

describe('receivers', () => {
  const receiver = (name: 'slack' | 'webhook') => ({
    name,
    destination: 'example.com',
    keeps: null,
    deliver: () => Promise.resolve(),
  });

  test('have a job each, once for each thing that happens', async () => {
    const harness = jobHarness();
    Object.assign(harness.context.environment, { receivers: [receiver('slack'), receiver('webhook')] });
    expectActivity([{ activity_type: 'push' }]);
    expectSuites();
    await judgePush(harness.context, PUSH_JOB);
    const jobs = harness.enqueued.filter((job): job is DeliverAlertJob => job.kind === 'deliver-alert');
    expect(jobs.map(({ receiver: name }) => name)).toEqual(['slack', 'webhook']);
    expect(new Set(harness.enqueued.map(({ delivery }) => delivery)).size).toBe(3);
    expect(new Set(harness.enqueued.map(({ key }) => key)).size).toBe(3);
    expect(JSON.stringify(jobs)).not.toContain('example.com');
  });

  test('hear nothing of what weighs less than they want to', async () => {
    const harness = jobHarness();
    Object.assign(harness.context.environment, {
      receivers: [receiver('slack')],
      alertMinSeverity: 'critical',
    });
    expectActivity([{ activity_type: 'push' }]);
    expectSuites();
    await judgePush(harness.context, PUSH_JOB);
    expect(harness.enqueued.map(({ kind }) => kind)).toEqual(['publish-alert']);
  });
});
