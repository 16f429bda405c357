import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import type { EmbeddedGitHub } from '../../../src/demo/embedded/embedded-github.ts';
import type { EmbeddedRepository, PullRequest } from '../../../src/demo/embedded/state.ts';
import type { Permissions } from '../../../src/demo/embedded/state.ts';
import type { Finding } from '../../../src/engine/finding.ts';
import { createValueDigest } from '../../../src/engine/fingerprint.ts';
import type { Policy } from '../../../src/engine/policy.ts';
import type { Report } from '../../../src/engine/report.ts';
import type { Repository } from '../../../src/git/repository.ts';
import type { Api } from '../../../src/github/api/api.ts';
import type { Clock } from '../../../src/github/clock.ts';
import type { JobContext, JobEnvironment, Logger } from '../../../src/github/dependencies.ts';
import { createOctokitClass } from '../../../src/github/octokit.ts';
import { reviewJob } from '../../../src/github/review-job.ts';
import { reviewPullRequest } from '../../../src/github/review-pull-request.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { APP_SLUG, startFixture } from '../../demo/fixture.ts';
import { memoryLedger, memoryOpenChecks, memoryWaivers } from '../../github/support/memory-store.ts';
import { at, fileSubject, finding, report } from '../../support/report-fixture.ts';

/** The changed file, its lines that the diff shows, and how many there are. */
export const CHANGED = 'apps/web.yaml';
const SHOWN = { start: 1, end: 103 };
const LENGTH = 400;
const ATTEMPTS = 4;

const PERMISSIONS: Permissions = {
  checks: 'write',
  contents: 'write',
  metadata: 'read',
  pull_requests: 'write',
  security_events: 'write',
};

/** A finding on a line of the changed file; up to line 103 it is a line of the diff. */
export function onLine(serial: number, line: number, parts: Partial<Finding> = {}): Finding {
  return finding({
    message: `Container \`c${String(serial)}\` is privileged.`,
    subject: fileSubject(CHANGED, at(line, 3, 9)),
    fingerprint: serial.toString(16).padStart(32, '0'),
    ...parts,
  });
}

export interface ReviewWorld {
  readonly github: EmbeddedGitHub;
  readonly repository: EmbeddedRepository;
  /** Requests so far. */
  readonly requests: () => number;
  /** Opens a pull request that is reviewed when `push` says so, with the findings that it gives. */
  open(policy?: Partial<Policy>): Promise<PullCase>;
  /** Gives up all requests that wait for an answer, as after a timeout. */
  giveUp(): void;
  close(): Promise<void>;
}

export interface PullCase {
  readonly pull: PullRequest;
  /** Moves the head on, and reviews it; `report` may add what else the review says. */
  push(findings: readonly Finding[], report?: Partial<Report>): Promise<void>;
  /** Reviews the head again, as when somebody presses Re-run. */
  again(): Promise<void>;
}

/** The App's work on pull requests against an embedded GitHub; only what is found is given, and no time passes. */
export async function openReviewWorld(permissions: Permissions = PERMISSIONS): Promise<ReviewWorld> {
  const fixture = await startFixture({ app: { permissions } });
  const { github } = fixture;
  const repository = await github.createRepository('acme/deploy');
  const lines = (text: string): string =>
    Array.from({ length: LENGTH }, (_, index) => `${index < 100 ? text : 'same'} ${String(index)}\n`).join(
      '',
    );
  await github.commit(repository, { branch: 'main', files: { [CHANGED]: lines('old') }, message: 'Base' });
  await github.commit(repository, {
    branch: 'change',
    files: { [CHANGED]: lines('new') },
    message: 'Change',
  });
  const token = await fixture.token('acme');
  let patience = new AbortController();
  const impatient: typeof fetch = (input, init) => fetch(input, { ...init, signal: patience.signal });
  const heads: string[] = [];
  let serial = 0;

  /** The nth commit of the branch; all pull requests share them. */
  async function headAt(index: number, first: string): Promise<string> {
    if (heads.length === 0) heads.push(first);
    while (heads.length <= index) {
      const files = { 'README.md': `${String(heads.length)}\n` };
      heads.push(
        await github.commit(repository, {
          branch: 'later',
          from: heads.at(-1) ?? first,
          files,
          message: 'More',
        }),
      );
    }
    return heads[index] ?? first;
  }

  return {
    github,
    repository,
    requests: () => github.requests.length,
    async open(policy = {}) {
      const pull = await github.openPullRequest(repository, { title: 'Change', head: 'change' });
      let pushes = 0;
      let current = report();
      const environment = environmentOf(
        pull,
        repository,
        { token, baseUrl: github.apiUrl, fetch: impatient },
        () => ({
          report: { ...current, base: pull.base.sha, head: pull.head.sha },
          policy: { ...DEFAULT_POLICY, ...policy },
          hunks: new Map([[CHANGED, [SHOWN]]]),
        }),
      );
      const review = async (): Promise<void> => {
        serial += 1;
        await work(environment, repository, pull, `delivery-${String(serial)}`);
      };
      return {
        pull,
        async push(findings, more = {}) {
          pull.head.sha = await headAt(pushes, pull.head.sha);
          pushes += 1;
          const blocked = findings.some(({ severity, introduced }) => severity === 'error' && introduced);
          current = report({ conclusion: blocked ? 'failure' : 'success', findings, ...more });
          await review();
        },
        async again() {
          await environment.ledger.unjudged(repository.id, pull.head.sha);
          await review();
        },
      };
    },
    giveUp() {
      patience.abort(new DOMException('Nobody answers.', 'TimeoutError'));
      patience = new AbortController();
    },
    close: () => fixture.close(),
  };
}

