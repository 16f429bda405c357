import type { RepositoryJob } from '../job.ts';
import { QUEUE_PREFIX } from '../remote.ts';
import { assertBranchRef, assertSha, sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';

export const pushHandler: Handler<'push'> = { event: 'push', toJob };

function toJob({ id, payload }: Delivery<'push'>): RepositoryJob | null {
  const { ref } = payload;
  // The merge queue's own branches are judged by their event, and tags are not deployed from.
  if (!ref.startsWith('refs/heads/') || ref.startsWith(QUEUE_PREFIX)) return null;
  const source = sourceOf(payload);
  assertBranchRef(ref);
  return {
    ...source,
    kind: 'judge-push',
    key: `${String(source.repository.id)}/push/${ref}`,
    supersedes: false,
    delivery: id,
    ref,
    before: assertSha(payload.before),
    after: assertSha(payload.after),
    created: payload.created,
    deleted: payload.deleted,
    forced: payload.forced,
    // The account that authenticated; the names in commits are free text.
    pusher: payload.sender?.login ?? payload.pusher.name,
  };
}
