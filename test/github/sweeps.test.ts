import { afterEach, describe, expect, test } from '@jest/globals';
import { toStored, type Job, type SweepInstallationJob } from '../../src/github/job.ts';
import type { SweepContext } from '../../src/github/sweeps/context.ts';
import { housekeeping } from '../../src/github/sweeps/housekeeping.ts';
import { startSchedule } from '../../src/github/sweeps/schedule.ts';
import { sweepDeliveries } from '../../src/github/sweeps/sweep-deliveries.ts';
import { sweepInstallation } from '../../src/github/sweeps/sweep-installation.ts';
import { sweepInstallations } from '../../src/github/sweeps/sweep-installations.ts';
import { checkRunAnswer, finishGitHub, mockGitHub, REPO, sha } from './support/github.ts';
import { jobHarness, PULL_JOB, PUSH_JOB, RECHECK_JOB, type JobHarness } from './support/job.ts';

afterEach(finishGitHub);

const JOB: SweepInstallationJob = {
  kind: 'sweep-installation',
  key: 'k',
  supersedes: true,
  delivery: 'd',
  installationId: 42,
};
const REPOSITORY = {
  id: 5,
  name: 'deploy',
  owner: { login: 'acme' },
  private: true,
  default_branch: 'main',
  archived: false,
};

function sweep(): JobHarness & { readonly sweepContext: SweepContext } {
  const harness = jobHarness();
  const { environment, log, signal } = harness.context;
  return { ...harness, sweepContext: { environment, delivery: 'sweep/1', log, signal } };
}

function delivery(id: number, guid: string, status = 502): Record<string, unknown> {
  return { id, guid, delivered_at: '2026-01-01T00:00:00Z', status_code: status };
}

function pull(number: number, head: string, updated = '2026-01-01T00:00:00Z'): Record<string, unknown> {
  return { number, head: { sha: head }, base: { ref: 'main' }, updated_at: updated };
}

describe('failed deliveries', () => {
  test('are asked for again, the oldest first, when no attempt arrived', async () => {
    const { sweepContext, audited } = sweep();
    const asked: string[] = [];
    const github = mockGitHub();
    github
      .get('/app/hook/deliveries')
      .query({ per_page: 100 })
      .reply(200, [delivery(9, 'newer'), delivery(8, 'fine', 202)], {
        link: '<https://evil.example/app/hook/deliveries?cursor=c2>; rel="next"',
      });
    github
      .get('/app/hook/deliveries')
      .query({ per_page: 100, cursor: 'c2' })
      .reply(200, [delivery(7, 'older'), delivery(3, 'newer')]);
    for (const id of [7, 9]) {
      github.post(`/app/hook/deliveries/${String(id)}/attempts`).reply(202, () => {
        asked.push(String(id));
        return {};
      });
    }
    await sweepDeliveries(sweepContext);
    expect(asked).toEqual(['7', '9']);
    expect(audited).toMatchObject([{ action: 'sweep', detail: { missed: 2 } }]);
  });

  test('that the store has after all, and those that keep failing, are not', async () => {
    const { sweepContext, lines, audited } = sweep();
    const ledger = {
      ...sweepContext.environment.ledger,
      acceptedAmong: () => Promise.resolve(new Set(['known'])),
    };
    const hopeless = [1, 2, 3, 4, 5].map((id) => delivery(id, 'hopeless'));
    mockGitHub()
      .get('/app/hook/deliveries')
      .query(true)
      .reply(200, [delivery(9, 'known'), ...hopeless]);
    await sweepDeliveries({ ...sweepContext, environment: { ...sweepContext.environment, ledger } });
    expect(lines.join('\n')).toContain('keep failing');
    expect(lines.join('\n')).toContain('hopeless');
    expect(audited).toEqual([]);
  });
});

test('each installation that is not suspended gets a sweep of its own', async () => {
  const { sweepContext, enqueued } = sweep();
  mockGitHub()
    .get('/app/installations')
    .query({ per_page: 100, page: 1 })
    .reply(200, [
      { id: 42, suspended_at: null },
      { id: 43, suspended_at: '2026-01-01T00:00:00Z' },
    ]);
  await sweepInstallations(sweepContext);
  expect(enqueued).toMatchObject([
    { kind: 'sweep-installation', installationId: 42, delivery: 'sweep/1/42', supersedes: true },
  ]);
});

