import { DEFAULT_POLICY, policyHash } from '../../../src/config/policy.ts';
import { DEFAULT_SIGNATURES } from '../../../src/config/signature-policy.ts';
import { EMPTY_KEYRING, type Keyring } from '../../../src/signatures/keyring.ts';
import type { TagObject } from '../../../src/signatures/signed-object.ts';
import { createValueDigest } from '../../../src/engine/fingerprint.ts';
import type { Finding } from '../../../src/engine/finding.ts';
import type { Policy, PushPolicy, SignaturePolicy } from '../../../src/engine/policy.ts';
import type { Report } from '../../../src/engine/report.ts';
import { GitError } from '../../../src/git/git-error.ts';
import type { Repository } from '../../../src/git/repository.ts';
import type { JobContext, JobEnvironment, Logger } from '../../../src/github/dependencies.ts';
import type {
  JudgePushJob,
  RecheckJob,
  RepositoryRef,
  ReviewPullRequestJob,
} from '../../../src/github/job.ts';
import { EVIDENCE_WAITS } from '../../../src/github/push-evidence.ts';
import type { Job } from '../../../src/github/job.ts';
import type { NewAuditEntry } from '../../../src/store/audit-entry.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { memoryLedger, memoryOpenChecks, memoryWaivers } from './memory-store.ts';
import type { RuleSet } from '../../../src/pipeline/rule-set.ts';
import type { Review, ReviewRequest } from '../../../src/pipeline/review-repository.ts';
import { publishAlert } from '../../../src/github/publish-alert.ts';
import { fakeClock, mockGitHub, REPO, sha, testApi } from './github.ts';
import type { FakeClock } from './github.ts';

export const BASE = sha('b');
export const HEAD = sha('a');
export const BOT = 'warden[bot]';

const REPOSITORY: RepositoryRef = {
  id: 5,
  owner: 'acme',
  name: 'deploy',
  isPrivate: true,
  defaultBranch: 'main',
};

const COMMON = { installationId: 42, delivery: 'd', repository: REPOSITORY, supersedes: false, key: 'k' };

export const PULL_JOB: ReviewPullRequestJob = {
  ...COMMON,
  kind: 'review-pull-request',
  number: 7,
  headSha: HEAD,
};
export const RECHECK_JOB: RecheckJob = { ...COMMON, kind: 'recheck', headSha: HEAD };
export const PUSH_JOB: JudgePushJob = {
  ...COMMON,
  kind: 'judge-push',
  ref: 'refs/heads/main',
  before: BASE,
  after: HEAD,
  created: false,
  deleted: false,
  forced: false,
  pusher: 'mallory',
};

const NO_RULES: RuleSet = {
  rules: [],
  problems: [],
  brought: new Set(),
  hash: '',
  urlOf: () => null,
  pageOf: () => Promise.resolve(null),
};

let serial = 0;

export function finding(overrides: Partial<Finding> = {}, line = 7): Finding {
  serial += 1;
  return {
    ruleId: 'no-privileged-container',
    severity: 'error',
    message: `Container \`web${serial}\` is privileged.`,
    subject: {
      type: 'file',
      path: 'apps/web.yaml',
      range: { start: { line, column: 1 }, end: { line, column: 9 } },
      object: null,
      commit: null,
    },
    related: [],
    suggestion: null,
    fingerprint: serial.toString(16).padStart(32, '0'),
    introduced: true,
    url: null,
    ...overrides,
  };
}

export function report(findings: readonly Finding[], overrides: Partial<Report> = {}): Report {
  const blocked = findings.some(({ severity, introduced }) => severity === 'error' && introduced);
  return {
    conclusion: blocked ? 'failure' : 'success',
    reportOnly: false,
    base: BASE,
    head: HEAD,
    mergeBase: BASE,
    policy: { source: 'default', hash: 'p'.repeat(64) },
    configProblems: [],
    findings,
    waived: [],
    failures: [],
    notChecked: [],
    commits: [],
    reach: { applications: [], clusters: [], environments: [] },
    sops: null,
    stats: { files: 1, manifests: 1, commits: 1, milliseconds: 5 },
    ...overrides,
  };
}

