import type { PushSender, RepositoryJob } from '../job.ts';
import { QUEUE_PREFIX } from '../remote.ts';
import { assertBranchRef, assertSha, assertTagRef, sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';

export const pushHandler: Handler<'push'> = { event: 'push', toJob };

function toJob({ id, payload }: Delivery<'push'>): RepositoryJob | null {
  const { ref } = payload;
  if (ref.startsWith('refs/tags/')) return tagJob(id, payload);
  // The merge queue's own branches are judged by their event.
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
    pusher: pusherOf(payload),
    sender: senderOf(payload),
  };
}

/** Of a tag that is gone there is nothing left to verify. */
function tagJob(delivery: string, payload: Delivery<'push'>['payload']): RepositoryJob | null {
  if (payload.deleted) return null;
  const source = sourceOf(payload);
  const ref = assertTagRef(payload.ref);
  return {
    ...source,
    kind: 'judge-tag',
    key: `${String(source.repository.id)}/push/${ref}`,
    supersedes: false,
    delivery,
    ref,
    before: assertSha(payload.before),
    after: assertSha(payload.after),
    created: payload.created,
    pusher: pusherOf(payload),
  };
}

function senderOf({ sender }: Delivery<'push'>['payload']): PushSender | null {
  return sender === undefined ? null : { login: sender.login, id: sender.id, type: sender.type };
}

/** The account that authenticated; the names in commits are free text. */
function pusherOf({ sender, pusher }: Delivery<'push'>['payload']): string {
  return sender?.login ?? pusher.name;
}