/** The job of one event, attempt by attempt, as the worker runs it. */
async function work(
  environment: JobEnvironment,
  { id, owner, name }: EmbeddedRepository,
  pull: PullRequest,
  delivery: string,
): Promise<void> {
  const ref = { id, owner, name, isPrivate: false, defaultBranch: 'main' };
  const source = { installationId: 1, repository: ref };
  const job = reviewJob(source, { number: pull.number, headSha: pull.head.sha }, delivery);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const context: JobContext = {
      environment,
      api: await environment.apiFor(1, ref),
      ...source,
      key: job.key,
      delivery,
      lastAttempt: attempt === ATTEMPTS,
      attempt: `${delivery}-${String(attempt)}`,
      log: silent,
      signal: new AbortController().signal,
    };
    try {
      await reviewPullRequest(context, job);
      return;
    } catch {
      // The worker tries again; after the last attempt the job waits for a person.
    }
  }
}

const ignore = (): undefined => undefined;
const silent = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  child: () => silent,
} as unknown as Logger;

function environmentOf(
  pull: PullRequest,
  { owner, name }: EmbeddedRepository,
  { token, baseUrl, fetch }: { token: string; baseUrl: string; fetch: typeof globalThis.fetch },
  review: () => Awaited<ReturnType<JobEnvironment['review']>>,
): JobEnvironment {
  let now = Date.now();
  const clock: Clock = {
    now: () => now,
    sleep: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
  };
  const Octokit = createOctokitClass(clock, false);
  const octokit = new Octokit({
    auth: { token },
    log: silent,
    baseUrl,
    request: { fetch },
  });
  const api: Api = { octokit, owner, repo: name, clock };
  const mirror: Partial<Repository> = {
    tryResolve: () => Promise.resolve(pull.head.sha),
    resolve: () => Promise.resolve(pull.base.sha),
    close: ignore,
  };
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    clock,
    evidenceWaits: [],
    serverUrl: 'https://git.example',
    appId: 1,
    postureMs: null,
    receivers: [],
    alertMinSeverity: 'warning',
    waivers: memoryWaivers(),
    valueDigest: createValueDigest(new Uint8Array(32)),
    sweepGrace: 0,
    metrics: createMetrics('test'),
    openChecks: memoryOpenChecks(),
    ledger: memoryLedger(),
    enqueue: () => Promise.resolve(true),
    liveKeys: () => Promise.resolve(new Set()),
    appClient: () => Promise.resolve(octokit),
    installationClient: () => Promise.resolve(octokit),
    rateLimitLeft: () => 1,
    audit: nothing,
    noteDead: nothing,
    forgetAudit: nothing,
    apiFor: () => Promise.resolve(api),
    gitToken: () => Promise.resolve(token),
    botLogin: () => Promise.resolve(`${APP_SLUG}[bot]`),
    policyAt: () => Promise.reject(new Error('Nobody asks for the policy alone.')),
    rules: {
      rules: [],
      problems: [],
      hash: '',
      brought: new Set(),
      urlOf: () => null,
      pageOf: () => Promise.resolve(null),
    },
    mirrors: {
      fetch: () => Promise.resolve(mirror as Repository),
      lsRemote: () => Promise.resolve(new Map()),
      discard: nothing,
      prune: () => Promise.resolve({ evicted: 0, bytes: 0 }),
    },
    review: () => Promise.resolve(review()),
  };
}