const HUNKS = new Map([['apps/web.yaml', [{ start: 1, end: 100 }]]]);

/** What the fake git remote and the fake pipeline hold; tests change it before they run a job. */
export interface World {
  /** Refs of the remote. */
  readonly refs: Map<string, string>;
  /** Commits of the remote, each with its parents. */
  readonly commits: Map<string, readonly string[]>;
  /** Findings by the base that is judged against. */
  readonly findings: Map<string, readonly Finding[]>;
  /** Called with each review; may throw or abort. */
  onReview: (request: ReviewRequest) => void | Promise<void>;
  onFetch: () => void;
  protectedBranches: readonly string[];
  signatures: SignaturePolicy;
  pushes: PushPolicy;
  keyring: Keyring;
  /** Annotated tags of the remote, by their id. */
  readonly tags: Map<string, TagObject>;
}

export interface JobHarness {
  readonly world: World;
  readonly context: JobContext;
  readonly clock: FakeClock;
  readonly controller: AbortController;
  readonly reviews: ReviewRequest[];
  readonly fetched: string[][];
  readonly discarded: string[];
  readonly lines: string[];
  readonly audited: NewAuditEntry[];
  /** Work that the job made. */
  readonly enqueued: Job[];
}

export function jobHarness(repository: Partial<RepositoryRef> = {}): JobHarness {
  const clock = fakeClock();
  const controller = new AbortController();
  const world: World = {
    refs: new Map([
      ['refs/heads/main', BASE],
      ['refs/pull/7/head', HEAD],
    ]),
    commits: new Map([
      [BASE, []],
      [HEAD, [BASE]],
    ]),
    findings: new Map(),
    onReview: () => undefined,
    onFetch: () => undefined,
    protectedBranches: [],
    signatures: DEFAULT_SIGNATURES,
    pushes: { users: [], apps: [] },
    keyring: EMPTY_KEYRING,
    tags: new Map(),
  };
  const reviews: ReviewRequest[] = [];
  const fetched: string[][] = [];
  const discarded: string[] = [];
  const lines: string[] = [];
  const enqueued: Job[] = [];
  const audited: NewAuditEntry[] = [];
  const note = (...parts: unknown[]): void =>
    void lines.push(parts.map((part) => JSON.stringify(part)).join(' '));
  const log = { debug: note, info: note, warn: note, error: note, child: () => log } as unknown as Logger;
  const mirror = new Map<string, string>();
  const api = testApi(clock);
  const environment: JobEnvironment = {
    clock,
    evidenceWaits: EVIDENCE_WAITS,
    serverUrl: 'https://github.com',
    appId: 4242,
    postureMs: null,
    receivers: [],
    alertMinSeverity: 'warning',
    sweepGrace: 60_000,
    metrics: createMetrics('test'),
    openChecks: memoryOpenChecks(),
    ledger: memoryLedger(),
    waivers: memoryWaivers(),
    valueDigest: createValueDigest(new Uint8Array(32)),
    enqueue: (job) => {
      enqueued.push(job);
      return Promise.resolve(true);
    },
    liveKeys: () => Promise.resolve(new Set<string>()),
    appClient: () => Promise.resolve(api.octokit),
    installationClient: () => Promise.resolve(api.octokit),
    rateLimitLeft: () => 1,
    audit: (entries) => {
      audited.push(...entries);
      return Promise.resolve();
    },
    noteDead: () => Promise.resolve(),
    forgetAudit: () => Promise.resolve(),
    apiFor: (_installation, { owner, name }) => Promise.resolve({ ...api, owner, repo: name }),
    gitToken: () => Promise.resolve('git-token'),
    botLogin: () => Promise.resolve(BOT),
    policyAt: () =>
      Promise.resolve({
        policy: policyOf(world),
        hash: hashOf(world),
        keyring: world.keyring,
        rules: NO_RULES,
      }),
    rules: NO_RULES,
    mirrors: {
      fetch: ({ refspecs }) => {
        fetched.push([...refspecs]);
        world.onFetch();
        for (const refspec of refspecs) {
          const [from = '', to = ''] = refspec.replace('+', '').split(':');
          const commit = world.refs.get(from) ?? (world.commits.has(from) ? from : undefined);
          if (commit === undefined) return Promise.reject(new GitError('not-found', `no ${from}`));
          mirror.set(to, commit);
        }
        return Promise.resolve(repositoryOf(world, mirror));
      },
      lsRemote: () =>
        Promise.resolve(new Map([...world.refs].filter(([ref]) => !ref.startsWith('refs/heads/main')))),
      discard: (key) => {
        discarded.push(key);
        return Promise.resolve();
      },
      prune: () => Promise.resolve({ evicted: 0, bytes: 0 }),
    },
    review: async (request): Promise<Review> => {
      reviews.push(request);
      await world.onReview(request);
      const findings = world.findings.get(request.base ?? '') ?? [];
      const policy = { source: 'default', hash: hashOf(world) };
      const judged = report(findings, { base: request.base, head: request.head, policy });
      return { report: judged, policy: policyOf(world), hunks: HUNKS };
    },
  };
  const context: JobContext = {
    environment,
    api,
    repository: { ...REPOSITORY, ...repository },
    installationId: 42,
    key: 'k',
    delivery: 'd',
    lastAttempt: true,
    attempt: 'attempt',
    log,
    signal: controller.signal,
  };
  return { world, context, clock, controller, reviews, fetched, discarded, lines, enqueued, audited };
}

