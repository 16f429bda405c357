import { CHECK_NAME } from '../api/check-runs.ts';
import type { RepositoryJob } from '../job.ts';
import { sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';
import { recheckJob } from './recheck-job.ts';

export const checkRunHandler: Handler<'check_run'> = { event: 'check_run', toJob };

function toJob({ id, payload, appId }: Delivery<'check_run'>): RepositoryJob | null {
  const { check_run: run } = payload;
  if (payload.action !== 'rerequested' || run.app?.id !== appId || run.name !== CHECK_NAME) return null;
  return recheckJob(sourceOf(payload), id, run.head_sha);
}
