import type { AlertRepository } from '../alerts/alert.ts';
import type { JobContext } from './dependencies.ts';

/** The repository of a job, as alerts name it. */
export function alertRepository({ environment, repository }: JobContext): AlertRepository {
  const { id, owner, name, isPrivate } = repository;
  return { id, owner, name, isPrivate, url: `${environment.serverUrl}/${owner}/${name}` };
}
