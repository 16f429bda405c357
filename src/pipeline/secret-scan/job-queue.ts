import type { WorkerJob } from './protocol.ts';

const BATCH_JOBS = 200;

export interface QueuedJob extends Omit<WorkerJob, 'length'> {
  readonly content: Uint8Array;
  /** A job that may have ended a worker is tried by itself, and once only. */
  readonly suspect: boolean;
}

/** Jobs that wait, in their order. */
export class JobQueue {
  #jobs: readonly QueuedJob[];
  #next = 0;

  constructor(jobs: readonly QueuedJob[]) {
    this.#jobs = jobs;
  }

  /** Before all others. */
  putBack(jobs: readonly QueuedJob[]): void {
    if (jobs.length === 0) return;
    this.#jobs = [...jobs, ...this.#jobs.slice(this.#next)];
    this.#next = 0;
  }

  /** The next ones, as far as they fit together; empty when none is left. @param most bytes, unless one alone has more */
  take(most: number): QueuedJob[] {
    const batch: QueuedJob[] = [];
    let bytes = 0;
    for (let job = this.#jobs[this.#next]; job !== undefined; job = this.#jobs[this.#next]) {
      const fits = batch.length === 0 || (!job.suspect && bytes + job.content.length <= most);
      if (!fits || batch.length >= BATCH_JOBS) break;
      this.#next += 1;
      batch.push(job);
      bytes += job.content.length;
      if (job.suspect) break;
    }
    return batch;
  }
}
