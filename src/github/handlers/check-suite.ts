import type { RepositoryJob } from '../job.ts';
import { sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';
import { recheckJob } from './recheck-job.ts';

export const checkSuiteHandler: Handler<'check_suite'> = { event: 'check_suite', toJob };

function toJob({ id, payload, appId }: Delivery<'check_suite'>): RepositoryJob | null {
  const { check_suite: suite } = payload;
  if (payload.action !== 'rerequested' || suite.app.id !== appId) return null;
  return recheckJob(sourceOf(payload), id, suite.head_sha);
}
