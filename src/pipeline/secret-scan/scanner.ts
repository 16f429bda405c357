import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { setupHash, type ScanSetup } from '../../secrets/scan-setup.ts';
import { JobQueue, type QueuedJob } from './job-queue.ts';
import { forgetOldSetups } from './protocol.ts';
import type { FoundLeak, WorkerBatch, WorkerMessage, WorkerSettings } from './protocol.ts';

export interface ScanJob {
  readonly path: string;
  readonly commit: string | null;
  readonly content: Uint8Array;
}

/** Why a text was not searched to its end: its own time was over, that of all was, or the worker ended. */
export type ScanFailure = 'time' | 'total-time' | 'stopped';

export type ScanResult = readonly FoundLeak[] | ScanFailure;

export interface ScannerOptions extends WorkerSettings {
  readonly workers?: number;
  /** As long may all texts of one call take, in milliseconds. */
  readonly totalMs?: number;
  /** A worker that is silent for so long is ended, in milliseconds. */
  readonly silenceMs?: number;
}

const WORKER = fileURLToPath(new URL(`./worker${path.extname(import.meta.url)}`, import.meta.url));
const TOTAL_MS = 10 * 60_000;
const SILENCE_MS = 45_000;
const BATCH_BYTES = 512 * 1024;
/** Small enough that the last batches end together. */
const MIN_BATCH_BYTES = 16 * 1024;
const MAX_OLD_SPACE_MB = 1024;

interface Batch extends Pick<WorkerBatch, 'setupHash' | 'setup'> {
  readonly jobs: readonly QueuedJob[];
}

interface Seat {
  readonly worker: Worker;
  readonly setups: Set<string>;
  /** Resolves when the worker has loaded its code, or ended: to start is no silence. */
  readonly ready: Promise<void>;
  busy: boolean;
}

/**
 * Searches texts in threads of their own, so that nothing waits for them and none of them can hold up the process:
 * a thread that does not come back is ended.
 */
export class SecretScanner {
  readonly #settings: WorkerSettings;
  readonly #size: number;
  readonly #totalMs: number;
  readonly #silenceMs: number;
  readonly #seats = new Set<Seat>();
  readonly #waiting: (() => void)[] = [];

  constructor(options: ScannerOptions) {
    this.#settings = { fingerprintKey: options.fingerprintKey };
    this.#size = options.workers ?? availableParallelism();
    this.#totalMs = options.totalMs ?? TOTAL_MS;
    this.#silenceMs = options.silenceMs ?? SILENCE_MS;
  }

