import { associationOf } from '../roles.ts';
import type { EmbeddedRepository, Issue, IssueComment, Label, PullRequest } from '../state.ts';
import type { World } from '../world.ts';
import { accountJson, nodeId } from './account.ts';
import { authorAssociation, pullRequestApiUrl, pullRequestPageUrl } from './pull-request.ts';
import { repositoryApiUrl, repositoryPageUrl } from './repository.ts';

function labelJson(world: World, repository: EmbeddedRepository, label: Label): Record<string, unknown> {
  return {
    id: label.id,
    node_id: nodeId('Label', label.id),
    url: `${repositoryApiUrl(world, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    description: null,
    color: 'ededed',
    default: false,
  };
}

function commentCount(world: World, repository: EmbeddedRepository, number: number): number {
  return world.state.issueComments.filter(
    (comment) => comment.repository === repository && comment.number === number,
  ).length;
}

interface IssueLike {
  readonly id: number;
  readonly number: number;
  readonly repository: EmbeddedRepository;
  readonly user: string;
  readonly title: string;
  readonly body: string | null;
  readonly state: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
}

function commonJson(world: World, issue: IssueLike): Record<string, unknown> {
  const api = `${repositoryApiUrl(world, issue.repository)}/issues/${issue.number}`;
  return {
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    url: api,
    repository_url: repositoryApiUrl(world, issue.repository),
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    user: accountJson(world, issue.user),
    state: issue.state,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: commentCount(world, issue.repository, issue.number),
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: authorAssociation(issue.repository, issue.user),
  };
}

function issuePageUrl(world: World, issue: Issue): string {
  return `${repositoryPageUrl(world, issue.repository)}/issues/${issue.number}`;
}

export function issueJson(world: World, issue: Issue): Record<string, unknown> {
  return {
    ...commonJson(world, issue),
    html_url: issuePageUrl(world, issue),
    state_reason: issue.stateReason,
    labels: issue.labels.map((label) => labelJson(world, issue.repository, label)),
  };
}

/** To the issues API, a pull request is an issue with one more field. */
export function pullRequestAsIssueJson(world: World, pullRequest: PullRequest): Record<string, unknown> {
  const page = pullRequestPageUrl(world, pullRequest);
  return {
    ...commonJson(world, pullRequest),
    html_url: page,
    state_reason: null,
    labels: [],
    draft: pullRequest.draft,
    pull_request: {
      url: pullRequestApiUrl(world, pullRequest),
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: pullRequest.mergedAt,
    },
  };
}

export function issueCommentJson(world: World, comment: IssueComment): Record<string, unknown> {
  const api = repositoryApiUrl(world, comment.repository);
  const page = repositoryPageUrl(world, comment.repository);
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url: `${api}/issues/comments/${comment.id}`,
    html_url: `${page}/issues/${comment.number}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.number}`,
    body: comment.body,
    user: accountJson(world, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    author_association: associationOf(world.state, comment.repository, comment.user),
  };
}
