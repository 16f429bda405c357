import { pullRequestAsIssueJson, issueCommentJson } from '../json/issue.ts';
import { reviewCommentJson } from '../json/review.ts';
import { pullRequestSimpleJson } from '../json/pull-request.ts';
import { checkRunPayload, envelope } from '../payloads.ts';
import type { IssueComment, PullRequest, ReviewComment } from '../state.ts';
import { timestamp } from '../world.ts';
import type { Stage } from './stage.ts';

/** Writes a comment into the conversation of a pull request. */
export function writeComment(
  stage: Stage,
  pullRequest: PullRequest,
  user: string,
  body: string,
): IssueComment {
  const { world } = stage;
  const comment: IssueComment = {
    id: world.state.nextId(),
    repository: pullRequest.repository,
    number: pullRequest.number,
    user,
    body,
    createdAt: timestamp(world),
  };
  world.state.issueComments.push(comment);
  announce(stage, pullRequest, comment, 'created', user);
  return comment;
}

/** Gives a comment another text. */
export function editComment(
  stage: Stage,
  pullRequest: PullRequest,
  comment: IssueComment,
  body: string,
  user: string,
): void {
  const from = comment.body;
  comment.body = body;
  announce(stage, pullRequest, comment, 'edited', user, { changes: { body: { from } } });
}

export function deleteComment(
  stage: Stage,
  pullRequest: PullRequest,
  comment: IssueComment,
  user: string,
): void {
  const { issueComments } = stage.world.state;
  issueComments.splice(issueComments.indexOf(comment), 1);
  announce(stage, pullRequest, comment, 'deleted', user);
}

function announce(
  { world, webhooks }: Stage,
  pullRequest: PullRequest,
  comment: IssueComment,
  action: string,
  user: string,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  webhooks.send('issue_comment', {
    action,
    ...extra,
    issue: pullRequestAsIssueJson(world, pullRequest),
    comment: issueCommentJson(world, comment),
    ...envelope(world, pullRequest.repository, user),
  });
}

/** Answers in the thread of a comment in the diff. */
export async function replyTo(
  { world, webhooks }: Stage,
  root: ReviewComment,
  user: string,
  body: string,
): Promise<ReviewComment> {
  const at = timestamp(world);
  const reply: ReviewComment = {
    ...root,
    id: world.state.nextId(),
    user,
    body,
    inReplyTo: root.inReplyTo ?? root.id,
    createdAt: at,
    updatedAt: at,
  };
  world.state.reviewComments.push(reply);
  webhooks.send('pull_request_review_comment', {
    action: 'created',
    comment: await reviewCommentJson(world, reply),
    pull_request: pullRequestSimpleJson(world, root.pullRequest),
    ...envelope(world, root.pullRequest.repository, user),
  });
  return reply;
}

/** Presses one of the buttons that a check run shows. */
export function pressButton(
  { world, webhooks }: Stage,
  checkRunId: number,
  identifier: string,
  user: string,
): void {
  const run = world.state.checkRuns.find((candidate) => candidate.id === checkRunId);
  if (run?.actions.some((action) => action.identifier === identifier) !== true) {
    throw new Error(`The check run ${checkRunId} shows no button ${identifier}.`);
  }
  webhooks.send('check_run', {
    ...checkRunPayload(world, run, 'requested_action', user),
    requested_action: { identifier },
  });
}
