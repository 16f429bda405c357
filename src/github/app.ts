import { randomUUID } from 'node:crypto';
import { Probot } from 'probot';
import { startWorker } from '../jobs/worker.ts';
import type { ClaimedJob, JobTiming } from '../store/job-store.ts';
import { DEFAULT_TIMING } from '../store/job-store.ts';
import type { Store } from '../store/store.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { traced } from '../telemetry/tracing.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import type { AppDependencies, JobContext, JobEnvironment, Logger } from './dependencies.ts';
import { deliverAlert } from './deliver-alert.ts';
import { describeForOperator } from './failure.ts';
import { registerHandlers } from './handlers/register.ts';
import { createEnvironment, keep } from './job-environment.ts';
import { fromStored, isRepositoryJob, jobSubject, kindOf, toStored } from './job.ts';
import type { Job, RepositoryJob } from './job.ts';
import { createOctokitClass, fetchWithTimeout } from './octokit.ts';
import { createOutsidePolicies, withOutside, type OutsideFor } from './outside-policies.ts';
import { EVIDENCE_WAITS } from './push-evidence.ts';
import { createReadiness } from './readiness.ts';
import { latestChange, rememberExtended } from './rejudge/after-push.ts';
import { runJob } from './run-job.ts';
import { noteMissingFeatures } from './server-features.ts';
import { assertUsable } from './settings.ts';
import type { AppSettings } from './settings.ts';
import { runSweep } from './sweeps/run-sweep.ts';
import { startSchedule } from './sweeps/schedule.ts';
import { askedPause } from './transient.ts';
import { startWebhookServer } from './webhook-server.ts';

/** The push may still be announced a moment before its merge is recorded. */
const LOCAL_EVIDENCE_WAITS: readonly number[] = [50, 200];

/** For requests that are under way when the App stops: events are taken in within milliseconds. */
const CLOSE_LIMIT = 2_000;

/** For tests and for the demonstration. */
export interface AppOptions {
  readonly clock?: Clock;
  /**
   * False for a server of one's own, which needs no gaps between writes and knows what a push was as soon as it
   * announces it. GitHub asks for the gaps and needs a moment.
   */
  readonly pacing?: boolean;
  /** Waits between questions about where a push came from, in milliseconds; instead of what `pacing` implies. */
  readonly evidenceWaits?: readonly number[];
  readonly log?: Logger;
  /** How failed attempts are repeated; must be what the store was opened with. */
  readonly timing?: Partial<JobTiming>;
  readonly metrics?: Metrics;
}

export interface App {
  /** Writes what the store met in the background to the log. */
  reportStoreError(error: Error): void;
  /** Where it listens. */
  readonly url: string;
  /** Resolves when no work waits or runs. */
  idle(): Promise<void>;
  /**
   * Takes no more events, finishes running reviews within the time, hands the rest back to the store and returns what
   * that was.
   */
  close(drainMilliseconds: number): Promise<readonly Job[]>;
}

/**
 * Starts the App: its HTTP server, its worker and its clients. The store stays open when the App is closed.
 *
 * @throws {Error} when the settings do not allow it to run safely
 */
