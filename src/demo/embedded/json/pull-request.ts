import { listCommits } from '../git-commits.ts';
import type { EmbeddedRepository, PullRequest } from '../state.ts';
import { pullRequestDiff, pullRequestMergeBase, type World } from '../world.ts';
import { accountJson, nodeId } from './account.ts';
import {
  repositoryApiUrl,
  repositoryJson,
  repositoryPageUrl,
  repositoryReferenceJson,
} from './repository.ts';

export function pullRequestPageUrl(world: World, { repository, number }: PullRequest): string {
  return `${repositoryPageUrl(world, repository)}/pull/${number}`;
}

export function pullRequestApiUrl(world: World, { repository, number }: PullRequest): string {
  return `${repositoryApiUrl(world, repository)}/pulls/${number}`;
}

function branchJson(
  world: World,
  repository: EmbeddedRepository,
  { ref, sha }: { readonly ref: string; readonly sha: string },
): Record<string, unknown> {
  return {
    label: `${repository.owner}:${ref}`,
    ref,
    sha,
    user: accountJson(world, repository.owner),
    repo: repositoryJson(world, repository),
  };
}

/** Owners and people who have been merged before are no strangers to GitHub. */
export function authorAssociation(repository: EmbeddedRepository, login: string): string {
  return login === repository.owner ? 'OWNER' : login.endsWith('[bot]') ? 'NONE' : 'CONTRIBUTOR';
}

/** GitHub's `pull-request-simple`, as lists give it. */
export function pullRequestSimpleJson(world: World, pullRequest: PullRequest): Record<string, unknown> {
  const { repository, number, head, base } = pullRequest;
  const api = pullRequestApiUrl(world, pullRequest);
  const page = pullRequestPageUrl(world, pullRequest);
  const root = repositoryApiUrl(world, repository);
  const urls = {
    comments: `${root}/issues/${number}/comments`,
    commits: `${api}/commits`,
    issue: `${root}/issues/${number}`,
    review_comment: `${root}/pulls/comments{/number}`,
    review_comments: `${api}/comments`,
    statuses: `${root}/statuses/${head.sha}`,
  };
  return {
    id: pullRequest.id,
    node_id: nodeId('PullRequest', pullRequest.id),
    number,
    url: api,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    ...Object.fromEntries(Object.entries(urls).map(([name, url]) => [`${name}_url`, url])),
    state: pullRequest.state,
    locked: false,
    title: pullRequest.title,
    user: accountJson(world, pullRequest.user),
    body: pullRequest.body,
    labels: [],
    milestone: null,
    created_at: pullRequest.createdAt,
    updated_at: pullRequest.updatedAt,
    closed_at: pullRequest.closedAt,
    merged_at: pullRequest.mergedAt,
    merge_commit_sha: pullRequest.mergeCommitSha,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    draft: pullRequest.draft,
    head: branchJson(world, head.repository, head),
    base: branchJson(world, repository, base),
    _links: Object.fromEntries(
      Object.entries({ self: api, html: page, ...urls }).map(([name, href]) => [name, { href }]),
    ),
    author_association: authorAssociation(repository, pullRequest.user),
    auto_merge: null,
  };
}

function mergeableState(pullRequest: PullRequest): string {
  if (pullRequest.state === 'closed') return 'unknown';
  if (pullRequest.draft) return 'draft';
  return pullRequest.mergeable ? 'clean' : 'dirty';
}

/** GitHub's `pull-request`, with the numbers that Git computes. */
export async function pullRequestJson(
  world: World,
  pullRequest: PullRequest,
): Promise<Record<string, unknown>> {
  const [files, mergeBase] = await Promise.all([
    pullRequestDiff(world, pullRequest),
    pullRequestMergeBase(pullRequest),
  ]);
  const commits = await listCommits(pullRequest.repository.gitDirectory, mergeBase, pullRequest.head.sha);
  const { state } = world;
  return {
    ...pullRequestSimpleJson(world, pullRequest),
    merged: pullRequest.mergedAt !== null,
    mergeable: pullRequest.state === 'open' ? pullRequest.mergeable : null,
    rebaseable: pullRequest.state === 'open' ? pullRequest.mergeable : null,
    mergeable_state: mergeableState(pullRequest),
    merged_by: pullRequest.mergedBy === null ? null : accountJson(world, pullRequest.mergedBy),
    comments: state.issueComments.filter(
      (comment) => comment.repository === pullRequest.repository && comment.number === pullRequest.number,
    ).length,
    review_comments: state.reviewComments.filter((comment) => comment.pullRequest === pullRequest).length,
    maintainer_can_modify: false,
    commits: commits.length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  };
}

/** GitHub's `pull-request-minimal`, as check runs give it. */
export function pullRequestMinimalJson(world: World, pullRequest: PullRequest): Record<string, unknown> {
  const { head, base, repository } = pullRequest;
  return {
    id: pullRequest.id,
    number: pullRequest.number,
    url: pullRequestApiUrl(world, pullRequest),
    head: { ref: head.ref, sha: head.sha, repo: repositoryReferenceJson(world, head.repository) },
    base: { ref: base.ref, sha: base.sha, repo: repositoryReferenceJson(world, repository) },
  };
}
