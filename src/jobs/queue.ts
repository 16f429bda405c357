/** Work as plain data, so that a store can hold it. */
export interface QueuedJob {
  /** Jobs with the same key run one after another. */
  readonly key: string;
  /** A newer job with the same value makes an older one pointless; null when each job counts. */
  readonly coalesceKey: string | null;
}

/** Why a running job was told to stop; the reason of its signal. */
export type StopReason<J> = { readonly type: 'superseded'; readonly by: J } | { readonly type: 'shutdown' };

export interface JobQueue<J extends QueuedJob> {
  /** Throws when the queue is draining: the caller must not acknowledge the work. */
  enqueue(job: J): void;
  /** Waiting and running jobs. */
  readonly size: number;
  /** Resolves when nothing waits or runs. */
  idle(): Promise<void>;
  /** Takes no more work, finishes what it can within the time, stops the rest and returns what was not finished. */
  drain(milliseconds: number): Promise<readonly J[]>;
}

export interface QueueOptions<J extends QueuedJob> {
  /** Handles its own errors; one that escapes goes to `onError` and ends only that job. */
  readonly run: (job: J, signal: AbortSignal) => Promise<void>;
  readonly onError: (error: unknown, job: J) => void;
  readonly concurrency: number;
  /** How long a stopped job may take to tidy up when the queue drains, in milliseconds. */
  readonly grace?: number;
}

interface Running<J> {
  readonly job: J;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** A queue in memory: what it holds is lost with the process. */
export function createQueue<J extends QueuedJob>(options: QueueOptions<J>): JobQueue<J> {
  const { run, onError, concurrency, grace = 5_000 } = options;
  let waiting: readonly J[] = [];
  const running = new Map<string, Running<J>>();
  let draining = false;
  let stopped = false;
  let listeners: (() => void)[] = [];

  function stop(target: Running<J>, reason: StopReason<J>): void {
    target.controller.abort(reason);
  }

  function pump(): void {
    if (stopped) return;
    for (const job of waiting) {
      if (running.size >= concurrency) return;
      if (running.has(job.key)) continue;
      waiting = waiting.filter((other) => other !== job);
      start(job);
    }
  }

  function start(job: J): void {
    const controller = new AbortController();
    const done = Promise.resolve()
      .then(() => run(job, controller.signal))
      .catch((error: unknown) => {
        onError(error, job);
      })
      .finally(() => {
        running.delete(job.key);
        pump();
        notify();
      });
    running.set(job.key, { job, controller, done });
  }

  function notify(): void {
    if (running.size > 0 || (waiting.length > 0 && !stopped)) return;
    const ready = listeners;
    listeners = [];
    for (const listener of ready) listener();
  }

  function idle(): Promise<void> {
    return new Promise((resolve) => {
      listeners.push(resolve);
      notify();
    });
  }

  async function settledWithin(milliseconds: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        resolve(false);
      }, milliseconds);
    });
    const settled = await Promise.race([idle().then(() => true), expired]);
    clearTimeout(timer);
    return settled;
  }

  return {
    enqueue(job) {
      if (draining) throw new Error('The queue is shutting down and takes no more work.');
      if (job.coalesceKey !== null) {
        waiting = waiting.filter((other) => other.coalesceKey !== job.coalesceKey);
        for (const other of running.values()) {
          if (other.job.coalesceKey === job.coalesceKey) stop(other, { type: 'superseded', by: job });
        }
      }
      waiting = [...waiting, job];
      pump();
    },
    get size() {
      return waiting.length + running.size;
    },
    idle,
    async drain(milliseconds) {
      draining = true;
      if (await settledWithin(milliseconds)) return [];
      stopped = true;
      const unfinished = [...[...running.values()].map((entry) => entry.job), ...waiting];
      for (const entry of running.values()) stop(entry, { type: 'shutdown' });
      await settledWithin(grace);
      waiting = [];
      return unfinished;
    },
  };
}