test('an installation whose sweep waits or runs gets no second one', async () => {
  const { sweepContext, enqueued } = sweep();
  const live = (keys: readonly string[]) =>
    Promise.resolve(new Set(keys.filter((key) => key === 'sweep-installation/42')));
  mockGitHub()
    .get('/app/installations')
    .query({ per_page: 100, page: 1 })
    .reply(200, [
      { id: 42, suspended_at: null },
      { id: 44, suspended_at: null },
    ]);
  await sweepInstallations({
    ...sweepContext,
    environment: { ...sweepContext.environment, liveKeys: live },
  });
  expect(enqueued).toMatchObject([{ installationId: 44 }]);
});

test('regular sweeps do not pile up while one of their kind waits or runs', async () => {
  const { sweepContext, enqueued } = sweep();
  const live = (keys: readonly string[]) =>
    Promise.resolve(new Set(keys.filter((key) => key === 'sweep-deliveries')));
  const schedule = startSchedule(30, { ...sweepContext.environment, liveKeys: live }, (error) => {
    throw error;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  schedule.stop();
  const kinds = enqueued.map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['sweep-installations', 'housekeeping']));
  expect(kinds.length).toBeGreaterThan(2);
  expect(enqueued.every(({ supersedes, key, kind }) => supersedes && key === kind)).toBe(true);
});

test('whoever waits comes before sweeps', () => {
  const priority = (job: object): number => toStored(job as Job).priority;
  const people = [PULL_JOB, RECHECK_JOB, PUSH_JOB].map(priority);
  const group = priority({ ...PULL_JOB, kind: 'review-merge-group' });
  const sweeps = ['sweep-deliveries', 'sweep-installations', 'sweep-installation', 'housekeeping'].map(
    (kind) => priority({ ...JOB, kind }),
  );
  expect(Math.min(...people)).toBeGreaterThan(Math.max(...sweeps));
  expect(group).toBeGreaterThan(Math.max(...people));
});

describe('open pull requests', () => {
  function expectRepositories(...repositories: object[]): void {
    mockGitHub()
      .get('/installation/repositories')
      .query({ per_page: 100, page: 1 })
      .reply(200, { repositories });
  }

  function expectPulls(pulls: object[]): void {
    mockGitHub().get(`${REPO}/pulls`).query(true).reply(200, pulls);
  }

  function expectChecks(head: string, runs: object[]): void {
    mockGitHub().get(`${REPO}/commits/${head}/check-runs`).query(true).reply(200, { check_runs: runs });
  }

  const verdict = { app: { id: 4242 }, status: 'completed', conclusion: 'failure' };

  test('without a verdict of ours are reviewed; others are left alone', async () => {
    const { sweepContext, enqueued, audited } = sweep();
    const { environment } = sweepContext;
    await environment.ledger.judged(5, sha('1'), null);
    const live = (keys: readonly string[]) =>
      Promise.resolve(new Set(keys.filter((key) => key === '5/pull/2')));
    expectRepositories(REPOSITORY, { ...REPOSITORY, id: 6, name: 'old', archived: true });
    expectPulls([
      pull(1, sha('1')),
      pull(2, sha('2')),
      pull(3, sha('3')),
      pull(4, sha('4')),
      pull(5, sha('5')),
      pull(6, sha('6')),
      pull(7, sha('7'), '2026-01-02T03:04:00Z'),
    ]);
    expectChecks(sha('3'), [checkRunAnswer(verdict)]);
    expectChecks(sha('4'), [checkRunAnswer({ ...verdict, app: { id: 1 } })]);
    expectChecks(sha('5'), [checkRunAnswer({ ...verdict, conclusion: 'cancelled' })]);
    expectChecks(sha('6'), [checkRunAnswer({ app: { id: 4242 } })]);
    await sweepInstallation({ ...sweepContext, environment: { ...environment, liveKeys: live } }, JOB);
    expect(enqueued.map((job) => ('number' in job ? job.number : job.kind))).toEqual(['rejudge', 4, 5, 6]);
    expect(enqueued[0]).toMatchObject({ key: '5/rejudge-regularly', branch: null, regular: true });
    expect(enqueued[1]).toMatchObject({
      key: '5/pull/4',
      headSha: sha('4'),
      delivery: `sweep/1/5/4/${sha('4')}`,
      repository: { owner: 'acme', name: 'deploy', isPrivate: true },
    });
    expect(await environment.ledger.judgedAmong(5, [sha('3')], '2027-01-01')).toEqual(new Set([sha('3')]));
    expect(audited).toMatchObject([
      { action: 'sweep', installation: 42, detail: { examined: 1, missed: 3 } },
    ]);
  });

  test('wait for the next sweep when little is left of the rate limit, and it goes on there', async () => {
    const { sweepContext, enqueued } = sweep();
    const { environment } = sweepContext;
    await environment.ledger.setMark('sweep-installation/42', '3');
    mockGitHub()
      .get('/installation/repositories')
      .query({ per_page: 100, page: 3 })
      .reply(200, { repositories: [REPOSITORY] });
    await sweepInstallation(
      { ...sweepContext, environment: { ...environment, rateLimitLeft: () => 0.39 } },
      JOB,
    );
    expect(enqueued).toEqual([]);
    expect(await environment.ledger.mark('sweep-installation/42')).toBe('3');
  });

  test('that were found before the rate limit stopped the sweep are counted and noted', async () => {
    const { sweepContext, enqueued, audited } = sweep();
    const { environment } = sweepContext;
    let asked = 0;
    expectRepositories(REPOSITORY, { ...REPOSITORY, id: 6, name: 'next' });
    expectPulls([pull(1, sha('1'))]);
    expectChecks(sha('1'), []);
    const rateLimitLeft = (): number => {
      asked += 1;
      return asked === 1 ? 1 : 0.39;
    };
    await sweepInstallation({ ...sweepContext, environment: { ...environment, rateLimitLeft } }, JOB);
    expect(enqueued).toHaveLength(1);
    expect(audited).toMatchObject([
      { action: 'sweep', installation: 42, detail: { examined: 1, missed: 1 } },
    ]);
    const { body } = await environment.metrics.render();
    expect(body).toContain('gitops_warden_sweep_found_total{what="pull_request"} 1');
  });

  test('of a repository that is gone do not keep the others from being looked at', async () => {
    const { sweepContext, enqueued } = sweep();
    expectRepositories({ ...REPOSITORY, name: 'gone' }, REPOSITORY);
    mockGitHub().get('/repos/acme/gone/pulls').query(true).reply(404, { message: 'Not Found' });
    expectPulls([pull(1, sha('1'))]);
    expectChecks(sha('1'), []);
    await sweepInstallation(sweepContext, JOB);
    expect(enqueued).toHaveLength(1);
  });
});

