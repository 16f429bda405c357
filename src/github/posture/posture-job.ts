import type { JobEnvironment } from '../dependencies.ts';
import type { LookAtPostureJob, RepositoryRef } from '../job.ts';

/**
 * Has the settings of a repository looked at, once in each period however often this is called. False when they were
 * looked at already, or nobody wants it.
 */
export async function enqueuePosture(
  { enqueue, clock, postureMs }: Pick<JobEnvironment, 'enqueue' | 'clock' | 'postureMs'>,
  installationId: number,
  repository: RepositoryRef,
): Promise<boolean> {
  if (postureMs === null) return false;
  const key = `${String(repository.id)}/posture`;
  const period = Math.floor(clock.now() / postureMs);
  const job: LookAtPostureJob = {
    kind: 'look-at-posture',
    installationId,
    repository,
    key,
    supersedes: true,
    delivery: `${key}/${String(postureMs)}-${String(period)}`,
  };
  return enqueue(job);
}
