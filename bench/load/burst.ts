import type { Settings, StoreSettings } from '../../src/config/environment.ts';
import { openStore } from '../../src/store/store.ts';
import type { Replica } from '../../test/faults/support/replicas.ts';
import { pause, type Deadline } from './deadline.ts';
import { makeDeliveries, type SignedDelivery } from './deliveries.ts';
import { costOf } from './process-cost.ts';
import { send, type Sent } from './send.ts';
import type { LoadWorld } from './world.ts';

/** Deliveries under way at the same time. */
export const CONNECTIONS = 32;

/** `idle`: the worker takes no jobs, and all of them must wait in the store. `reviewing`: it works meanwhile. */
export type BurstKind = 'idle' | 'reviewing';

export interface Burst {
  readonly kind: BurstKind;
  readonly sent: number;
  /** Answered with a status from 200 to 299. */
  readonly accepted: number;
  /** Sent and not in the store after the process was killed. */
  readonly lost: number;
  readonly perSecond: number;
  /** From the first byte to the end of the answer, ascending; those that were not accepted count as endless. */
  readonly milliseconds: readonly number[];
  /** Completed between the first delivery and the last answer. */
  readonly reviews: number;
  readonly bodyBytes: number;
  readonly peakMebibytes: number | null;
}

export interface BurstOptions {
  readonly world: LoadWorld;
  readonly store: StoreSettings;
  readonly kind: BurstKind;
  readonly count: number;
  readonly deadline: Deadline;
}

const LIMIT = 60_000;
/** While reviewing: the default, and enough pull requests that the worker does not run out of them. */
const REVIEWS_AT_ONCE = 4;
const PULL_REQUESTS = 24;
/** Before the figures count: code is compiled, tables are warm. */
const WARM_UP = 100;

/** Sends all at once, kills the process with the last answer, and counts what its store holds. */
export async function measureBurst(options: BurstOptions): Promise<Burst> {
  const { world, store, kind, count, deadline } = options;
  const [warmUp, deliveries, pulls] = await Promise.all([
    makeDeliveries(0, WARM_UP, world.targets, world.secret),
    makeDeliveries(WARM_UP, count, world.targets, world.secret),
    kind === 'idle' ? [] : world.openPullRequests(PULL_REQUESTS),
  ]);
  const reviewed = (): number => pulls.filter(({ pullRequest }) => world.isReviewed(pullRequest)).length;
  const settings: Partial<Settings> = { ...store, concurrency: kind === 'idle' ? 0 : REVIEWS_AT_ONCE };
  const replica = await deadline.within(LIMIT, 'The start of the App', world.start(settings));
  try {
    if (kind === 'idle') await send([replica.url], warmUp, CONNECTIONS);
    const told = pulls.map(({ delivery }) => delivery);
    if (told.length > 0) await startReviews(replica, told, reviewed, deadline);
    const before = reviewed();
    const sent = await deadline.within(LIMIT, 'The burst', send([replica.url], deliveries, CONNECTIONS));
    const reviews = reviewed() - before;
    const peakMebibytes = costOf(replica.pid)?.peakMebibytes ?? null;
    replica.kill('SIGKILL');
    await replica.ended;
    const kept = await countKept(store, deliveries, kind === 'idle' ? WARM_UP : null);
    return {
      ...answersOf(sent),
      kind,
      lost: count - kept,
      reviews,
      bodyBytes: bytesOf(deliveries),
      peakMebibytes,
    };
  } finally {
    replica.kill('SIGKILL');
  }
}

async function startReviews(
  replica: Replica,
  told: readonly SignedDelivery[],
  reviewed: () => number,
  deadline: Deadline,
): Promise<void> {
  await send([replica.url], told, 1);
  const busy = async (): Promise<void> => {
    while (reviewed() === 0) await pause(10);
  };
  await deadline.within(LIMIT, 'The first review', busy());
}

function answersOf({
  answers,
  milliseconds,
}: Sent): Pick<Burst, 'sent' | 'accepted' | 'perSecond' | 'milliseconds'> {
  const isAccepted = ({ status }: { readonly status: number | null }): boolean =>
    status !== null && status >= 200 && status < 300;
  return {
    sent: answers.length,
    accepted: answers.filter(isAccepted).length,
    perSecond: (answers.length * 1_000) / milliseconds,
    milliseconds: answers
      .map((answer) => (isAccepted(answer) ? answer.milliseconds : Infinity))
      .sort((a, b) => a - b),
  };
}

function bytesOf(deliveries: readonly SignedDelivery[]): number {
  const bytes = deliveries.map(({ body }) => Buffer.byteLength(body));
  return bytes.reduce((sum, one) => sum + one, 0) / bytes.length;
}

const CHUNK = 500;

/**
 * How many deliveries the store has, and their jobs too when none of them can have run.
 *
 * @param otherJobs that wait besides those of the deliveries; null when jobs ran
 */
async function countKept(
  settings: StoreSettings,
  deliveries: readonly SignedDelivery[],
  otherJobs: number | null,
): Promise<number> {
  const store = await openStore(settings);
  try {
    let kept = 0;
    for (let start = 0; start < deliveries.length; start += CHUNK) {
      const ids = deliveries.slice(start, start + CHUNK).map(({ id }) => id);
      kept += (await store.ledger.acceptedAmong(ids)).size;
    }
    if (otherJobs === null) return kept;
    return Math.min(kept, (await store.jobs.stats()).counts.waiting - otherJobs);
  } finally {
    await store.close();
  }
}
