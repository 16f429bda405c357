import type { RepositoryJob } from '../job.ts';
import { reviewJob } from '../review-job.ts';
import { assertSha, sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';

const ACTIONS: ReadonlySet<string> = new Set([
  'opened',
  'synchronize',
  'reopened',
  'ready_for_review',
  'edited',
  'closed',
]);

export const pullRequestHandler: Handler<'pull_request'> = { event: 'pull_request', toJob };

function toJob({ id, payload }: Delivery<'pull_request'>): RepositoryJob | null {
  if (!ACTIONS.has(payload.action)) return null;
  // An edit matters only when it gives the pull request another base.
  if (payload.action === 'edited' && payload.changes.base === undefined) return null;
  const { number, head } = payload.pull_request;
  return reviewJob(sourceOf(payload), { number, headSha: assertSha(head.sha) }, id);
}