function policyOf({ protectedBranches, signatures, pushes }: World): Policy {
  return { ...DEFAULT_POLICY, protectedBranches, signatures, pushes };
}

function hashOf(world: World): string {
  return policyHash(policyOf(world), '');
}

function repositoryOf(world: World, mirror: ReadonlyMap<string, string>): Repository {
  const known = new Set<string>();
  const visit = (commit: string): void => {
    if (known.has(commit)) return;
    known.add(commit);
    for (const parent of world.commits.get(commit) ?? []) visit(parent);
  };
  for (const commit of mirror.values()) visit(commit);
  const tryResolve = (rev: string): string | null => mirror.get(rev) ?? (known.has(rev) ? rev : null);
  const ancestors = (commit: string): string[] => [
    commit,
    ...(world.commits.get(commit) ?? []).flatMap(ancestors),
  ];
  const partial: Partial<Repository> = {
    tag: (rev) => Promise.resolve(world.tags.get(rev) ?? null),
    tryResolve: (rev) => Promise.resolve(tryResolve(rev)),
    resolve: (rev) => {
      const commit = tryResolve(rev);
      return commit === null
        ? Promise.reject(new GitError('not-found', `no ${rev}`))
        : Promise.resolve(commit);
    },
    mergeBase: (a, b) => {
      const common = ancestors(b).find((commit) => ancestors(a).includes(commit));
      return common === undefined
        ? Promise.reject(new GitError('no-merge-base', 'nothing in common'))
        : Promise.resolve(common);
    },
    commits: (exclude, head) => {
      const left = new Set(exclude === null ? [] : ancestors(exclude));
      const shas = [...new Set(ancestors(head))].filter((commit) => !left.has(commit));
      const commits = shas.map((commit) => ({ sha: commit, parents: world.commits.get(commit) ?? [] }));
      return Promise.resolve({ commits, truncated: false } as unknown as Awaited<
        ReturnType<Repository['commits']>
      >);
    },
    close: () => undefined,
  };
  return partial as Repository;
}

/** Does the work on issues that earlier jobs made. */
export async function publishAlerts({ context, enqueued }: JobHarness): Promise<void> {
  const jobs = enqueued.splice(0).filter((job) => job.kind === 'publish-alert');
  for (const job of jobs) await publishAlert(context, job);
}

/** Where a push came from is left to its pull requests: neither the activity log nor rule insights may be read. */
export function denyActivity(): void {
  for (const path of ['activity', 'rulesets/rule-suites']) {
    mockGitHub()
      .get(`${REPO}/${path}`)
      .query(true)
      .optionally()
      .times(20)
      .reply(403, { message: 'Resource not accessible by integration' });
  }
}

/** A pull request as far as we read it. */
export function pullAnswer(number: number, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    number,
    state: 'open',
    head: { sha: HEAD },
    base: { ref: 'main' },
    commits: 1,
    review_comments: 0,
    ...overrides,
  };
}
