export interface DeliveryQueue {
  add(task: () => Promise<unknown>): void;
  /** How many tasks may run at once, from 1. */
  readonly setConcurrency: (limit: number) => void;
  /** Whether a task runs or waits. */
  readonly busy: () => boolean;
  /** Resolves when no task runs or waits, those that are added meanwhile included. */
  readonly settled: () => Promise<void>;
}

/** Starts tasks in the order in which they came: one after the other, until the concurrency is set. */
export function createDeliveryQueue(): DeliveryQueue {
  const waiting: (() => Promise<unknown>)[] = [];
  const running = new Set<Promise<unknown>>();
  let concurrency = 1;

  function startWaiting(): void {
    while (running.size < concurrency) {
      const task = waiting.shift();
      if (task === undefined) return;
      const run = task().finally(() => {
        running.delete(run);
        startWaiting();
      });
      running.add(run);
    }
  }

  return {
    add(task) {
      waiting.push(task);
      startWaiting();
    },
    setConcurrency(limit) {
      if (!Number.isInteger(limit) || limit < 1) {
        throw new RangeError(`${limit} is no concurrency: give a whole number from 1.`);
      }
      concurrency = limit;
      startWaiting();
    },
    busy: () => running.size > 0,
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
