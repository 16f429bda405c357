import { randomUUID } from 'node:crypto';
import { Probot } from 'probot';
import type { ProbotOctokit } from 'probot';
import { createKeyedMutex } from '../jobs/keyed-mutex.ts';
import { createQueue } from '../jobs/queue.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import type { AppDependencies, JobContext, JobEnvironment, Logger } from './dependencies.ts';
import { createGitTokens } from './git-token.ts';
import { registerHandlers } from './handlers/register.ts';
import { jobSubject } from './job.ts';
import type { Job } from './job.ts';
import { createOctokitClass, fetchWithTimeout } from './octokit.ts';
import { EVIDENCE_WAITS } from './push-evidence.ts';
import { runJob } from './run-job.ts';
import { assertUsable, serverUrl } from './settings.ts';
import type { AppSettings } from './settings.ts';
import { startWebhookServer } from './webhook-server.ts';

/** The push may still be announced a moment before its merge is recorded. */
const LOCAL_EVIDENCE_WAITS: readonly number[] = [50, 200];

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
  readonly logFormat?: 'json' | 'pretty';
}

export interface App {
  /** Where it listens. */
  readonly url: string;
  /** Resolves when no work waits or runs. */
  idle(): Promise<void>;
  /**
   * Takes no more events, finishes running reviews within the time, and returns the jobs that were not finished.
   * Their checks are completed as cancelled where one was started.
   */
  close(drainMilliseconds: number): Promise<readonly Job[]>;
}

/**
 * Starts the App: its HTTP server, its queue and its clients.
 *
 * @throws {Error} when the settings do not allow it to run safely
 */
export async function createApp(
  settings: AppSettings,
  dependencies: AppDependencies,
  options: AppOptions = {},
): Promise<App> {
  assertUsable(settings);
  const clock = options.clock ?? systemClock;
  const pacing = options.pacing ?? true;
  const probot = new Probot({
    appId: settings.appId,
    privateKey: settings.privateKey,
    secret: settings.webhookSecret,
    baseUrl: settings.apiUrl,
    Octokit: createOctokitClass(clock, pacing),
    request: { fetch: fetchWithTimeout },
    logFormat: options.logFormat ?? 'json',
    // Probot hands the level to pino, which knows `silent` too.
    logLevel: settings.logLevel as Exclude<AppSettings['logLevel'], 'silent'>,
    ...(options.log === undefined ? {} : { log: options.log }),
  });
  await probot.ready();
  const { log } = probot;
  const environment = createEnvironment(probot, settings, dependencies, {
    clock,
    evidenceWaits: options.evidenceWaits ?? (pacing ? EVIDENCE_WAITS : LOCAL_EVIDENCE_WAITS),
  });

  const queue = createQueue<Job>({
    concurrency: settings.concurrency,
    run: async (job, signal) => {
      const context = await createContext(environment, job, signal, log);
      await runJob(context, job);
    },
    onError: (error, job) => {
      log.error({ ...jobSubject(job), err: error }, 'Job failed');
    },
  });
  const receive = registerHandlers(probot, {
    appId: settings.appId,
    enqueue: (job) => {
      queue.enqueue(job);
    },
    log,
  });

  const server = await startWebhookServer({
    secret: settings.webhookSecret,
    host: settings.host,
    port: settings.port,
    log,
    receive: (event) => receive(event as unknown as Parameters<typeof receive>[0]),
  });
  log.info({ url: server.url }, 'gitops-warden is listening');

  return {
    url: server.url,
    idle: () => queue.idle(),
    async close(drainMilliseconds) {
      const [unfinished] = await Promise.all([queue.drain(drainMilliseconds), server.close()]);
      for (const job of unfinished) log.warn(jobSubject(job), 'Not finished before the shutdown');
      return unfinished;
    },
  };
}

function createEnvironment(
  probot: Probot,
  settings: AppSettings,
  dependencies: AppDependencies,
  time: Pick<JobEnvironment, 'clock' | 'evidenceWaits'>,
): JobEnvironment {
  const { clock } = time;
  const tokens = createGitTokens(() => probot.auth(), clock);
  let login: Promise<string> | null = null;
  return {
    ...dependencies,
    ...time,
    serverUrl: serverUrl(settings.apiUrl),
    publishing: createKeyedMutex(),
    gitToken: (installationId, repositoryId) => tokens.get(installationId, repositoryId),
    apiFor: async (installationId, { owner, name }) => ({
      octokit: await probot.auth(installationId),
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

async function loginOf(app: Promise<ProbotOctokit>): Promise<string> {
  const octokit = await app;
  const { data } = await octokit.request('GET /app');
  if (data?.slug === undefined) throw new Error('GitHub does not say the name of the App.');
  return `${data.slug}[bot]`;
}

async function createContext(
  environment: JobEnvironment,
  job: Job,
  signal: AbortSignal,
  log: Logger,
): Promise<JobContext> {
  return {
    environment,
    api: await environment.apiFor(job.installationId, job.repository),
    repository: job.repository,
    installationId: job.installationId,
    attempt: `attempt-${randomUUID()}`,
    log: log.child(jobSubject(job)),
    signal,
  };
}
