import { NO_RECEIVERS } from '../../src/config/alert-settings.ts';
import type { Commit } from '../../src/engine/change.ts';
import { createHmac, createVerify, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { pino } from 'pino';
import { createApp } from '../../src/github/app.ts';
import type { App } from '../../src/github/app.ts';
import type { AppDependencies, Logger } from '../../src/github/dependencies.ts';
import type { AppSettings } from '../../src/github/settings.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { AuditEntry } from '../../src/store/audit-entry.ts';
import { ABANDONED } from '../../src/store/job-store.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { API, checkRunAnswer, fakeClock, finishGitHub, mockGitHub, REPO } from './support/github.ts';
import { BASE, finding, HEAD, jobHarness, pullAnswer } from './support/job.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SECRET = ['webhook', 'secret', 'of', 'a', 'test'].join('-');
const TOKENS = { api: ['ghs', 'api'].join('_'), git: ['ghs', 'git'].join('_') };

const SETTINGS: AppSettings = {
  appId: 4242,
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  webhookSecrets: [SECRET],
  host: '127.0.0.1',
  port: 0,
  apiUrl: API,
  logLevel: 'trace',
  logFormat: 'json',
  concurrency: 2,
  sweepMs: null,
  postureMs: null,
  auditRetentionMs: null,
  metricsToken: null,
  orgPolicy: 'off' as const,
  alerts: NO_RECEIVERS,
};

const TIMING = { attempts: 1, retrySeconds: 0.01 };

let app: App;
let metrics: Metrics;
let store: Store;
let directory: string;
let output: string;
let requests: string[];

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'warden-app-'));
  store = await openStore({ databaseUrl: null, dataDirectory: directory, timing: TIMING });
  output = '';
  requests = [];
  metrics = createMetrics('test');
});

afterEach(async () => {
  await app.close(1_000);
  await store.close();
  rmSync(directory, { recursive: true, force: true });
  finishGitHub();
});

async function start(dependencies: AppDependencies, settings: Partial<AppSettings> = {}): Promise<void> {
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      output += chunk.toString();
      done();
    },
  });
  const log = pino({ level: 'trace' }, sink) as unknown as Logger;
  app = await createApp({ ...SETTINGS, ...settings }, dependencies, store, {
    timing: TIMING,
    clock: fakeClock(),
    pacing: false,
    metrics,
    log,
  });
}

function payload(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    action: 'opened',
    installation: { id: 42 },
    repository: {
      id: 5,
      name: 'deploy',
      full_name: 'acme/deploy',
      private: true,
      default_branch: 'main',
      owner: { login: 'acme' },
    },
    pull_request: { number: 7, head: { sha: HEAD }, title: 'a title of a stranger' },
    sender: { login: 'ann' },
    ...overrides,
  };
}

let serial = 0;

