import { describe, expect, jest, test } from '@jest/globals';
import { createMetrics, METRIC_NAMES, type JobStats, type Metrics } from '../../src/telemetry/metrics.ts';

const NOW = 1_800_000_000_000;
const STATS: JobStats = {
  counts: { waiting: 3, running: 1, dead: 2 },
  oldest: { waiting: 90_000, running: 1_500, dead: 0 },
};

/** The samples of the text format by series; fails on a line that is neither a comment nor a sample. */
async function read(metrics: Metrics): Promise<ReadonlyMap<string, number>> {
  const { body } = await metrics.render();
  const samples = new Map<string, number>();
  for (const line of body.split('\n').filter((text) => text !== '' && !text.startsWith('#'))) {
    const match = /^([a-z_][a-z0-9_]*(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})?) (\S+)$/.exec(line);
    expect({ line, sample: match !== null }).toEqual({ line, sample: true });
    samples.set(match![1]!, Number(match![2]));
  }
  return samples;
}

async function value(metrics: Metrics, series: string): Promise<number | undefined> {
  return (await read(metrics)).get(`gitops_warden_${series}`);
}

const CHANGES: readonly (readonly [string, (metrics: Metrics) => void, Readonly<Record<string, number>>])[] =
  [
    [
      'a delivery',
      (metrics) => {
        metrics.delivery('push', 'accepted', 0.02);
      },
      {
        'deliveries_total{event="push",result="accepted"}': 1,
        'delivery_duration_seconds_bucket{le="0.01"}': 0,
        'delivery_duration_seconds_bucket{le="0.025"}': 1,
        delivery_duration_seconds_sum: 0.02,
      },
    ],
    [
      'the start of a job',
      (metrics) => {
        metrics.jobStarted('recheck', 7);
      },
      { 'job_wait_seconds_sum{kind="recheck"}': 7 },
    ],
    [
      'the end of a job',
      (metrics) => {
        metrics.jobFinished('judge-push', 'retried', 4);
      },
      {
        'jobs_finished_total{kind="judge-push",outcome="retried"}': 1,
        'job_duration_seconds_sum{kind="judge-push"}': 4,
      },
    ],
    [
      'a stage',
      (metrics) => {
        metrics.reviewStage('collect', 2);
      },
      { 'review_stage_duration_seconds_sum{stage="collect"}': 2 },
    ],
    [
      'a review',
      (metrics) => {
        metrics.review('error');
      },
      { 'reviews_total{conclusion="error"}': 1, 'reviews_total{conclusion="success"}': 0 },
    ],
    [
      'a finding',
      (metrics) => {
        metrics.finding('no-private-key', 'error', true);
      },
      { 'findings_total{rule="no-private-key",severity="error",introduced="true"}': 1 },
    ],
    [
      'a request',
      (metrics) => {
        metrics.githubRequest({
          method: 'get',
          route: '/repos/{owner}/{repo}/pulls',
          status: 200,
          seconds: 0.5,
        });
      },
      {
        'github_requests_total{method="GET",route="/repos/{owner}/{repo}/pulls",status="200"}': 1,
        'github_request_duration_seconds_sum{method="GET"}': 0.5,
      },
    ],
    [
      'a request without an answer',
      (metrics) => {
        metrics.githubRequest({ method: 'POST', route: '/graphql', status: null, seconds: 30 });
      },
      { 'github_requests_total{method="POST",route="/graphql",status="none"}': 1 },
    ],
    [
      'a rate limit',
      (metrics) => {
        metrics.rateLimit({ installation: 7, remaining: 100, limit: 5_000, resetAt: NOW / 1_000 + 60 });
      },
      {
        'github_rate_limit_remaining{installation="7"}': 100,
        'github_rate_limit_limit{installation="7"}': 5_000,
      },
    ],
    [
      'an alert',
      (metrics) => {
        metrics.alert('direct-push', 'issue', 'failed');
      },
      { 'alerts_total{kind="direct-push",receiver="issue",result="failed"}': 1 },
    ],
    [
      'a fetch',
      (metrics) => {
        metrics.mirrorFetch('rebuilt');
      },
      { 'mirror_fetches_total{result="rebuilt"}': 1 },
    ],
    [
      'an evicted mirror',
      (metrics) => {
        metrics.mirrorEvicted('size');
      },
      { 'mirror_evictions_total{reason="size"}': 1 },
    ],
    [
      'a sweep',
      (metrics) => {
        metrics.sweep('sweep-deliveries', 'succeeded');
      },
      {
        'sweeps_total{sweep="sweep-deliveries",result="succeeded"}': 1,
        'sweep_last_success_timestamp_seconds{sweep="sweep-deliveries"}': NOW / 1_000,
      },
    ],
    [
      'missed work',
      (metrics) => {
        metrics.sweepFound('pull_request', 3);
      },
      { 'sweep_found_total{what="pull_request"}': 3 },
    ],
    [
      'an audit entry',
      (metrics) => {
        metrics.auditEntry('verdict');
      },
      { 'audit_entries_total{action="verdict"}': 1 },
    ],
    [
      'an error of the store',
      (metrics) => {
        metrics.storeError();
      },
      { store_errors_total: 1 },
    ],
    [
      'draining',
      (metrics) => {
        metrics.draining(true);
      },
      { draining: 1 },
    ],
    ['nothing', () => undefined, { 'build_info{version="1.2.3"}': 1, draining: 0, store_errors_total: 0 }],
  ];

