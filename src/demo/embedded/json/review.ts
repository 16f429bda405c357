import { positionOf } from '../anchors.ts';
import { mapLine } from '../git-diff.ts';
import { associationOf } from '../roles.ts';
import type { Review, ReviewComment } from '../state.ts';
import { pullRequestDiff, type World } from '../world.ts';
import { accountJson, nodeId } from './account.ts';
import { authorAssociation, pullRequestApiUrl, pullRequestPageUrl } from './pull-request.ts';
import { repositoryApiUrl } from './repository.ts';

export function reviewJson(world: World, review: Review): Record<string, unknown> {
  const { pullRequest, id } = review;
  const html = `${pullRequestPageUrl(world, pullRequest)}#pullrequestreview-${id}`;
  const api = pullRequestApiUrl(world, pullRequest);
  return {
    id,
    node_id: nodeId('PullRequestReview', id),
    user: accountJson(world, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: api,
    _links: { html: { href: html }, pull_request: { href: api } },
    ...(review.submittedAt === null ? {} : { submitted_at: review.submittedAt }),
    commit_id: review.commitId,
    author_association: authorAssociation(pullRequest.repository, review.user),
  };
}

/** Where a comment stands in the pull request's present diff; nulls when it is outdated. */
export interface CurrentPlace {
  readonly line: number | null;
  readonly startLine: number | null;
  readonly position: number | null;
}

export async function currentPlace(world: World, comment: ReviewComment): Promise<CurrentPlace> {
  const { pullRequest, side, commitId, path } = comment;
  const files = await pullRequestDiff(world, pullRequest);
  const file = files.find((candidate) => candidate.path === path);
  const lineNow = async (original: number | null): Promise<number | null> => {
    if (original === null) return null;
    const head = side === 'LEFT' ? commitId : pullRequest.head.sha;
    const mapped = mapLine(pullRequest.repository.gitDirectory, commitId, head, path, original);
    // A commit that is gone after a force push leaves the comment outdated.
    return mapped.catch(() => null);
  };
  const line = await lineNow(comment.line);
  const position = line === null ? null : positionOf(file, side, line);
  if (line === null || position === null) return { line: null, startLine: null, position: null };
  return { line, startLine: await lineNow(comment.startLine), position };
}

export async function reviewCommentJson(
  world: World,
  comment: ReviewComment,
): Promise<Record<string, unknown>> {
  const { pullRequest, id } = comment;
  const { line, startLine, position } = await currentPlace(world, comment);
  const html = `${pullRequestPageUrl(world, pullRequest)}#discussion_r${id}`;
  const self = `${repositoryApiUrl(world, pullRequest.repository)}/pulls/comments/${id}`;
  const outdated = comment.subjectType === 'line' && line === null;
  return {
    id,
    node_id: nodeId('PullRequestReviewComment', id),
    url: self,
    pull_request_review_id: comment.reviewId,
    diff_hunk: comment.diffHunk,
    path: comment.path,
    position,
    original_position: comment.position,
    commit_id: outdated ? comment.commitId : pullRequest.head.sha,
    original_commit_id: comment.commitId,
    user: accountJson(world, comment.user),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: html,
    pull_request_url: pullRequestApiUrl(world, pullRequest),
    author_association: associationOf(world.state, pullRequest.repository, comment.user),
    _links: {
      self: { href: self },
      html: { href: html },
      pull_request: { href: pullRequestApiUrl(world, pullRequest) },
    },
    start_line: startLine,
    original_start_line: comment.startLine,
    start_side: comment.startSide,
    line,
    original_line: comment.line,
    side: comment.side,
    subject_type: comment.subjectType,
    ...(comment.inReplyTo === null ? {} : { in_reply_to_id: comment.inReplyTo }),
  };
}
