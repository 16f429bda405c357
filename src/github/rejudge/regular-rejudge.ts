import type { JobEnvironment } from '../dependencies.ts';
import type { PullRequestSource } from '../review-job.ts';
import { rejudgeJob } from './rejudge-job.ts';

/** How long a verdict may stand under a policy whose change nobody announced, in milliseconds. */
const PERIOD = 6 * 60 * 60_000;

/**
 * Has a repository look for verdicts under an older policy, once in each period however often this is called. A policy in
 * another repository may change without an event: where the App is not installed there, or when the event was lost.
 */
export async function enqueueRegularRejudge(
  { enqueue, clock }: Pick<JobEnvironment, 'enqueue' | 'clock'>,
  source: PullRequestSource,
): Promise<void> {
  const turn = String(Math.floor(clock.now() / PERIOD));
  const repository = String(source.repository.id);
  const job = rejudgeJob(source, null, `rejudge-regularly/${repository}/${turn}`);
  // It must take the place of no job that knows of a change.
  await enqueue({ ...job, key: `${repository}/rejudge-regularly`, regular: true });
}