export async function createApp(
  settings: AppSettings,
  dependencies: AppDependencies,
  store: Store,
  options: AppOptions = {},
): Promise<App> {
  assertUsable(settings);
  const clock = options.clock ?? systemClock;
  const pacing = options.pacing ?? true;
  const metrics = options.metrics ?? createMetrics('test');
  const probot = createProbot(settings, options, clock, metrics);
  await probot.ready();
  const { log } = probot;
  metrics.setJobStats(() => store.jobs.stats());

  const enqueue = async (job: Job): Promise<boolean> => {
    const fresh = await keep(store, job);
    if (fresh) worker.accepted(toStored(job));
    return fresh;
  };
  const environment = createEnvironment(
    { probot, settings, dependencies, store, metrics, enqueue },
    { clock, evidenceWaits: options.evidenceWaits ?? (pacing ? EVIDENCE_WAITS : LOCAL_EVIDENCE_WAITS) },
  );
  const outsideFor = createOutsidePolicies({
    requirement: settings.orgPolicy,
    installationClient: environment.installationClient,
    appClient: environment.appClient,
    now: () => clock.now(),
    onExtended: rememberExtended(environment.ledger),
    latestChange: latestChange(environment.ledger),
  });
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const worker = startWorker({
    jobs: store.jobs,
    concurrency: settings.concurrency,
    leaseSeconds: timing.leaseSeconds,
    describe: describeForOperator,
    pauseAfter: askedPause,
    run: (claimed, signal) => runClaimed(environment, outsideFor, claimed, signal, log),
    listener: {
      started: (claimed) => {
        metrics.jobStarted(kindOf(claimed.payload), Math.max(0, Date.now() - claimed.acceptedAt) / 1_000);
      },
      ended: (claimed, outcome, seconds, error) => {
        metrics.jobFinished(kindOf(claimed.payload), outcome, seconds);
        const about = { ...subjectOf(claimed), outcome, seconds: Number(seconds.toFixed(3)) };
        if (outcome === 'dead') {
          environment.noteDead().catch((failure: unknown) => {
            log.error({ err: failure }, 'The audit trail could not be extended');
          });
        }
        if (error === null) log.info(about, 'Job ended');
        else log[outcome === 'dead' ? 'error' : 'warn']({ ...about, err: error }, 'Job ended with an error');
      },
      storeFailed: (error, doing) => {
        metrics.storeError();
        log.error({ err: error, doing }, 'The store failed');
      },
    },
  });
  const receive = registerHandlers(probot, {
    appId: settings.appId,
    log,
    accept: async (delivery, job) => {
      const stored = job === null ? null : toStored(job);
      const fresh = await store.jobs.accept(delivery, stored);
      if (fresh && stored !== null) worker.accepted(stored);
      return fresh;
    },
  });
  const readiness = createReadiness(store, worker, () => probot.auth());
  const server = await startWebhookServer({
    secrets: settings.webhookSecrets,
    host: settings.host,
    port: settings.port,
    log,
    receive,
    onDelivery: (event, result, seconds) => {
      metrics.delivery(event, result, seconds);
    },
    operations: {
      problems: () => readiness.problems(),
      render: () => metrics.render(),
      metricsToken: settings.metricsToken,
    },
  }).catch(async (error: unknown) => {
    await worker.drain(0);
    throw error;
  });
  const schedule =
    settings.sweepMs === null
      ? null
      : startSchedule(settings.sweepMs, environment, (error) => {
          log.error({ err: error }, 'A sweep could not be asked for');
        });
  log.info({ url: server.url, store: store.kind }, 'gitops-warden is listening');
  void noteMissingFeatures(environment, log);

  return {
    reportStoreError(error) {
      log.error({ err: error }, 'The store failed in the background');
    },
    url: server.url,
    idle: () => worker.idle(),
    async close(drainMilliseconds) {
      metrics.draining(true);
      readiness.drain();
      schedule?.stop();
      const [unfinished] = await Promise.all([worker.drain(drainMilliseconds), server.close(CLOSE_LIMIT)]);
      const jobs = unfinished.map(({ payload }) => fromStored(payload));
      for (const job of jobs) log.warn(jobSubject(job), 'Not finished before the shutdown: handed back');
      return jobs;
    },
  };
}

function createProbot(settings: AppSettings, options: AppOptions, clock: Clock, metrics: Metrics): Probot {
  return new Probot({
    appId: settings.appId,
    privateKey: settings.privateKey,
    // The server verifies signatures itself; Probot wants one all the same.
    secret: settings.webhookSecrets[0] ?? randomUUID(),
    baseUrl: settings.apiUrl,
    Octokit: createOctokitClass(clock, options.pacing ?? true, (request) => {
      metrics.githubRequest(request);
    }),
    request: { fetch: fetchWithTimeout },
    logFormat: settings.logFormat,
    // Probot hands the level to pino, which knows `silent` too.
    logLevel: settings.logLevel as Exclude<AppSettings['logLevel'], 'silent'>,
    ...(options.log === undefined ? {} : { log: options.log }),
  });
}

async function runClaimed(
  environment: JobEnvironment,
  outsideFor: OutsideFor,
  claimed: ClaimedJob,
  signal: AbortSignal,
  appLog: Logger,
): Promise<void> {
  const job = fromStored(claimed.payload);
  const log = appLog.child({ ...jobSubject(job), jobId: claimed.id });
  await traced(job.kind, { ...jobSubject(job), jobId: claimed.id, attempt: claimed.attempt }, async () => {
    const { attempt, lastAttempt } = claimed;
    if (isRepositoryJob(job)) {
      const bound = withOutside(environment, outsideFor(job.installationId, job.repository));
      await runJob(await createContext(bound, claimed, job, signal, log), job);
    } else if (job.kind === 'deliver-alert') {
      await deliverAlert({ environment, log, signal, attempt, lastAttempt }, job);
    } else await runSweep({ environment, delivery: job.delivery, log, signal }, job);
  });
}

async function createContext(
  environment: JobEnvironment,
  claimed: ClaimedJob,
  job: RepositoryJob,
  signal: AbortSignal,
  log: Logger,
): Promise<JobContext> {
  return {
    environment,
    api: await environment.apiFor(job.installationId, job.repository, log),
    repository: job.repository,
    installationId: job.installationId,
    key: job.key,
    delivery: job.delivery,
    lastAttempt: claimed.lastAttempt,
    attempt: `attempt-${randomUUID()}`,
    log,
    signal,
  };
}

/** Also for a job that this version does not know. */
function subjectOf(claimed: ClaimedJob): Readonly<Record<string, unknown>> {
  try {
    return { ...jobSubject(fromStored(claimed.payload)), jobId: claimed.id, attempt: claimed.attempt };
  } catch {
    return { jobId: claimed.id, attempt: claimed.attempt };
  }
}
