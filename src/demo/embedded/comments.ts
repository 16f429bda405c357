import { isSide, positionOf, resolveAnchor } from './anchors.ts';
import { listCommits } from './git-commits.ts';
import type { DiffFile } from './git-diff.ts';
import { integer, text, validationFailed } from './http.ts';
import type { PullRequest, ReviewComment } from './state.ts';
import { pullRequestDiff, pullRequestMergeBase, timestamp, type World } from './world.ts';

export const MAX_BODY = 65_536;

/** The commit that the comments belong to: one of the pull request's own. */
export async function reviewedCommit(
  pullRequest: PullRequest,
  commitId: string | null,
): Promise<string | null> {
  if (commitId === null || commitId === pullRequest.head.sha) return pullRequest.head.sha;
  const { gitDirectory } = pullRequest.repository;
  const own = await listCommits(gitDirectory, await pullRequestMergeBase(pullRequest), pullRequest.head.sha);
  return own.includes(commitId) ? commitId : null;
}

export type CommentDraft = Omit<ReviewComment, 'id' | 'reviewId'>;

export type Placed =
  { readonly ok: true; readonly draft: CommentDraft } | { readonly ok: false; readonly error: string };

export interface Target {
  readonly pullRequest: PullRequest;
  readonly files: readonly DiffFile[];
  readonly commitId: string;
  readonly user: string;
  readonly at: string;
}

/** Finds the line that a comment is for, as GitHub's API takes it. */
export function placeComment(target: Target, input: Readonly<Record<string, unknown>>): Placed {
  const { pullRequest, files, commitId, user, at } = target;
  const path = text(input['path']) ?? '';
  const body = text(input['body']) ?? '';
  if (body.trim() === '') return { ok: false, error: "Body can't be blank" };
  if (body.length > MAX_BODY)
    return { ok: false, error: `Body is too long (maximum is ${MAX_BODY} characters)` };
  const times = { createdAt: at, updatedAt: at };
  const common = {
    pullRequest,
    user,
    path,
    body,
    commitId,
    ...times,
    inReplyTo: null,
    minimizedReason: null,
  };
  const file = files.find((candidate) => candidate.path === path);
  if (input['subject_type'] === 'file') {
    if (file === undefined) return { ok: false, error: 'Path could not be resolved' };
    const nowhere = { line: null, startLine: null, startSide: null, position: null, diffHunk: '' };
    return { ok: true, draft: { ...common, ...nowhere, subjectType: 'file', side: 'RIGHT' } };
  }
  const line = integer(input['line']);
  if (line === null) return { ok: false, error: 'Line could not be resolved' };
  const side = input['side'] ?? 'RIGHT';
  if (!isSide(side)) return { ok: false, error: 'Side is not included in the list' };
  const startLine = integer(input['start_line']);
  const givenStartSide = input['start_side'];
  const startSide = startLine === null ? null : isSide(givenStartSide) ? givenStartSide : side;
  const anchor = resolveAnchor(files, { path, line, side, startLine, startSide });
  if (!anchor.ok) return anchor;
  const position = positionOf(file, side, line);
  const place = { line, side, startLine, startSide, position, diffHunk: anchor.diffHunk };
  return { ok: true, draft: { ...common, ...place, subjectType: 'line' } };
}

/** A single comment, which makes a review of its own. `input` has the fields of GitHub's API. */
export async function addComment(
  world: World,
  pullRequest: PullRequest,
  user: string,
  input: Readonly<Record<string, unknown>>,
): Promise<ReviewComment> {
  const { state } = world;
  const commitId = await reviewedCommit(pullRequest, text(input['commit_id']));
  if (commitId === null) {
    throw validationFailed(
      'PullRequestReviewComment',
      'commit_id',
      'commit_id is not part of the pull request',
    );
  }
  const at = timestamp(world);
  const files = await pullRequestDiff(world, pullRequest, commitId);
  const placed = placeComment({ pullRequest, files, commitId, user, at }, input);
  if (!placed.ok) {
    const field = placed.error.startsWith('Body') ? 'body' : 'pull_request_review_thread.line';
    throw validationFailed('PullRequestReviewComment', field, placed.error);
  }
  const reviewId = state.nextId();
  const inReplyTo = integer(input['in_reply_to']);
  const comment: ReviewComment = { ...placed.draft, id: state.nextId(), reviewId, inReplyTo };
  const review = { id: reviewId, pullRequest, user, body: '', state: 'COMMENTED', commitId } as const;
  state.reviews.push({ ...review, submittedAt: at });
  state.reviewComments.push(comment);
  return comment;
}

/** An answer in the thread that a comment began. It makes a review of its own, as on GitHub. */
export function addReply(world: World, root: ReviewComment, user: string, body: string): ReviewComment {
  const { state } = world;
  const at = timestamp(world);
  const { pullRequest, commitId } = root;
  const reviewId = state.nextId();
  state.reviews.push({
    id: reviewId,
    pullRequest,
    user,
    body: '',
    state: 'COMMENTED',
    commitId,
    submittedAt: at,
  });
  const reply: ReviewComment = {
    ...root,
    id: state.nextId(),
    reviewId,
    user,
    body,
    inReplyTo: root.id,
    createdAt: at,
    updatedAt: at,
    minimizedReason: null,
  };
  state.reviewComments.push(reply);
  return reply;
}