  /** Starts a worker, so that it is there when it is needed. */
  warmUp(): void {
    if (this.#seats.size === 0) this.#addSeat();
  }

  /** Has the workers that are idle make the rules ready, while whoever is going to search still reads. */
  prepare(setup: ScanSetup): void {
    const hash = setupHash(setup);
    for (const seat of this.#seats) {
      if (seat.busy || seat.setups.has(hash)) continue;
      seat.setups.add(hash);
      forgetOldSetups(seat.setups);
      seat.worker.postMessage({ setupHash: hash, setup, jobs: [], contents: new Uint8Array() });
    }
  }

  /** The result of each job, in the order of the jobs. */
  async scan(setup: ScanSetup, jobs: readonly ScanJob[], signal?: AbortSignal): Promise<ScanResult[]> {
    const results: ScanResult[] = jobs.map(() => 'stopped');
    const queue = new JobQueue(jobs.map((job, id) => ({ ...job, id, suspect: false })));
    const deadline = performance.now() + this.#totalMs;
    const hash = setupHash(setup);
    const bytes = jobs.reduce((sum, job) => sum + job.content.length, 0);
    // A worker that runs already costs nothing; to start one takes as long as to search some hundred kilobytes.
    const lanes = Math.min(this.#size, Math.max(1, this.#seats.size, Math.ceil(bytes / BATCH_BYTES)));
    const batchBytes = Math.min(BATCH_BYTES, Math.max(MIN_BATCH_BYTES, Math.ceil(bytes / (4 * lanes))));
    const work = async (): Promise<void> => {
      for (let batch = queue.take(batchBytes); batch.length > 0; batch = queue.take(batchBytes)) {
        signal?.throwIfAborted();
        if (performance.now() > deadline) {
          for (const { id } of batch) results[id] = 'total-time';
          continue;
        }
        const seat = await this.#seat();
        await seat.ready;
        const left = await this.#run(seat, { setupHash: hash, setup, jobs: batch }, deadline, results);
        // Which of them it was that ended the worker nobody knows.
        if (batch.length === 1) for (const { id } of left) results[id] = 'stopped';
        else queue.putBack(left.map((job) => ({ ...job, suspect: true })));
      }
    };
    await Promise.all(Array.from({ length: lanes }, work));
    return results;
  }

  async close(): Promise<void> {
    const seats = [...this.#seats];
    this.#seats.clear();
    await Promise.all(seats.map(({ worker }) => worker.terminate()));
  }

  /** Resolves with the jobs that were not answered when the worker had to be ended. */
  #run(seat: Seat, batch: Batch, deadline: number, results: ScanResult[]): Promise<QueuedJob[]> {
    const { worker } = seat;
    const open = new Map(batch.jobs.map((job) => [job.id, job]));
    if (!this.#seats.has(seat)) {
      this.#free(seat);
      return Promise.resolve([...open.values()]);
    }
    return new Promise((resolve) => {
      const timer = { current: setTimeout(onSilence, this.#silenceMs) };
      const finish = (): void => {
        clearTimeout(timer.current);
        worker.off('message', onAnswer).off('error', onEnd).off('exit', onEnd);
        if (this.#seats.has(seat)) worker.unref();
        this.#free(seat);
        resolve([...open.values()]);
      };
      const onAnswer = (answers: WorkerMessage): void => {
        for (const { id, leaks } of answers) {
          results[id] = leaks ?? 'time';
          open.delete(id);
        }
        clearTimeout(timer.current);
        if (open.size === 0 || performance.now() > deadline) {
          if (open.size > 0) onSilence();
          else finish();
          return;
        }
        timer.current = setTimeout(onSilence, this.#silenceMs);
      };
      const onEnd = (): void => {
        this.#seats.delete(seat);
        finish();
      };
      function onSilence(): void {
        void worker.terminate();
      }
      worker.on('message', onAnswer).on('error', onEnd).on('exit', onEnd);
      worker.ref();
      const setup = seat.setups.has(batch.setupHash) ? null : batch.setup;
      seat.setups.add(batch.setupHash);
      forgetOldSetups(seat.setups);
      const message = messageOf({ ...batch, setup });
      worker.postMessage(message, [message.contents.buffer]);
    });
  }

  async #seat(): Promise<Seat> {
    for (;;) {
      const free =
        [...this.#seats].find((seat) => !seat.busy) ??
        (this.#seats.size < this.#size ? this.#addSeat() : null);
      if (free !== null) {
        free.busy = true;
        return free;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #addSeat(): Seat {
    const worker = new Worker(WORKER, {
      workerData: this.#settings,
      resourceLimits: { maxOldGenerationSizeMb: MAX_OLD_SPACE_MB },
      // Nothing that a worker could print is meant for anybody.
      stdout: true,
      stderr: true,
    });
    const ready = new Promise<void>((resolve) => {
      for (const event of ['message', 'error', 'exit']) {
        worker.once(event, () => {
          resolve();
        });
      }
    });
    void ready.then(() => {
      if (!seat.busy) worker.unref();
    });
    const seat: Seat = { worker, setups: new Set(), ready, busy: false };
    worker.on('exit', () => this.#seats.delete(seat));
    worker.on('error', () => this.#seats.delete(seat));
    this.#seats.add(seat);
    return seat;
  }

  #free(seat: Seat): void {
    seat.busy = false;
    this.#waiting.shift()?.();
  }
}

/** With copies of the contents, which are the worker's then. */
function messageOf({
  setupHash,
  setup,
  jobs,
}: Batch): WorkerBatch & { readonly contents: Uint8Array<ArrayBuffer> } {
  const contents = new Uint8Array(jobs.reduce((sum, { content }) => sum + content.length, 0));
  let start = 0;
  const named = jobs.map(({ id, path: name, commit, content }) => {
    contents.set(content, start);
    start += content.length;
    return { id, path: name, commit, length: content.length };
  });
  return { setupHash, setup, jobs: named, contents };
}