test.each(CHANGES)('%s shows in its series', async (_name, change, expected) => {
  const metrics = createMetrics('1.2.3', () => NOW);
  change(metrics);
  const samples = await read(metrics);
  for (const [series, number] of Object.entries(expected)) {
    expect({ series, value: samples.get(`gitops_warden_${series}`) }).toEqual({ series, value: number });
  }
});

test('a sweep that failed is no success', async () => {
  const metrics = createMetrics('1.2.3', () => NOW);
  metrics.sweep('sweep-deliveries', 'failed');
  expect(await value(metrics, 'sweeps_total{sweep="sweep-deliveries",result="failed"}')).toBe(1);
  expect(
    await value(metrics, 'sweep_last_success_timestamp_seconds{sweep="sweep-deliveries"}'),
  ).toBeUndefined();
});

test('a rate limit is forgotten when its window ends', async () => {
  let now = NOW;
  const metrics = createMetrics('1.2.3', () => now);
  metrics.rateLimit({ installation: 7, remaining: 1, limit: 5_000, resetAt: NOW / 1_000 + 60 });
  now += 59_000;
  expect(await value(metrics, 'github_rate_limit_remaining{installation="7"}')).toBe(1);
  now += 2_000;
  expect(await value(metrics, 'github_rate_limit_remaining{installation="7"}')).toBeUndefined();
  expect(await value(metrics, 'github_rate_limit_limit{installation="7"}')).toBeUndefined();
});

