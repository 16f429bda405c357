import { addComment, MAX_BODY, placeComment, reviewedCommit } from '../comments.ts';
import {
  ApiError,
  created,
  notFound,
  ok,
  paginate,
  type Reply,
  type RepositoryRequest,
  text,
  unprocessable,
  validationFailed,
} from '../http.ts';
import { reviewCommentJson, reviewJson } from '../json/review.ts';
import type { Review, ReviewComment, ReviewState } from '../state.ts';
import { pullRequestDiff, timestamp } from '../world.ts';
import { requestedPullRequest } from './pulls.ts';
import { REPOSITORY, type Route } from './route.ts';

const STATES: Readonly<Record<string, ReviewState>> = {
  COMMENT: 'COMMENTED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  APPROVE: 'APPROVED',
};

async function createReview(request: RepositoryRequest): Promise<Reply> {
  const { world, actor, body } = request;
  const { state } = world;
  const pullRequest = requestedPullRequest(request);
  const event = text(body['event']);
  const reviewBody = text(body['body']) ?? '';
  const inputs = (Array.isArray(body['comments']) ? body['comments'] : []) as Record<string, unknown>[];

  if (reviewBody.length > MAX_BODY)
    throw unprocessable(`Body is too long (maximum is ${MAX_BODY} characters)`);
  if (reviewBody === '' && (event === 'REQUEST_CHANGES' || (event === 'COMMENT' && inputs.length === 0))) {
    throw unprocessable("Body can't be blank");
  }
  if (event !== null && event !== 'COMMENT' && pullRequest.user === actor) {
    const verb = event === 'APPROVE' ? 'approve' : 'request changes on';
    throw unprocessable(`Can not ${verb} your own pull request`);
  }
  const pending = state.reviews.some(
    (review) => review.pullRequest === pullRequest && review.user === actor && review.state === 'PENDING',
  );
  if (pending) throw unprocessable('User can only have one pending review per pull request');
  const commitId = await reviewedCommit(pullRequest, text(body['commit_id']));
  if (commitId === null) throw unprocessable('Commit is not part of the pull request');

  const at = timestamp(world);
  const files = await pullRequestDiff(world, pullRequest, commitId);
  const placed = inputs.map((input) =>
    placeComment({ pullRequest, files, commitId, user: actor, at }, input),
  );
  const errors = placed.flatMap((result) => (result.ok ? [] : [result.error]));
  // One bad comment, and GitHub keeps nothing of the review.
  if (errors.length > 0) throw unprocessable(...new Set(errors));

  const review: Review = {
    id: state.nextId(),
    pullRequest,
    user: actor,
    body: reviewBody,
    state: event === null ? 'PENDING' : (STATES[event] ?? 'COMMENTED'),
    commitId,
    submittedAt: event === null ? null : at,
  };
  state.reviews.push(review);
  for (const result of placed) {
    if (result.ok) state.reviewComments.push({ ...result.draft, id: state.nextId(), reviewId: review.id });
  }
  return ok(reviewJson(world, review));
}

async function createComment(request: RepositoryRequest): Promise<Reply> {
  const { world, actor, body } = request;
  const comment = await addComment(world, requestedPullRequest(request), actor, body);
  return created(await reviewCommentJson(world, comment));
}

async function listComments(request: RepositoryRequest): Promise<Reply> {
  const { world } = request;
  const pullRequest = requestedPullRequest(request);
  const hidden = new Set(
    world.state.reviews.filter((review) => review.state === 'PENDING').map((review) => review.id),
  );
  const comments = world.state.reviewComments.filter(
    (comment) => comment.pullRequest === pullRequest && !hidden.has(comment.reviewId),
  );
  const { items, headers } = paginate(request, comments);
  return ok(await Promise.all(items.map((comment) => reviewCommentJson(world, comment))), headers);
}

function listReviews(request: RepositoryRequest): Reply {
  const { world } = request;
  const pullRequest = requestedPullRequest(request);
  const reviews = world.state.reviews.filter((review) => review.pullRequest === pullRequest);
  const { items, headers } = paginate(request, reviews);
  return ok(
    items.map((review) => reviewJson(world, review)),
    headers,
  );
}

function requestedComment({ world, repository, params }: RepositoryRequest): ReviewComment {
  const comment = world.state.reviewComments.find(
    (candidate) =>
      candidate.id === Number(params['comment_id']) && candidate.pullRequest.repository === repository,
  );
  if (comment === undefined) throw notFound();
  return comment;
}

async function getComment(request: RepositoryRequest): Promise<Reply> {
  return ok(await reviewCommentJson(request.world, requestedComment(request)));
}

async function updateComment(request: RepositoryRequest): Promise<Reply> {
  const { world, actor } = request;
  const comment = requestedComment(request);
  if (comment.user !== actor) throw new ApiError(403, 'Resource not accessible by integration');
  const body = text(request.body['body']) ?? '';
  if (body.length > MAX_BODY) throw validationFailed('PullRequestReviewComment', 'body', 'body is too long');
  comment.body = body;
  comment.updatedAt = timestamp(world);
  return ok(await reviewCommentJson(world, comment));
}

const READ = [{ name: 'pull_requests', level: 'read' }] as const;
const WRITE = [{ name: 'pull_requests', level: 'write' }] as const;

export const REVIEW_ROUTES: readonly Route[] = [
  { key: `GET ${REPOSITORY}/pulls/{pull_number}/reviews`, access: READ, handle: listReviews },
  { key: `POST ${REPOSITORY}/pulls/{pull_number}/reviews`, access: WRITE, handle: createReview },
  { key: `GET ${REPOSITORY}/pulls/{pull_number}/comments`, access: READ, handle: listComments },
  { key: `POST ${REPOSITORY}/pulls/{pull_number}/comments`, access: WRITE, handle: createComment },
  { key: `GET ${REPOSITORY}/pulls/comments/{comment_id}`, access: READ, handle: getComment },
  { key: `PATCH ${REPOSITORY}/pulls/comments/{comment_id}`, access: WRITE, handle: updateComment },
];
