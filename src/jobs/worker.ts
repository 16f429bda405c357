import type { ClaimedJob, JobStore, JsonObject, NewJob } from '../store/job-store.ts';

/** Why a running job was told to stop; the reason of its signal. */
export type StopReason =
  | { readonly type: 'superseded'; readonly by: JsonObject }
  /** The worker stops: the job goes back and runs elsewhere. */
  | { readonly type: 'shutdown' }
  /** The attempt lasted too long and counts as failed. */
  | { readonly type: 'expired' }
  /** Another worker may have the job by now: nothing may be written any more. */
  | { readonly type: 'lost' };

export type Outcome = 'done' | 'superseded' | 'retried' | 'dead' | 'released' | 'lost';

export interface WorkerListener {
  started?(job: ClaimedJob): void;
  /** @param seconds how long the attempt took */
  ended?(job: ClaimedJob, outcome: Outcome, seconds: number, error: unknown): void;
  /** The store failed; the worker tries again by itself. */
  storeFailed?(error: unknown, doing: string): void;
}

export interface WorkerOptions {
  readonly jobs: JobStore;
  /** Jobs at a time. */
  readonly concurrency: number;
  /**
   * Resolves when the work is done or has become pointless. When it rejects, the attempt failed and is repeated later,
   * unless the worker stops, which costs no attempt.
   */
  readonly run: (job: ClaimedJob, signal: AbortSignal) => Promise<void>;
  /** What is kept of an error, for people who look at the job; it must hold nothing secret. */
  readonly describe: (error: unknown) => string;
  /** Milliseconds before which another attempt is of no use, as far as the error tells; 0 when it does not. */
  readonly pauseAfter?: (error: unknown) => number;
  readonly listener?: WorkerListener;
  readonly leaseSeconds: number;
  /** Milliseconds between looks for work that another replica took in. */
  readonly poll?: number;
  /** Milliseconds between heartbeats. */
  readonly beat?: number;
  /** How long a stopped job may take to tidy up, in milliseconds. */
  readonly grace?: number;
  /** An attempt that lasts longer is stopped, in milliseconds. */
  readonly longest?: number;
}

export interface Worker {
  /** Looks for work at once. */
  kick(): void;
  /** As `kick`, after this replica took in a job: one that runs here and is superseded by it need not wait to learn so. */
  accepted(job: NewJob): void;
  /** Jobs that run here. */
  readonly running: number;
  /**
   * Milliseconds since it last looked for work although it could have taken some. While every place is taken: by how
   * much the time is exceeded in which at least one job should have ended.
   */
  idleSince(): number;
  /** Resolves when nothing waits or runs anywhere. */
  idle(): Promise<void>;
  /** Takes no more jobs, finishes what it can within the time, hands the rest back and says what that was. */
  drain(milliseconds: number): Promise<readonly ClaimedJob[]>;
}

interface Running {
  readonly job: ClaimedJob;
  readonly controller: AbortController;
  readonly done: Promise<void>;
  /** By the monotonic clock, as the next. */
  readonly begunAt: number;
  /** True when what became of it is settled although it does not stop. */
  givenUp: boolean;
  /** When the latest heartbeat that succeeded was sent. */
  beatAt: number;
}

const POLL = 1_000;
const LONGEST_BEAT = 3_000;
/** Some heartbeats may fail before the lease is over. */
const BEATS_A_LEASE = 5;
const GRACE = 5_000;
/** Reviews take minutes at the most; whatever takes longer hangs. */
const LONGEST = 30 * 60_000;
/** A job that cannot be renewed is stopped before anybody else may take it: at this share of the lease. */
const SAFE_SHARE = 0.7;
const SETTLE_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** Why an attempt failed that was stopped for its length; in the place of the error with which it stopped. */
export const EXPIRED = 'The attempt lasted longer than it may, and was stopped.';

function isHeld({ controller: { signal }, givenUp }: Running): boolean {
  return !givenUp && !(signal.aborted && (signal.reason as StopReason).type === 'lost');
}

