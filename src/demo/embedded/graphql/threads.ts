import { covers, grants } from '../auth.ts';
import { nodeId } from '../json/account.ts';
import { pullRequestPageUrl } from '../json/pull-request.ts';
import { currentPlace } from '../json/review.ts';
import { botLogin, type InstallationToken, type PullRequest, type ReviewComment } from '../state.ts';
import { accountOf, type World } from '../world.ts';
import { connect, type ConnectionArguments } from './connection.ts';
import { forbidden, noNode } from './failure.ts';

/** What a query is answered from. */
export interface Viewer {
  readonly world: World;
  readonly token: InstallationToken;
}

const THREAD = 'PullRequestReviewThread';
const COMMENT = 'PullRequestReviewComment';

/** Resolving needs more than commenting does: GitHub asks an App for write access to the contents. */
const RESOLVE = { name: 'contents', level: 'write' } as const;
const WRITE = { name: 'pull_requests', level: 'write' } as const;
const READ = { name: 'pull_requests', level: 'read' } as const;

export function requireRead({ token }: Viewer): void {
  if (!grants(token.permissions, READ)) throw forbidden();
}

export function requireWrite({ token }: Viewer): void {
  if (!grants(token.permissions, WRITE)) throw forbidden();
}

export function requireResolve({ token }: Viewer): void {
  if (!grants(token.permissions, RESOLVE)) throw forbidden();
}

/** Comments that others can see. */
function published(world: World, pullRequest: PullRequest): ReviewComment[] {
  const { reviews, reviewComments } = world.state;
  const hidden = new Set(reviews.filter(({ state }) => state === 'PENDING').map(({ id }) => id));
  return reviewComments.filter((one) => one.pullRequest === pullRequest && !hidden.has(one.reviewId));
}

function find({ world, token }: Viewer, kind: string, id: string): ReviewComment {
  const comment = world.state.reviewComments.find((one) => nodeId(kind, one.id) === id);
  if (comment === undefined || !covers(token, comment.pullRequest.repository)) throw noNode(id);
  return comment;
}

export function findComment(viewer: Viewer, id: string): ReviewComment {
  return find(viewer, COMMENT, id);
}

/** The comment that a thread began with. */
export function findThread(viewer: Viewer, id: string): ReviewComment {
  const root = find(viewer, THREAD, id);
  if (root.inReplyTo !== null) throw noNode(id);
  return root;
}

/** GraphQL leaves out the `[bot]` of an App's login. */
function actorJson(world: World, login: string): Record<string, unknown> {
  const account = accountOf(world, login);
  const type = account.type === 'Bot' ? 'Bot' : 'User';
  return {
    __typename: type,
    id: nodeId(type, account.id),
    databaseId: account.id,
    login: login.replace(/\[bot\]$/, ''),
    url: `${world.url}/${login.replace(/\[bot\]$/, '')}`,
  };
}

export function commentJson({ world, token }: Viewer, comment: ReviewComment): Record<string, unknown> {
  const own = comment.user === botLogin(world.app.slug);
  const writes = grants(token.permissions, WRITE);
  return {
    __typename: COMMENT,
    id: nodeId(COMMENT, comment.id),
    databaseId: comment.id,
    author: actorJson(world, comment.user),
    body: comment.body,
    createdAt: comment.createdAt,
    path: comment.path,
    url: `${pullRequestPageUrl(world, comment.pullRequest)}#discussion_r${comment.id}`,
    isMinimized: comment.minimizedReason !== null,
    minimizedReason: comment.minimizedReason,
    viewerCanMinimize: writes,
    viewerCanUpdate: own && writes,
    viewerDidAuthor: own,
  };
}

export async function threadJson(viewer: Viewer, root: ReviewComment): Promise<Record<string, unknown>> {
  const { world, token } = viewer;
  const { line, startLine } = await currentPlace(world, root);
  const resolvedBy = world.state.resolvedThreads.get(root.id);
  const resolves = grants(token.permissions, RESOLVE);
  const comments = published(world, root.pullRequest).filter(
    (one) => one.id === root.id || one.inReplyTo === root.id,
  );
  return {
    id: nodeId(THREAD, root.id),
    path: root.path,
    line,
    originalLine: root.line,
    startLine,
    diffSide: root.side,
    subjectType: root.subjectType === 'file' ? 'FILE' : 'LINE',
    isOutdated: root.subjectType === 'line' && line === null,
    isResolved: resolvedBy !== undefined,
    isCollapsed: resolvedBy !== undefined,
    // The schema knows people here, and no Apps.
    resolvedBy: resolvedBy === undefined ? null : { ...actorJson(world, resolvedBy), __typename: 'User' },
    viewerCanReply: grants(token.permissions, WRITE),
    viewerCanResolve: resolves && resolvedBy === undefined,
    viewerCanUnresolve: resolves && resolvedBy !== undefined,
    comments: (page: ConnectionArguments) =>
      connect(
        'comments',
        comments.map((one) => commentJson(viewer, one)),
        page,
      ),
  };
}

export async function threadsOf(
  viewer: Viewer,
  pullRequest: PullRequest,
  page: ConnectionArguments,
): Promise<unknown> {
  const roots = published(viewer.world, pullRequest).filter((one) => one.inReplyTo === null);
  const { nodes, ...rest } = connect('reviewThreads', roots, page);
  return { ...rest, nodes: await Promise.all(nodes.map((root) => threadJson(viewer, root))) };
}