describe('a check that is in progress', () => {
  async function abandoned(): Promise<ReturnType<typeof sweep>> {
    const harness = sweep();
    await harness.context.environment.openChecks.open({
      attempt: 'a',
      jobKey: '5/pull/7',
      delivery: 'd',
      headSha: sha('a'),
      source: { installationId: 42, repository: { owner: 'acme', name: 'deploy' } },
    });
    await harness.context.environment.openChecks.created('a', 900);
    return harness;
  }

  test('and that no job goes on with is finished as failed, and says whose fault that is', async () => {
    const { sweepContext } = await abandoned();
    const ends: { conclusion?: string; output?: { summary?: string } }[] = [];
    const github = mockGitHub();
    github.get(`${REPO}/check-runs/900`).reply(200, checkRunAnswer());
    github
      .patch(`${REPO}/check-runs/900`, (body: (typeof ends)[number]) => {
        ends.push(body);
        return true;
      })
      .reply(200, checkRunAnswer({ status: 'completed' }));
    await housekeeping(sweepContext);
    expect(ends[0]?.conclusion).toBe('failure');
    expect(ends[0]?.output?.summary).toContain('not of the change');
    expect(await sweepContext.environment.openChecks.ofKey('5/pull/7')).toEqual([]);
  });

  test('and that a job goes on with is left alone', async () => {
    const { sweepContext } = await abandoned();
    const live = (keys: readonly string[]) => Promise.resolve(new Set(keys));
    await housekeeping({ ...sweepContext, environment: { ...sweepContext.environment, liveKeys: live } });
    expect(await sweepContext.environment.openChecks.ofKey('5/pull/7')).toHaveLength(1);
  });

  test('stays noted while GitHub cannot be reached', async () => {
    const { sweepContext } = await abandoned();
    mockGitHub().get(`${REPO}/check-runs/900`).times(4).reply(503, {});
    await housekeeping(sweepContext);
    expect(await sweepContext.environment.openChecks.ofKey('5/pull/7')).toHaveLength(1);
  });
});
