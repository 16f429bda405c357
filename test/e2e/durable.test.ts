import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { EmbeddedRepository } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import type { Logger } from '../../src/github/dependencies.ts';
import { startApp } from '../../src/index.ts';
import type { AuditEntry } from '../../src/store/audit-entry.ts';
import { openStore } from '../../src/store/store.ts';
import { deployment, HEALTHY, makeSecretValue, openStage, plainSecret } from './support.ts';

const WEB = 'apps/web/deployment.yaml';

/** Short, because a worker of the same process does not count as dead. */
const TIMING = { leaseSeconds: 2, retrySeconds: 0.2 };

let stage: Stage;
let repository: EmbeddedRepository;
let lines: Record<string, unknown>[];

beforeEach(async () => {
  // What an App of an earlier test still says is not among them.
  const own: Record<string, unknown>[] = [];
  lines = own;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().trim().split('\n'))
        own.push(JSON.parse(line) as Record<string, unknown>);
      done();
    },
  });
  const log = pino({ level: 'debug' }, sink) as unknown as Logger;
  stage = await openStage({ appOptions: { log, timing: TIMING } });
  repository = await stage.github.createRepository('acme/deploy');
  await stage.github.commit(repository, { branch: 'main', files: HEALTHY, message: 'Start' });
});

afterEach(() => stage.close());

async function open(files: Record<string, string>, branch = 'change') {
  await stage.github.commit(repository, { branch, from: 'main', files, message: 'Change' });
  return stage.github.openPullRequest(repository, { title: 'Change', head: branch });
}

async function auditOf(action: string): Promise<AuditEntry[]> {
  const store = await openStore(stage.settings);
  try {
    const found: AuditEntry[] = [];
    for await (const page of store.audit.search({})) found.push(...page);
    expect((await store.audit.verify()).problems).toEqual([]);
    return found.filter((entry) => entry.action === action);
  } finally {
    await store.close();
  }
}

describe('the audit trail', () => {
  test('has every verdict with what it was bound to, and no value of what was found', async () => {
    const value = makeSecretValue();
    const pull = await open({
      [WEB]: deployment('ghcr.io/acme/web:1.0.1', true),
      'db.yaml': plainSecret('db', value),
    });
    await stage.answered();
    const [entry, ...others] = await auditOf('verdict');
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      actor: 'gitops-warden',
      repository: 'acme/deploy',
      installation: stage.github.installationId('acme'),
      subject: `pull/${String(pull.number)}`,
      detail: { conclusion: 'failure', base: pull.base.sha, head: pull.head.sha },
    });
    const { findings, policyHash } = entry?.detail as { findings: { ruleId: string }[]; policyHash: string };
    expect(findings.map(({ ruleId }) => ruleId)).toEqual(
      expect.arrayContaining(['no-privileged-container', 'no-plaintext-secret']),
    );
    expect(policyHash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify([entry, lines])).not.toContain(value);
  });

  test('has a direct push, the alert and where it went', async () => {
    await stage.github.push(repository, {
      branch: 'main',
      files: { [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) },
      message: 'Quick fix',
      user: 'mallory',
    });
    await stage.answered();
    const [issue] = stage.github.issues(repository);
    expect(await auditOf('alert-raised')).toMatchObject([
      { actor: 'mallory', subject: 'refs/heads/main', detail: { alert: 'direct-push' } },
    ]);
    expect(await auditOf('alert-delivered')).toMatchObject([
      {
        detail: {
          channel: 'github-issue',
          destination: expect.stringContaining(`/issues/${String(issue?.number)}`),
        },
      },
    ]);
  });

  test('has a change of the policy, and only that', async () => {
    await stage.github.push(repository, {
      branch: 'main',
      files: { '.github/gitops-warden.yml': 'version: 1\nprofile: strict\n' },
      message: 'Stricter',
      user: 'ann',
    });
    await stage.answered();
    await stage.github.push(repository, {
      branch: 'main',
      files: { 'README.md': 'Hello.\n' },
      message: 'Words',
      user: 'ann',
    });
    await stage.answered();
    await stage.github.push(repository, {
      branch: 'main',
      files: { '.github/revoked_signers': '# nobody yet\n' },
      message: 'Keys',
      user: 'bob',
    });
    await stage.answered();
    const changes = await auditOf('policy-changed');
    expect(changes).toMatchObject([
      { actor: 'ann', subject: 'refs/heads/main' },
      { actor: 'bob', subject: 'refs/heads/main' },
    ]);
    for (const { detail } of changes) expect(detail['before']).not.toBe(detail['after']);
    expect(changes[1]?.detail['before']).toBe(changes[0]?.detail['after']);
  });
});

