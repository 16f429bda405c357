import type { RepositoryJob } from '../job.ts';
import { commandJob } from './command-job.ts';
import { sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';

export const reviewCommentHandler: Handler<'pull_request_review_comment'> = {
  event: 'pull_request_review_comment',
  toJob,
};

/** In the thread of a finding it is clear which one a command means. */
function toJob({ id, payload }: Delivery<'pull_request_review_comment'>): RepositoryJob | null {
  if (payload.action !== 'created') return null;
  const { comment, pull_request: pull, sender } = payload;
  const place = { place: 'diff', thread: comment.in_reply_to_id ?? null } as const;
  return commandJob(id, () => sourceOf(payload), { number: pull.number, comment, sender, ...place });
}