describe('a scrape', () => {
  test('has the text format, with every metric and those of the process', async () => {
    const { contentType, body } = await createMetrics('1.2.3').render();
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const name of METRIC_NAMES) expect(body).toMatch(new RegExp(`^# HELP ${name} .{15,}$`, 'm'));
    expect(body).toMatch(/^process_cpu_seconds_total \d/m);
    expect(body).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
    expect(METRIC_NAMES.length).toBe(new Set(body.match(/(?<=^# TYPE )gitops_warden_\S+/gm)).size);
  });

  test('shows the jobs that the store has at that moment', async () => {
    const metrics = createMetrics('1.2.3');
    let stats = STATS;
    metrics.setJobStats(() => Promise.resolve(stats));
    expect(await value(metrics, 'jobs{state="dead"}')).toBe(2);
    expect(await value(metrics, 'oldest_job_age_seconds{state="waiting"}')).toBe(90);
    expect(await value(metrics, 'store_up')).toBe(1);
    stats = { ...STATS, counts: { ...STATS.counts, dead: 0 } };
    expect(await value(metrics, 'jobs{state="dead"}')).toBe(0);
  });

  test('shows the mirrors, and leaves them out when they cannot be counted', async () => {
    const metrics = createMetrics('1.2.3');
    expect(await value(metrics, 'mirror_bytes')).toBeUndefined();
    metrics.setMirrorStats(() => Promise.resolve({ count: 4, bytes: 1_024 }));
    expect(await value(metrics, 'mirror_bytes')).toBe(1_024);
    expect(await value(metrics, 'mirrors')).toBe(4);
    metrics.setMirrorStats(() => Promise.reject(new Error('EACCES')));
    expect(await value(metrics, 'mirror_bytes')).toBeUndefined();
    expect(await value(metrics, 'mirrors')).toBeUndefined();
  });

  test('says nothing of a store before there is one', async () => {
    expect(await value(createMetrics('1.2.3'), 'store_up')).toBeUndefined();
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
  ])('survives a store that %s, and shows no old numbers', async (_name, failing) => {
    const metrics = createMetrics('1.2.3');
    metrics.setJobStats(() => Promise.resolve(STATS));
    await metrics.render();
    metrics.setJobStats(failing);
    metrics.review('success');
    const samples = await read(metrics);
    expect(samples.get('gitops_warden_store_up')).toBe(0);
    expect([...samples.keys()].filter((series) => /_jobs\{|_oldest_job_age/.test(series))).toEqual([]);
    expect(samples.get('gitops_warden_reviews_total{conclusion="success"}')).toBe(1);
  });

  test('waits two seconds for a store that hangs, and asks it no second time meanwhile', async () => {
    jest.useFakeTimers({
      doNotFake: ['performance', 'hrtime', 'setImmediate', 'nextTick', 'queueMicrotask'],
    });
    try {
      const metrics = createMetrics('1.2.3');
      let asked = 0;
      let answer: (stats: JobStats) => void = () => undefined;
      metrics.setJobStats(() => {
        asked += 1;
        return new Promise((resolve) => {
          answer = resolve;
        });
      });
      for (const scrape of [1, 2]) {
        let done = false;
        const rendered = metrics.render().finally(() => {
          done = true;
        });
        await jest.advanceTimersByTimeAsync(1_900);
        expect({ scrape, done }).toEqual({ scrape, done: false });
        await jest.advanceTimersByTimeAsync(200);
        expect((await rendered).body).toMatch(/^gitops_warden_store_up 0$/m);
      }
      expect(asked).toBe(1);

      answer(STATS);
      await jest.advanceTimersByTimeAsync(0);
      const later = metrics.render();
      await jest.advanceTimersByTimeAsync(0);
      expect(asked).toBe(2);
      answer(STATS);
      expect((await later).body).toMatch(/^gitops_warden_store_up 1$/m);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('labels', () => {
  test('count an event that is not known as other', async () => {
    const metrics = createMetrics('1.2.3');
    metrics.delivery('evil"} 1\nfake', 'refused', 0);
    metrics.delivery('', 'refused', 0);
    expect(await value(metrics, 'deliveries_total{event="other",result="refused"}')).toBe(2);
  });

  test.each([
    'https://api.github.com/repositories/1/pulls?page=2',
    '/repos/acme/deployments/pulls',
    '/repositories/1/pulls',
    '/repos/{owner}/{repo}/pulls?page=2',
    '',
  ])('count the address %p, in which names were filled in, as other', async (route) => {
    const metrics = createMetrics('1.2.3');
    metrics.githubRequest({ method: 'BREW', route, status: 42, seconds: 1 });
    expect(await value(metrics, 'github_requests_total{method="other",route="other",status="other"}')).toBe(
      1,
    );
  });

  test('are bounded: more rules than there can be count as other', async () => {
    const metrics = createMetrics('1.2.3');
    for (let index = 0; index < 1_000; index += 1) metrics.finding(`rule-${index}`, 'error', true);
    metrics.finding('rule-0', 'error', true);
    const series = [...(await read(metrics)).keys()].filter((name) => name.includes('findings_total'));
    expect(series.length).toBeLessThanOrEqual(201);
    expect(await value(metrics, 'findings_total{rule="rule-0",severity="error",introduced="true"}')).toBe(2);
    expect(
      await value(metrics, 'findings_total{rule="other",severity="error",introduced="true"}'),
    ).toBeGreaterThan(700);
  });
});

test('two sets of metrics share nothing', async () => {
  const [one, other] = [createMetrics('1.2.3'), createMetrics('1.2.3')];
  one.storeError();
  expect(await value(other, 'store_errors_total')).toBe(0);
});
