import { created, notFound, ok, type Reply, type RepositoryRequest, text } from '../http.ts';
import { accountJson, nodeId } from '../json/account.ts';
import type { Reaction } from '../state.ts';
import { timestamp } from '../world.ts';
import { REPOSITORY, type Route } from './route.ts';

/** Nobody reacts twice in the same way: the second time, GitHub answers 200 with the first. */
function react(request: RepositoryRequest, exists: boolean): Reply {
  const { world, actor, params, body } = request;
  if (!exists) throw notFound();
  const commentId = Number(params['comment_id']);
  const content = text(body['content']) ?? '';
  const known = world.state.reactions.find(
    (reaction) => reaction.commentId === commentId && reaction.user === actor && reaction.content === content,
  );
  const reaction: Reaction = known ?? { id: world.state.nextId(), commentId, user: actor, content };
  if (known === undefined) world.state.reactions.push(reaction);
  const answer = {
    id: reaction.id,
    node_id: nodeId('Reaction', reaction.id),
    user: accountJson(world, reaction.user),
    content,
    created_at: timestamp(world),
  };
  return known === undefined ? created(answer) : ok(answer);
}

function onIssueComment(request: RepositoryRequest): Reply {
  const { world, repository, params } = request;
  const id = Number(params['comment_id']);
  const found = world.state.issueComments.some((one) => one.id === id && one.repository === repository);
  return react(request, found);
}

function onReviewComment(request: RepositoryRequest): Reply {
  const { world, repository, params } = request;
  const id = Number(params['comment_id']);
  const found = world.state.reviewComments.some(
    (one) => one.id === id && one.pullRequest.repository === repository,
  );
  return react(request, found);
}

const PULL_REQUESTS = { name: 'pull_requests', level: 'write' } as const;

export const REACTION_ROUTES: readonly Route[] = [
  {
    key: `POST ${REPOSITORY}/issues/comments/{comment_id}/reactions`,
    access: [{ name: 'issues', level: 'write' }, PULL_REQUESTS],
    handle: onIssueComment,
  },
  {
    key: `POST ${REPOSITORY}/pulls/comments/{comment_id}/reactions`,
    access: [PULL_REQUESTS],
    handle: onReviewComment,
  },
];
