import type { StoreSettings } from '../../src/config/environment.ts';
import type { Store } from '../../src/store/store.ts';
import type { Replica } from '../../test/faults/support/replicas.ts';
import { pause, type Deadline } from './deadline.ts';
import { costOf, type ProcessCost } from './process-cost.ts';
import { send } from './send.ts';
import type { LoadWorld, OpenedPullRequest } from './world.ts';

/** Workers that review at the same time: in how many processes, and how many in each. */
export interface Workers {
  readonly processes: number;
  /** `CONCURRENCY`. */
  readonly each: number;
}

export interface Sustained {
  readonly workers: Workers;
  readonly reviews: number;
  /** Pull requests whose head has no verdict although no work is left. */
  readonly unfinished: number;
  readonly perSecond: number;
  /** Of all processes of the App and their children, for one review; null where the system does not tell. */
  readonly cpuMilliseconds: number | null;
  /** Of the bench, which plays GitHub on the same cores, for one review. */
  readonly githubCpuMilliseconds: number | null;
  /** Of the process that took most, and of all of them together. */
  readonly peakMebibytes: { readonly largest: number; readonly sum: number } | null;
  /** To the API, without Git, for one review. */
  readonly requests: number;
}

export interface SustainedOptions {
  readonly world: LoadWorld;
  readonly settings: StoreSettings;
  /** Opened with the same settings. */
  readonly store: Store;
  /** Where this store's workers keep their mirrors. */
  readonly mirrors: string;
  readonly workers: Workers;
  readonly reviews: number;
  readonly deadline: Deadline;
}

const LIMIT = 60_000;
const POLL = 50;
/** Before the figures count: the mirrors are there, and every process has compiled its code. */
const WARM_UP = 12;
const CONNECTIONS = 4;

export async function measureSustained(options: SustainedOptions): Promise<Sustained> {
  const { world, settings, store, mirrors, workers, reviews, deadline } = options;
  const warmUp = await world.openPullRequests(WARM_UP);
  const measured = await world.openPullRequests(reviews);
  const starting = Array.from({ length: workers.processes }, () =>
    world.start({ ...settings, cacheDirectory: mirrors, concurrency: workers.each }),
  );
  const started = await Promise.allSettled(starting);
  const replicas = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    await deadline.within(LIMIT, 'The start of the App', Promise.all(starting));
    await deadline.within(LIMIT, 'The first reviews', reviewAll(store, replicas, warmUp));
    const costBefore = costs(replicas);
    const githubBefore = [costOf(process.pid)];
    const requestsBefore = requestsOf(world);
    const begun = performance.now();
    await deadline.within(LIMIT, 'The reviews', reviewAll(store, replicas, measured));
    const seconds = (performance.now() - begun) / 1_000;
    const costAfter = costs(replicas);
    return {
      workers,
      reviews,
      unfinished: measured.filter(({ pullRequest }) => !world.isReviewed(pullRequest)).length,
      perSecond: reviews / seconds,
      cpuMilliseconds: cpuBetween(costBefore, costAfter, reviews),
      githubCpuMilliseconds: cpuBetween(githubBefore, [costOf(process.pid)], reviews),
      peakMebibytes: peaksOf(costAfter),
      requests: (requestsOf(world) - requestsBefore) / reviews,
    };
  } finally {
    for (const replica of replicas) replica.kill('SIGKILL');
    await Promise.all(replicas.map(({ ended }) => ended));
  }
}

async function reviewAll(
  store: Store,
  replicas: readonly Replica[],
  pulls: readonly OpenedPullRequest[],
): Promise<void> {
  const urls = replicas.map(({ url }) => url);
  const told = pulls.map(({ delivery }) => delivery);
  const { answers } = await send(urls, told, CONNECTIONS);
  const refused = answers.filter(({ status }) => status !== 202).length;
  if (refused > 0) throw new Error(`The App refused ${String(refused)} deliveries.`);
  for (;;) {
    const { counts } = await store.jobs.stats();
    if (counts.waiting + counts.running === 0) return;
    await pause(POLL);
  }
}

function requestsOf({ github }: LoadWorld): number {
  return github.requests.filter((request) => !request.path.includes('.git/')).length;
}

type Costs = readonly (ProcessCost | null)[];

function costs(replicas: readonly Replica[]): Costs {
  return replicas.map(({ pid }) => costOf(pid));
}

function known(all: Costs): readonly ProcessCost[] | null {
  const there = all.filter((one) => one !== null);
  return there.length === all.length ? there : null;
}

function cpuBetween(before: Costs, after: Costs, reviews: number): number | null {
  const total = (all: Costs): number | null =>
    known(all)?.reduce((sum, one) => sum + one.cpuMilliseconds, 0) ?? null;
  const [first, last] = [total(before), total(after)];
  return first === null || last === null ? null : (last - first) / reviews;
}

function peaksOf(all: Costs): Sustained['peakMebibytes'] {
  const peaks = known(all)?.map(({ peakMebibytes }) => peakMebibytes) ?? null;
  if (peaks === null) return null;
  return { largest: Math.max(...peaks), sum: peaks.reduce((sum, one) => sum + one, 0) };
}