function deliver(event: string, body: object, id = `delivery-${(serial += 1)}`): Promise<Response> {
  const text = JSON.stringify(body);
  return fetch(`${app.url}/api/github/webhooks`, {
    method: 'POST',
    body: text,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(text).digest('hex')}`,
    },
  });
}

function isJwtOfApp(header: unknown): boolean {
  const [, head = '', body = '', signature = ''] =
    /^bearer ([^.]+)\.([^.]+)\.([^.]+)$/i.exec(String(header)) ?? [];
  if (body === '') return false;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as {
    iss: unknown;
    exp: number;
    iat: number;
  };
  const valid = createVerify('RSA-SHA256')
    .update(`${head}.${body}`)
    .verify(publicKey, signature, 'base64url');
  return valid && Number(claims.iss) === SETTINGS.appId && claims.exp - claims.iat <= 600;
}

function expectToken(token: string, body: object | null): void {
  mockGitHub()
    .post('/app/installations/42/access_tokens', (given: object) => {
      requests.push('token');
      return (
        JSON.stringify(given) === JSON.stringify(body ?? {}) ||
        (body === null && Object.keys(given).length === 0)
      );
    })
    .matchHeader('authorization', isJwtOfApp)
    .reply(201, { token, expires_at: '2099-01-01T00:00:00Z', permissions: {}, repository_selection: 'all' });
}

const asInstallation = { reqheaders: { authorization: `token ${TOKENS.api}` } };

describe('the App', () => {
  test('reviews a pull request from a signed webhook, with cold tokens, in at most eight requests', async () => {
    const { context, world } = jobHarness();
    world.findings.set(BASE, [finding(), finding()]);
    const gitTokens: (string | null)[] = [];
    const { mirrors } = context.environment;
    await start({
      ...context.environment,
      mirrors: {
        ...mirrors,
        fetch: (request) => {
          gitTokens.push(request.token);
          expect(request.url).toBe('https://github.com/acme/deploy.git');
          return mirrors.fetch(request);
        },
      },
      review: async (request) => {
        const asked = [{ sha: HEAD } as Commit];
        await request.witness?.evidence(asked, { verdict: true, accountKeys: false, decides: false });
        return context.environment.review(request);
      },
    });
    expectToken(TOKENS.api, null);
    expectToken(TOKENS.git, { repository_ids: [5], permissions: { contents: 'read' } });
    const github = nock(API, asInstallation);
    const count = (name: string) => () => {
      requests.push(name);
      return true;
    };
    github.get(`${REPO}/pulls/7`).query(count('pull')).reply(200, pullAnswer(7));
    github.post(`${REPO}/check-runs`, count('start')).reply(201, checkRunAnswer());
    github
      .get(`${REPO}/pulls/7/commits`)
      .query(count('commits'))
      .reply(200, [
        { sha: HEAD, commit: { verification: { verified: true, reason: 'valid' } }, committer: null },
      ]);
    github.post('/graphql', count('threads')).reply(200, {
      data: {
        repository: {
          pullRequest: { reviewThreads: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] } },
        },
      },
    });
    github.post(`${REPO}/pulls/7/reviews`, count('review')).reply(200, {});
    github.patch(`${REPO}/check-runs/900`, count('end')).reply(200, checkRunAnswer());

    const response = await deliver('pull_request', payload());
    expect(response.status).toBe(202);
    await app.idle();

    expect(new Set(requests)).toEqual(
      new Set(['token', 'pull', 'start', 'commits', 'threads', 'review', 'end']),
    );
    expect(nock.pendingMocks()).toEqual([]);
    expect(gitTokens).toEqual([TOKENS.git]);
    for (const hidden of [SECRET, TOKENS.api, TOKENS.git, 'PRIVATE KEY', 'a title of a stranger']) {
      expect(output).not.toContain(hidden);
    }
    expect(output).toMatch(/"delivery":"delivery-\d+"/);
    expect(output).toContain('"repository":"acme/deploy"');
  });

  test('asks for a token of git once and again only when it expires', async () => {
    const { context, world } = jobHarness();
    await start(context.environment);
    expectToken(TOKENS.api, null);
    expectToken(TOKENS.git, { repository_ids: [5], permissions: { contents: 'read' } });
    const github = mockGitHub();
    github.get(`${REPO}/pulls/7`).times(2).reply(200, pullAnswer(7));
    github.post(`${REPO}/check-runs`).times(2).reply(201, checkRunAnswer());
    github.patch(`${REPO}/check-runs/900`).times(2).reply(200, checkRunAnswer());
    await deliver('pull_request', payload());
    await app.idle();
    world.refs.set('refs/heads/main', 'c'.repeat(40));
    await deliver('pull_request', payload({ action: 'reopened' }));
    await app.idle();
  });

  test('does nothing for a replayed delivery', async () => {
    const { context } = jobHarness();
    await start(context.environment);
    expectToken(TOKENS.api, null);
    // Whether others share the head of what was closed.
    expectToken(TOKENS.git, { repository_ids: [5], permissions: { contents: 'read' } });
    mockGitHub()
      .get(`${REPO}/pulls/7`)
      .reply(200, pullAnswer(7, { state: 'closed' }));
    await deliver('pull_request', payload(), 'same');
    await app.idle();
    const again = await deliver('pull_request', payload(), 'same');
    expect(await again.json()).toEqual({ duplicate: true });
    await app.idle();
  });

  test('a newer push stops the review of the older one and closes its check', async () => {
    const { context, world } = jobHarness();
    const NEWER = 'f'.repeat(40);
    let reviewing: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (reviewing = resolve));
    let reviews = 0;
    world.onReview = async ({ signal }) => {
      reviews += 1;
      if (reviews > 1) return;
      reviewing();
      await new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => {
          reject(signal.reason as Error);
        }),
      );
    };
    await start(context.environment);
    expectToken(TOKENS.api, null);
    expectToken(TOKENS.git, { repository_ids: [5], permissions: { contents: 'read' } });
    const ends: { conclusion: string; output: { title: string } }[] = [];
    const github = mockGitHub();
    github.get(`${REPO}/pulls/7`).reply(200, pullAnswer(7));
    github
      .post(`${REPO}/check-runs`, (body: { head_sha: string }) => body.head_sha === HEAD)
      .reply(201, checkRunAnswer());
    await deliver('pull_request', payload());
    await started;

    world.refs.set('refs/pull/7/head', NEWER);
    world.commits.set(NEWER, [BASE]);
    github.get(`${REPO}/pulls/7`).reply(200, pullAnswer(7, { head: { sha: NEWER } }));
    github
      .post(`${REPO}/check-runs`, (body: { head_sha: string }) => body.head_sha === NEWER)
      .reply(201, checkRunAnswer());
    github
      .patch(`${REPO}/check-runs/900`, (body: (typeof ends)[number]) => {
        ends.push(body);
        return true;
      })
      .times(2)
      .reply(200, checkRunAnswer());
    await deliver(
      'pull_request',
      payload({ action: 'synchronize', pull_request: { number: 7, head: { sha: NEWER } } }),
    );
    await app.idle();
    expect(ends.map(({ conclusion }) => conclusion)).toEqual(['cancelled', 'success']);
    expect(ends[0]?.output.title).toBe('Superseded by ffffffffffff');
  });

  test('at close it finishes what it can, hands back the rest and takes no more', async () => {
    const { context, world } = jobHarness();
    let reviewing: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (reviewing = resolve));
    world.onReview = ({ signal }) => {
      reviewing();
      return new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => {
          reject(signal.reason as Error);
        }),
      );
    };
    await start(context.environment, { concurrency: 1 });
    expectToken(TOKENS.api, null);
    expectToken(TOKENS.git, { repository_ids: [5], permissions: { contents: 'read' } });
    const github = mockGitHub();
    github.get(`${REPO}/pulls/7`).reply(200, pullAnswer(7));
    github.post(`${REPO}/check-runs`).reply(201, checkRunAnswer());
    await deliver('pull_request', payload());
    await started;
    await deliver('pull_request', payload({ pull_request: { number: 8, head: { sha: HEAD } } }));
    const unfinished = await app.close(20);
    expect(unfinished.map((job) => (job.kind === 'review-pull-request' ? job.number : job.kind))).toEqual([
      7,
    ]);
    // Both wait for whoever starts next, and the check stays in progress until then.
    const waiting = await store.jobs.list('waiting', 5);
    expect(waiting.map(({ payload: job, attempts }) => [job['number'], attempts])).toEqual([
      [7, 0],
      [8, 0],
    ]);
    expect(await store.openChecks.ofKey('5/pull/7')).toHaveLength(1);
    await store.close();
    store = await openStore({ databaseUrl: null, dataDirectory: `${directory}/other`, timing: TIMING });
    await expect(fetch(`${app.url}/healthz`)).rejects.toThrow();
    await start(context.environment);
  });

  test.each([
    ['installation', { action: 'created', installation: { id: 42 } }],
    ['installation', { action: 'deleted', installation: { id: 42 } }],
    ['star', payload({ action: 'created' })],
    ['ping', { zen: 'Keep it simple.' }],
  ])('accepts %s without work', async (event, body) => {
    const { context } = jobHarness();
    await start(context.environment);
    expect((await deliver(event, body)).status).toBe(202);
    await app.idle();
  });

  test('answers 500 to an event that it cannot use, without its payload in the log', async () => {
    const { context } = jobHarness();
    await start(context.environment);
    const response = await deliver('pull_request', payload({ installation: undefined }));
    expect(response.status).toBe(500);
    expect(output).toContain('names no installation');
    expect(output).not.toContain('a title of a stranger');
  });

  test('leaves a job alone for as long as GitHub asks', async () => {
    const { context } = jobHarness();
    await store.close();
    store = await openStore({ databaseUrl: null, dataDirectory: directory });
    await start(context.environment);
    expectToken(TOKENS.api, null);
    mockGitHub().get(`${REPO}/pulls/7`).reply(429, {}, { 'retry-after': '3000' });
    await deliver('pull_request', payload());
    for (;;) {
      const [waiting] = await store.jobs.list('waiting', 1);
      if (waiting?.attempts !== 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        continue;
      }
      expect((waiting.runAt ?? 0) - Date.now()).toBeGreaterThan(2_900_000);
      return;
    }
  });

  test('notes once which job failed for good, here or with its worker', async () => {
    const { context } = jobHarness();
    // Its worker died before this one started.
    const lost = { key: 'k', group: 'g', priority: 1, supersedes: true, payload: { kind: 'recheck' } };
    await store.jobs.accept({ id: 'lost', event: 'test' }, lost);
    const held = await store.jobs.claim();
    if (held === null) throw new Error('There is no job to claim.');
    await store.jobs.fail(held, ABANDONED);
    await start(context.environment);
    expectToken(TOKENS.api, null);
    mockGitHub().get(`${REPO}/pulls/7`).reply(403, { message: 'Resource not accessible by integration' });
    await deliver('pull_request', payload(), 'a-delivery');
    await app.idle();
    const dead = await store.jobs.list('dead', 5);
    expect(dead).toHaveLength(2);
    const noted: AuditEntry[] = [];
    while (noted.length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      noted.length = 0;
      for await (const page of store.audit.search({ action: 'job-dead' })) noted.push(...page);
    }
    expect(noted.map(({ subject }) => subject)).toEqual(dead.map(({ id }) => `job/${id}`));
    expect(noted[1]).toMatchObject({
      actor: 'gitops-warden',
      repository: 'acme/deploy',
      installation: 42,
      delivery: 'a-delivery',
      detail: { key: '5/pull/7', attempts: 1, error: expect.stringContaining('answered 403') },
    });
    const { body } = await metrics.render();
    for (const kind of ['recheck', 'review-pull-request']) {
      expect(body).toContain(`gitops_warden_jobs_finished_total{kind="${kind}",outcome="dead"} 1`);
    }
    expect(body).toContain('gitops_warden_audit_entries_total{action="job-dead"} 2');
  });

  test.each([
    ['a missing permission', 403],
    ['a server error', 500],
  ])('survives %s when not even a check can be posted', async (_what, status) => {
    const { context } = jobHarness();
    await start(context.environment);
    expectToken(TOKENS.api, null);
    const github = mockGitHub();
    github.get(`${REPO}/pulls/7`).reply(200, pullAnswer(7));
    github
      .post(`${REPO}/check-runs`)
      .times(status === 500 ? 3 : 1)
      .reply(status, { message: 'Resource not accessible by integration' });
    if (status === 500) {
      github.get(`${REPO}/commits/${HEAD}/check-runs`).query(true).times(3).reply(200, { check_runs: [] });
    }
    await deliver('pull_request', payload());
    await app.idle();
    expect(output).toContain('"outcome":"dead"');
    expect((await store.jobs.list('dead', 5))[0]?.error).toContain(`answered ${String(status)}`);
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
  });

  test('does not start without a webhook secret', async () => {
    const { context } = jobHarness();
    await start(context.environment);
    await expect(
      createApp({ ...SETTINGS, webhookSecrets: [''] }, context.environment, store),
    ).rejects.toThrow('secret is empty');
  });
});
