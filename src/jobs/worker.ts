import type { ClaimedJob, JobStore, JsonObject, NewJob } from '../store/job-store.ts';

/** Why a running job was told to stop; the reason of its signal. */
export type StopReason =
  | { readonly type: 'superseded'; readonly by: JsonObject }
  /** The worker stops: the job goes back and runs elsewhere. */
  | { readonly type: 'shutdown' }
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
}

export interface Worker {
  /** Looks for work at once. */
  kick(): void;
  /** As `kick`, after this replica took in a job: one that runs here and is superseded by it need not wait to learn so. */
  accepted(job: NewJob): void;
  /** Jobs that run here. */
  readonly running: number;
  /** Milliseconds since it last looked for work although it could have taken some; 0 while it is busy. */
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
  /** When the latest heartbeat that succeeded was sent, by the monotonic clock. */
  beatAt: number;
}

const POLL = 1_000;
const BEAT = 3_000;
const GRACE = 5_000;
/** A job that cannot be renewed is stopped before anybody else may take it: at this share of the lease. */
const SAFE_SHARE = 0.7;
const SETTLE_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** Runs jobs from the store until it is told to stop. */
export function startWorker(options: WorkerOptions): Worker {
  const { jobs, concurrency, listener = {}, poll = POLL, beat = BEAT, grace = GRACE } = options;
  const running = new Map<string, Running>();
  let draining = false;
  let stopped = false;
  let wake: () => void = () => undefined;
  let lookedAt = performance.now();

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
    const begun = performance.now();
    listener.started?.(job);
    const done = Promise.resolve()
      .then(() => options.run(job, controller.signal))
      .then(
        () => settle(job, controller.signal, null),
        (error: unknown) => settle(job, controller.signal, { error }),
      )
      .then(({ outcome, error }) => {
        running.delete(job.id);
        listener.ended?.(job, outcome, (performance.now() - begun) / 1_000, error);
        kick();
      });
    running.set(job.id, { job, controller, done, beatAt: begun });
  }

  async function settle(
    job: ClaimedJob,
    signal: AbortSignal,
    failure: { readonly error: unknown } | null,
  ): Promise<{ outcome: Outcome; error: unknown }> {
    const error = failure?.error ?? null;
    const reason = signal.aborted ? (signal.reason as StopReason).type : null;
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

  async function renew(): Promise<void> {
    const held = [...running.values()];
    const sent = performance.now();
    if (held.length > 0) {
      const leases = await jobs.heartbeat(held.map(({ job }) => job));
      for (const entry of held) {
        const lease = leases.get(entry.job.id);
        if (lease === undefined || running.get(entry.job.id) !== entry) continue;
        if (lease.state === 'lost') entry.controller.abort({ type: 'lost' } satisfies StopReason);
        else entry.beatAt = sent;
        if (lease.state === 'superseded') {
          entry.controller.abort({ type: 'superseded', by: lease.by } satisfies StopReason);
        }
      }
    }
    await jobs.recover();
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
        await renew();
      } catch (error) {
        listener.storeFailed?.(error, 'renewing jobs');
      }
    }
  }

  function isStopped(): boolean {
    return stopped;
  }

  /** Works also while a heartbeat hangs. */
  function stopUnrenewed(): void {
    const limit = options.leaseSeconds * 1_000 * SAFE_SHARE;
    for (const { controller, beatAt } of running.values()) {
      if (performance.now() - beatAt > limit) controller.abort({ type: 'lost' } satisfies StopReason);
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
    const all = taking
      .then(() => Promise.all([...running.values()].map(({ done }) => done)))
      .then(() => true);
    const settled = await Promise.race([all, expired]);
    clearTimeout(timer);
    return settled;
  }

  return {
    kick,
    accepted(newer) {
      for (const { job, controller } of running.values()) {
        if (newer.supersedes && job.supersedes && job.key === newer.key) {
          controller.abort({ type: 'superseded', by: newer.payload } satisfies StopReason);
        }
      }
      kick();
    },
    get running() {
      return running.size;
    },
    idleSince: () => (running.size >= concurrency ? 0 : performance.now() - lookedAt),
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
        unfinished = [...running.values()].map(({ job }) => job);
        for (const { controller } of running.values()) {
          controller.abort({ type: 'shutdown' } satisfies StopReason);
        }
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
