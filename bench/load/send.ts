import { Worker } from 'node:worker_threads';
import type { SignedDelivery } from './deliveries.ts';

export interface Answer {
  /** Null when there was none within ten seconds. */
  readonly status: number | null;
  readonly milliseconds: number;
}

export interface Sent {
  readonly answers: readonly Answer[];
  /** From the first request to the last answer. */
  readonly milliseconds: number;
}

/**
 * Posts every delivery once. Each connection stays open and carries one delivery at a time.
 *
 * @param urls of the App's processes, which take turns
 */
export function send(
  urls: readonly string[],
  deliveries: readonly SignedDelivery[],
  connections: number,
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./sender.ts', import.meta.url), {
      workerData: { urls, deliveries, connections },
      execArgv: ['--no-warnings'],
    });
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}
