import { requirePermission } from '../auth.ts';
import { checkTexts, labelsOf, MAX_BODY, openIssue, titleOf } from '../issues.ts';
import {
  ApiError,
  created,
  notFound,
  ok,
  paginate,
  type Reply,
  type RepositoryRequest,
  text,
  validationFailed,
} from '../http.ts';
import { issueCommentJson, issueJson, pullRequestAsIssueJson } from '../json/issue.ts';
import {
  findPullRequest,
  type Issue,
  type IssueComment,
  type PermissionLevel,
  type PullRequest,
} from '../state.ts';
import { timestamp, type World } from '../world.ts';
import { announceIssue } from '../people/issues.ts';
import { REPOSITORY, type Route } from './route.ts';

function findIssue({ world, repository, params }: RepositoryRequest): Issue | undefined {
  const number = Number(params['issue_number']);
  const found = world.state.issues.find(
    (issue) => issue.repository === repository && issue.number === number,
  );
  if (found?.deleted === true) throw new ApiError(410, 'This issue was deleted');
  return found;
}

function asJson(world: World, item: Issue | PullRequest): Record<string, unknown> {
  return 'labels' in item ? issueJson(world, item) : pullRequestAsIssueJson(world, item);
}

function listIssues(request: RepositoryRequest): Reply {
  const { world, repository, query } = request;
  const state = query.get('state') ?? 'open';
  const creator = query.get('creator');
  const since = query.get('since');
  const labels = (query.get('labels') ?? '').split(',').filter(Boolean);
  const issues = world.state.issues.filter(({ deleted }) => !deleted);
  const all: (Issue | PullRequest)[] = [...issues, ...world.state.pullRequests];
  const found = all.filter((item) => {
    const names = 'labels' in item ? item.labels.map((label) => label.name.toLowerCase()) : [];
    return (
      item.repository === repository &&
      (state === 'all' || item.state === state) &&
      (creator === null || item.user === creator) &&
      (since === null || item.updatedAt >= since) &&
      labels.every((label) => names.includes(label.toLowerCase()))
    );
  });
  const newestFirst = (query.get('direction') ?? 'desc') === 'desc';
  found.sort((a, b) => (newestFirst ? b.number - a.number : a.number - b.number));
  const { items, headers } = paginate(request, found);
  return ok(
    items.map((item) => asJson(world, item)),
    headers,
  );
}

function getIssue(request: RepositoryRequest): Reply {
  const { world, repository, params } = request;
  const item = findIssue(request) ?? findPullRequest(world.state, repository, Number(params['issue_number']));
  if (item === undefined) throw notFound();
  return ok(asJson(world, item));
}

function createIssue({ world, webhooks, repository, actor, body }: RepositoryRequest): Reply {
  const issue = openIssue(world, repository, actor, body);
  announceIssue({ world, webhooks }, issue, 'opened', actor);
  return created(issueJson(world, issue));
}

function updateIssue(request: RepositoryRequest): Reply {
  const { world, webhooks, repository, actor, body } = request;
  const issue = findIssue(request);
  if (issue === undefined) throw notFound();
  checkTexts(body);
  const before = issue.state;
  issue.title = titleOf(body) ?? issue.title;
  if (body['body'] !== undefined) issue.body = text(body['body']);
  if (body['labels'] !== undefined) issue.labels = labelsOf(world, repository, body['labels']);
  if (body['state'] === 'open' || body['state'] === 'closed') {
    issue.state = body['state'];
    issue.closedAt = issue.state === 'closed' ? timestamp(world) : null;
    issue.stateReason = text(body['state_reason']) ?? (issue.state === 'closed' ? 'completed' : 'reopened');
  }
  issue.updatedAt = timestamp(world);
  const action = issue.state === before ? 'edited' : issue.state === 'closed' ? 'closed' : 'reopened';
  announceIssue({ world, webhooks }, issue, action, actor);
  return ok(issueJson(world, issue));
}

/** The number under which comments are kept. The right to pull requests does not open issues. */
function commented(request: RepositoryRequest, level: PermissionLevel): number {
  const { world, repository, params, caller } = request;
  const number = Number(params['issue_number']);
  if (findPullRequest(world.state, repository, number) !== undefined) return number;
  if (findIssue(request) === undefined) throw notFound();
  if (caller.kind === 'installation') requirePermission(caller.token, [{ name: 'issues', level }]);
  return number;
}

function createComment(request: RepositoryRequest): Reply {
  const { world, repository, actor } = request;
  const body = text(request.body['body']) ?? '';
  if (body.trim() === '') throw validationFailed('IssueComment', 'body', "body can't be blank");
  if (body.length > MAX_BODY) throw validationFailed('IssueComment', 'body', 'body is too long');
  const comment: IssueComment = {
    id: world.state.nextId(),
    repository,
    number: commented(request, 'write'),
    user: actor,
    body,
    createdAt: timestamp(world),
  };
  world.state.issueComments.push(comment);
  return created(issueCommentJson(world, comment));
}

function listComments(request: RepositoryRequest): Reply {
  const { world, repository, query } = request;
  const number = commented(request, 'read');
  const since = Date.parse(query.get('since') ?? '1970-01-01T00:00:00Z');
  const comments = world.state.issueComments.filter(
    (comment) =>
      comment.repository === repository &&
      comment.number === number &&
      Date.parse(comment.createdAt) >= since,
  );
  const { items, headers } = paginate(request, comments);
  return ok(
    items.map((comment) => issueCommentJson(world, comment)),
    headers,
  );
}

const READ = [{ name: 'issues', level: 'read' }] as const;
const WRITE = [{ name: 'issues', level: 'write' }] as const;
/** A pull request's conversation belongs to both. */
const COMMENT_READ = [...READ, { name: 'pull_requests', level: 'read' }] as const;
const COMMENT_WRITE = [...WRITE, { name: 'pull_requests', level: 'write' }] as const;
const ONE = `${REPOSITORY}/issues/{issue_number}`;

export const ISSUE_ROUTES: readonly Route[] = [
  { key: `GET ${REPOSITORY}/issues`, access: READ, handle: listIssues },
  { key: `POST ${REPOSITORY}/issues`, access: WRITE, handle: createIssue },
  { key: `GET ${ONE}`, access: COMMENT_READ, handle: getIssue },
  { key: `PATCH ${ONE}`, access: WRITE, handle: updateIssue },
  { key: `GET ${ONE}/comments`, access: COMMENT_READ, handle: listComments },
  { key: `POST ${ONE}/comments`, access: COMMENT_WRITE, handle: createComment },
];
