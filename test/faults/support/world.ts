import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Settings } from '../../../src/config/environment.ts';
import type { EmbeddedGitHub } from '../../../src/demo/embedded/embedded-github.ts';
import type { EmbeddedRepository, PullRequest } from '../../../src/demo/embedded/state.ts';
import { setStage } from '../../../src/demo/stage.ts';
import { readMarker } from '../../../src/report/comment.ts';
import type { JobTiming } from '../../../src/store/job-store.ts';
import { CHECK, deployment, HEALTHY } from '../../e2e/support.ts';
import { startBalancer, startReplica, type Balancer, type Replica } from './replicas.ts';

/** Short, so that what a dead worker held is taken over soon; PostgreSQL's job library allows no shorter lease. */
export const TIMING: JobTiming = { attempts: 10, retrySeconds: 1, longestRetrySeconds: 4, leaseSeconds: 10 };

export interface FaultWorld {
  readonly github: EmbeddedGitHub;
  readonly repository: EmbeddedRepository;
  readonly balancer: Balancer;
  readonly settings: Settings;
  readonly directory: string;
  start(settings?: Partial<Settings>): Promise<Replica>;
  /** Replicas that get webhooks. */
  route(replicas: readonly Replica[]): void;
  /** Also ends the replicas that still run. */
  close(): Promise<void>;
}

export interface FaultOptions {
  readonly databaseUrl?: string | null;
  readonly settings?: Partial<Settings>;
  readonly timing?: Partial<JobTiming>;
}

/** An embedded GitHub with a repository, and replicas of the App as processes that can be killed. */
export async function openFaultWorld(options: FaultOptions = {}): Promise<FaultWorld> {
  const directory = await mkdtemp(path.join(tmpdir(), 'warden-faults-'));
  const balancer = await startBalancer();
  const appManifest = readFileSync(new URL('../../../app.yml', import.meta.url), 'utf8');
  const stage = await setStage({
    appManifest,
    // The App is elsewhere; the stage makes its settings.
    startApp: () =>
      Promise.resolve({
        url: balancer.url,
        reportStoreError: () => undefined,
        idle: () => Promise.resolve(),
        close: () => Promise.resolve([]),
      }),
    settings: {
      databaseUrl: options.databaseUrl ?? null,
      dataDirectory: path.join(directory, 'data'),
      cacheDirectory: path.join(directory, 'mirrors'),
      sweepMs: 2_000,
      logLevel: 'info',
      drainMs: 1_000,
      ...options.settings,
    },
  });
  const { github, settings } = stage;
  const replicas: Replica[] = [];
  const repository = await github.createRepository('acme/deploy');
  await github.commit(repository, { branch: 'main', files: HEALTHY, message: 'Start' });
  return {
    github,
    repository,
    balancer,
    settings,
    directory,
    async start(more) {
      const timing = { ...TIMING, ...options.timing };
      const replica = await startReplica({ ...settings, ...more }, timing, path.join(directory, 'log'));
      replicas.push(replica);
      return replica;
    },
    route: (replicas) => {
      balancer.setTargets(replicas.map(({ url }) => url));
    },
    async close() {
      for (const replica of replicas) replica.kill('SIGKILL');
      await Promise.all(replicas.map(({ ended }) => ended));
      await stage.close();
      await balancer.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Every finding makes one comment: line by line, a privileged container. */
export function change(serial: number): Record<string, string> {
  return {
    [`apps/web/app-${String(serial % 7)}.yaml`]: deployment(`ghcr.io/acme/web:1.0.${String(serial)}`, true),
  };
}

export async function openPullRequest(world: FaultWorld, name: string, serial: number): Promise<PullRequest> {
  await world.github.commit(world.repository, {
    branch: name,
    from: 'main',
    files: change(serial),
    message: name,
  });
  return world.github.openPullRequest(world.repository, { title: name, head: name });
}

export interface Outcome {
  /** Heads without a verdict, and checks that are still in progress, as sentences. */
  readonly lost: readonly string[];
  /** Verdicts and comments that stand twice. */
  readonly doubled: readonly string[];
}

/** What stands on GitHub for open pull requests and all heads that they have had. */
export function judge(
  world: FaultWorld,
  pulls: readonly PullRequest[],
  heads: ReadonlyMap<number, readonly string[]>,
): Outcome {
  const lost: string[] = [];
  const doubled: string[] = [];
  for (const pull of pulls) {
    for (const sha of new Set([...(heads.get(pull.number) ?? []), pull.head.sha])) {
      const runs = world.github.checkRuns(world.repository, sha).filter(({ name }) => name === CHECK);
      const where = `#${String(pull.number)} ${sha.slice(0, 8)}`;
      const verdicts = runs.filter(
        ({ status, conclusion }) => status === 'completed' && conclusion !== 'cancelled',
      );
      if (sha === pull.head.sha && verdicts.length === 0) lost.push(`${where} has no verdict`);
      if (runs.some(({ status }) => status !== 'completed')) lost.push(`${where} has a check in progress`);
      if (verdicts.length > 1) doubled.push(`${where} has ${String(verdicts.length)} verdicts`);
    }
    const markers = world.github.reviewComments(pull).flatMap(({ body }) => readMarker(body) ?? []);
    const repeated = markers.filter((marker, index) => markers.indexOf(marker) !== index);
    for (const marker of new Set(repeated))
      doubled.push(`#${String(pull.number)} has comment ${marker} twice`);
  }
  return { lost, doubled };
}