/** Runs jobs from the store until it is told to stop. */
export function startWorker(options: WorkerOptions): Worker {
  const { jobs, concurrency, listener = {}, poll = POLL, grace = GRACE, longest = LONGEST } = options;
  const beat = options.beat ?? Math.min(LONGEST_BEAT, (options.leaseSeconds * 1_000) / BEATS_A_LEASE);
  /** A job that was lost and came back may be here twice. */
  const running = new Set<Running>();
  let draining = false;
  let stopped = false;
  let wake: () => void = () => undefined;
  let lookedAt = performance.now();
  /** When a job last started or ended here. */
  let changedAt = lookedAt;
  let tickedAt = lookedAt;

  /** Resolves at the next change here, or after the time. */
  function change(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      const before = wake;
      wake = () => {
        clearTimeout(timer);
        before();
        resolve();
      };
    });
  }

  function kick(): void {
    const waiting = wake;
    wake = () => undefined;
    waiting();
  }

  async function takeJobs(): Promise<void> {
    let failures = 0;
    while (!draining) {
      lookedAt = performance.now();
      if (running.size >= concurrency) {
        await change(poll);
        continue;
      }
      const kicked = change(failures === 0 ? poll : Math.min(LONGEST_PAUSE, poll * 2 ** failures));
      try {
        const job = await jobs.claim();
        failures = 0;
        if (job === null) await kicked;
        else if (isDraining()) await jobs.release(job);
        else start(job);
      } catch (error) {
        failures += 1;
        listener.storeFailed?.(error, 'looking for work');
        await kicked;
      }
    }
  }

  /** A function, because the compiler does not expect it to change while something is awaited. */
  function isDraining(): boolean {
    return draining;
  }

  function start(job: ClaimedJob): void {
    const controller = new AbortController();
    const begunAt = performance.now();
    changedAt = begunAt;
    listener.started?.(job);
    const done = Promise.resolve()
      .then(() => options.run(job, controller.signal))
      .then(
        () => end(entry, null),
        (error: unknown) => end(entry, { error }),
      )
      .then(() => {
        running.delete(entry);
        changedAt = performance.now();
        kick();
      });
    const entry: Running = { job, controller, done, begunAt, givenUp: false, beatAt: begunAt };
    running.add(entry);
  }

  /** Settles what became of an attempt, once. */
  async function end(entry: Running, failure: { readonly error: unknown } | null): Promise<void> {
    if (entry.givenUp) return;
    const { job, controller, begunAt } = entry;
    const { outcome, error } = await settle(job, controller.signal, failure);
    listener.ended?.(job, outcome, (performance.now() - begunAt) / 1_000, error);
  }

  async function settle(
    job: ClaimedJob,
    signal: AbortSignal,
    failure: { readonly error: unknown } | null,
  ): Promise<{ outcome: Outcome; error: unknown }> {
    const reason = signal.aborted ? (signal.reason as StopReason).type : null;
    const error = failure === null ? null : reason === 'expired' ? new Error(EXPIRED) : failure.error;
    if (reason === 'lost') return { outcome: 'lost', error };
    const act = async (): Promise<Outcome> => {
      if (failure !== null && reason === 'shutdown') {
        await jobs.release(job);
        return 'released';
      }
      // A newer job does what is left to do.
      if (failure === null || reason === 'superseded') {
        if (!(await jobs.finish(job))) return 'lost';
        return reason === 'superseded' ? 'superseded' : 'done';
      }
      const next = await jobs.fail(job, options.describe(error), options.pauseAfter?.(error));
      return next === 'waiting' ? 'retried' : next;
    };
    return { outcome: await persist(act), error };
  }

  /** The store may be away for a moment; when it stays away, the job runs again, which must do no harm. */
  async function persist(act: () => Promise<Outcome>): Promise<Outcome> {
    const start = performance.now();
    for (;;) {
      try {
        return await act();
      } catch (error) {
        listener.storeFailed?.(error, 'ending a job');
        if (stopped || performance.now() - start > options.leaseSeconds * 10_000) return 'lost';
        await new Promise((resolve) => setTimeout(resolve, SETTLE_PAUSE));
      }
    }
  }

  async function sendHeartbeat(): Promise<void> {
    const held = [...running].filter(isHeld);
    if (held.length === 0) return;
    const sent = performance.now();
    const leases = await jobs.heartbeat(held.map(({ job }) => job));
    for (const entry of held) {
      const lease = leases.get(entry.job.id);
      if (lease === undefined || !running.has(entry)) continue;
      if (lease.state === 'lost') stop(entry, { type: 'lost' });
      else entry.beatAt = Math.max(entry.beatAt, sent);
      if (lease.state === 'superseded') stop(entry, { type: 'superseded', by: lease.by });
    }
  }

  async function renewAlways(): Promise<void> {
    while (!stopped) {
      await new Promise((resolve) => {
        beatTimer = setTimeout(resolve, beat);
        endBeat = () => {
          clearTimeout(beatTimer);
          resolve(undefined);
        };
      });
      if (isStopped()) return;
      try {
        await sendHeartbeat();
        await jobs.recover();
      } catch (error) {
        listener.storeFailed?.(error, 'renewing jobs');
      }
    }
  }

  function stop({ controller }: Running, reason: StopReason): void {
    controller.abort(reason);
  }

  function isStopped(): boolean {
    return stopped;
  }

  /** Works also while a heartbeat hangs. */
  function stopUnrenewed(): void {
    const now = performance.now();
    const stoodStill = now - tickedAt > 2 * beat;
    tickedAt = now;
    stopExpired(now);
    if (stoodStill) {
      // No heartbeat could be sent meanwhile, and nobody else need have the jobs: the store knows. The next tick
      // judges by its answer.
      sendHeartbeat().catch((error: unknown) => listener.storeFailed?.(error, 'renewing jobs'));
      return;
    }
    const limit = options.leaseSeconds * 1_000 * SAFE_SHARE;
    for (const entry of running) {
      if (isHeld(entry) && now - entry.beatAt > limit) stop(entry, { type: 'lost' });
    }
  }

  /** What does not stop keeps its place, since it may still be at work, but the job goes on elsewhere. */
  function stopExpired(now: number): void {
    for (const entry of running) {
      const over = now - entry.begunAt - longest;
      if (over > 0) stop(entry, { type: 'expired' });
      if (over <= grace || entry.givenUp) continue;
      const ended = end(entry, { error: new Error(EXPIRED) });
      entry.givenUp = true;
      void ended.then(kick);
    }
  }

  let beatTimer: NodeJS.Timeout | undefined;
  let endBeat: () => void = () => undefined;
  const guard = setInterval(stopUnrenewed, beat);
  const taking = takeJobs();
  const renewing = renewAlways();

  async function settledWithin(milliseconds: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        resolve(false);
      }, milliseconds);
    });
    const all = taking.then(() => Promise.all([...running].map(({ done }) => done))).then(() => true);
    const settled = await Promise.race([all, expired]);
    clearTimeout(timer);
    return settled;
  }

  return {
    kick,
    accepted(newer) {
      for (const entry of running) {
        if (newer.supersedes && entry.job.supersedes && entry.job.key === newer.key) {
          stop(entry, { type: 'superseded', by: newer.payload });
        }
      }
      kick();
    },
    get running() {
      return running.size;
    },
    idleSince() {
      const now = performance.now();
      return running.size < concurrency ? now - lookedAt : Math.max(0, now - changedAt - longest - grace);
    },
    async idle() {
      for (;;) {
        if (running.size === 0) {
          const { counts } = await jobs.stats();
          if (counts.waiting + counts.running === 0) return;
        }
        await change(20);
      }
    },
    async drain(milliseconds) {
      draining = true;
      kick();
      let unfinished: readonly ClaimedJob[] = [];
      if (!(await settledWithin(milliseconds))) {
        unfinished = [...running].map(({ job }) => job);
        for (const entry of running) stop(entry, { type: 'shutdown' });
        await settledWithin(grace);
      }
      stopped = true;
      clearInterval(guard);
      endBeat();
      await renewing;
      return unfinished;
    },
  };
}
