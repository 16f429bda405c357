import type { Job } from '../job.ts';
import { assertSha, sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';

const ACTIONS: ReadonlySet<string> = new Set([
  'opened',
  'synchronize',
  'reopened',
  'ready_for_review',
  'edited',
]);

export const pullRequestHandler: Handler<'pull_request'> = { event: 'pull_request', toJob };

function toJob({ id, payload }: Delivery<'pull_request'>): Job | null {
  if (!ACTIONS.has(payload.action)) return null;
  // An edit matters only when it gives the pull request another base.
  if (payload.action === 'edited' && payload.changes.base === undefined) return null;
  const source = sourceOf(payload);
  const { number } = payload.pull_request;
  const key = `${String(source.repository.id)}/pull/${String(number)}`;
  return {
    ...source,
    kind: 'review-pull-request',
    key,
    coalesceKey: key,
    delivery: id,
    number,
    headSha: assertSha(payload.pull_request.head.sha),
  };
}
