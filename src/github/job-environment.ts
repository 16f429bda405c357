import { hkdfSync } from 'node:crypto';
import type { Probot, ProbotOctokit } from 'probot';
import { createValueDigest } from '../engine/fingerprint.ts';
import { createReceivers } from '../alerts/receivers/index.ts';
import type { Store } from '../store/store.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { NewAuditEntry } from '../store/audit-entry.ts';
import type { AppDependencies, JobEnvironment, Logger } from './dependencies.ts';
import { noteDeadJobs } from './dead-jobs.ts';
import { createGitTokens } from './git-token.ts';
import { toStored } from './job.ts';
import type { Job } from './job.ts';
import { observeRateLimit } from './request-observer.ts';
import { serverUrl } from './settings.ts';
import type { AppSettings } from './settings.ts';

export interface EnvironmentParts {
  readonly probot: Probot;
  readonly settings: AppSettings;
  readonly dependencies: AppDependencies;
  readonly store: Store;
  readonly metrics: Metrics;
  /** Keeps a job and wakes the worker. */
  readonly enqueue: (job: Job) => Promise<boolean>;
}

/** Webhooks arrive within seconds; in milliseconds. */
const MAX_SWEEP_GRACE = 2 * 60_000;

/** Everything that jobs need, made once. */
export function createEnvironment(
  { probot, settings, dependencies, store, metrics, enqueue }: EnvironmentParts,
  time: Pick<JobEnvironment, 'clock' | 'evidenceWaits'>,
): JobEnvironment {
  const { clock } = time;
  const { log } = probot;
  const tokens = createGitTokens(() => probot.auth(), clock);
  const rateLimits = new Map<number, { readonly left: number; readonly resetAt: number }>();
  let login: Promise<string> | null = null;

  async function installationClient(installationId: number, log?: Logger): Promise<ProbotOctokit> {
    const octokit = await probot.auth(installationId);
    // Each call makes a client of its own, so that its lines can say whose they are.
    if (log !== undefined) Object.assign(octokit, { log });
    return observeRateLimit(octokit, ({ remaining, limit, resetAt }) => {
      rateLimits.set(installationId, { left: limit > 0 ? remaining / limit : 1, resetAt });
      metrics.rateLimit({ installation: installationId, remaining, limit, resetAt });
    });
  }

  return {
    ...dependencies,
    ...time,
    serverUrl: serverUrl(settings.apiUrl),
    appId: settings.appId,
    postureMs: settings.postureMs,
    receivers: createReceivers(settings.alerts),
    alertMinSeverity: settings.alerts.minSeverity,
    sweepGrace: Math.min(MAX_SWEEP_GRACE, 2 * (settings.sweepMs ?? MAX_SWEEP_GRACE)),
    metrics,
    openChecks: store.openChecks,
    ledger: store.ledger,
    waivers: store.waivers,
    valueDigest: createValueDigest(digestKey(settings.privateKey)),
    liveKeys: (keys) => store.jobs.liveKeys(keys),
    enqueue,
    appClient: () => probot.auth(),
    installationClient,
    rateLimitLeft: (installationId) => {
      const known = rateLimits.get(installationId);
      return known === undefined || known.resetAt * 1_000 <= clock.now() ? 1 : known.left;
    },
    audit: (entries) => appendAudit(store, metrics, log, entries),
    noteDead: () => noteDeadJobs(store, metrics, log),
    forgetAudit: async (now) => {
      if (settings.auditRetentionMs === null) return;
      const removed = await store.audit.prune(now - settings.auditRetentionMs);
      if (removed > 0) log.info({ removed }, 'Old entries of the audit trail are gone');
    },
    gitToken: (installationId, repositoryId) => tokens.get(installationId, repositoryId),
    apiFor: async (installationId, { owner, name }, jobLog) => ({
      octokit: await installationClient(installationId, jobLog),
      owner,
      repo: name,
      clock,
    }),
    botLogin: () => {
      login ??= loginOf(probot.auth()).catch((error: unknown) => {
        login = null;
        throw error;
      });
      return login;
    },
  };
}

/** Also writes to the log where the trail ends then, so that a log kept elsewhere bears witness. */
export async function appendAudit(
  store: Store,
  metrics: Metrics,
  log: Logger,
  entries: readonly NewAuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const head = await store.audit.append(entries);
  for (const { action } of entries) metrics.auditEntry(action);
  const [first] = entries;
  const { delivery = null, installation = null, repository = null } = first ?? {};
  const about = { delivery, installation, repository, subjects: entries.map(({ subject }) => subject) };
  log.info({ auditSeq: head.seq, auditHash: head.hash, ...about }, 'Audit trail extended');
}

/** Keeps a job that the App gave itself, once for its delivery. */
export function keep(store: Store, job: Job): Promise<boolean> {
  return store.jobs.accept({ id: job.delivery, event: job.kind }, toStored(job));
}

/** For digests that the store keeps: all replicas have it, and the store does not. */
function digestKey(privateKey: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', privateKey, '', 'gitops-warden: digests of judged values', 32));
}

async function loginOf(app: Promise<ProbotOctokit>): Promise<string> {
  const octokit = await app;
  const { data } = await octokit.request('GET /app');
  if (data?.slug === undefined) throw new Error('GitHub does not say the name of the App.');
  return `${data.slug}[bot]`;
}