test('work that was not finished is done by whoever opens the store next', async () => {
  stage.github.setOutage(true);
  const pull = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) });
  await stage.github.settled();
  await stage.app.close(0);
  stage.github.setOutage(false);
  expect(stage.github.checkRuns(repository, pull.head.sha)).toEqual([]);
  const next = await startApp({ ...stage.settings, port: 0 }, { pacing: false, timing: TIMING });
  await next.idle();
  await next.close(1_000);
  expect(stage.github.checkRuns(repository, pull.head.sha)).toMatchObject([
    { status: 'completed', conclusion: 'failure' },
  ]);
});

test('an event that is delivered twice is judged once', async () => {
  const pull = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') });
  await stage.answered();
  const delivery = stage.github.deliveries.find(({ event }) => event === 'pull_request');
  const again = await stage.github.deliver('pull_request', delivery?.payload ?? {}, {
    id: delivery?.id ?? '',
  });
  await stage.answered();
  expect(again).toBe(200);
  expect(stage.github.checkRuns(repository, pull.head.sha)).toHaveLength(1);
});

describe('seen from outside', () => {
  test('every line of a job says whose it is', async () => {
    const pull = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) });
    await stage.answered();
    const ofJob = lines.filter((line) => line['jobId'] !== undefined);
    expect(ofJob.length).toBeGreaterThan(5);
    expect(ofJob.some(({ msg }) => String(msg).startsWith('GitHub request'))).toBe(true);
    for (const line of ofJob) {
      expect(line).toMatchObject({
        delivery: expect.any(String),
        installation: expect.any(Number),
        repository: 'acme/deploy',
        pullRequest: pull.number,
        head: pull.head.sha,
      });
    }
  });

  test('the metrics tell of deliveries, jobs, stages, findings, requests and the store', async () => {
    await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) });
    await stage.answered();
    const body = await (await fetch(`${stage.app.url}/metrics`)).text();
    const value = (series: string): number =>
      Number(
        body
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1],
      );
    expect(value('gitops_warden_deliveries_total{event="pull_request",result="accepted"}')).toBe(1);
    expect(value('gitops_warden_jobs_finished_total{kind="review-pull-request",outcome="done"}')).toBe(1);
    expect(value('gitops_warden_reviews_total{conclusion="failure"}')).toBe(1);
    expect(
      value(
        'gitops_warden_findings_total{rule="no-privileged-container",severity="error",introduced="true"}',
      ),
    ).toBe(1);
    for (const stageName of ['fetch', 'collect', 'judge', 'publish']) {
      expect(value(`gitops_warden_review_stage_duration_seconds_count{stage="${stageName}"}`)).toBe(1);
    }
    expect(value('gitops_warden_jobs{state="waiting"}')).toBe(0);
    expect(value('gitops_warden_store_up')).toBe(1);
    expect(value('gitops_warden_mirrors')).toBe(1);
    expect(value('gitops_warden_audit_entries_total{action="verdict"}')).toBe(1);
    expect(body).toMatch(
      /gitops_warden_github_requests_total\{method="POST",route="\/repos\/\{owner\}\/\{repo\}\/check-runs",status="201"\} 1/,
    );
    expect(body).toMatch(/gitops_warden_github_rate_limit_remaining\{installation="\d+"\} 49\d\d/);
  });

  test('it is ready', async () => {
    expect((await fetch(`${stage.app.url}/readyz`)).status).toBe(200);
  });
});
