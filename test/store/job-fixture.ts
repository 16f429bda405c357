import { randomUUID } from 'node:crypto';
import type { ClaimedJob, JobStore, NewJob } from '../../src/store/job-store.ts';

export const TIMING = { attempts: 3, retrySeconds: 1, longestRetrySeconds: 2, leaseSeconds: 10 };

export function job(key: string, more: Partial<NewJob> = {}): NewJob {
  return { key, group: 'acme', priority: 10, supersedes: true, payload: { of: key }, ...more };
}

export async function add(jobs: JobStore, ...added: readonly NewJob[]): Promise<void> {
  for (const one of added) await jobs.accept({ id: randomUUID(), event: 'test' }, one);
}

export async function claim(jobs: JobStore): Promise<ClaimedJob> {
  const claimed = await jobs.claim();
  if (claimed === null) throw new Error('There is no job to claim.');
  return claimed;
}
