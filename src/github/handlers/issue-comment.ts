import type { RepositoryJob } from '../job.ts';
import { commandJob } from './command-job.ts';
import { sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';

export const issueCommentHandler: Handler<'issue_comment'> = { event: 'issue_comment', toJob };

/** Only a comment as it was first written: what somebody else edits into it would speak in its author's name. */
function toJob({ id, payload }: Delivery<'issue_comment'>): RepositoryJob | null {
  const { issue, comment } = payload;
  if (payload.action !== 'created' || issue.pull_request === undefined) return null;
  const place = { place: 'conversation', thread: null } as const;
  return commandJob(id, () => sourceOf(payload), {
    number: issue.number,
    comment,
    sender: payload.sender,
    ...place,
  });
}
