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
  const period = `${String(postureMs)}-${String(Math.floor(clock.now() / postureMs))}`;
  return enqueue(postureJob(installationId, repository, `${String(repository.id)}/posture/${period}`));
}

/** A look at the settings of a repository; one that waits is enough. */
export function postureJob(
  installationId: number,
  repository: RepositoryRef,
  delivery: string,
): LookAtPostureJob {
  const key = `${String(repository.id)}/posture`;
  return { kind: 'look-at-posture', installationId, repository, key, supersedes: true, delivery };
}
