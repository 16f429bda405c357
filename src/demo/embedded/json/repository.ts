import type { EmbeddedRepository } from '../state.ts';
import type { World } from '../world.ts';
import { accountJson, nodeId } from './account.ts';

/** `name`: suffix below the repository's address, with the URI templates that GitHub gives. */
const LINKS: Readonly<Record<string, string>> = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
};

export function repositoryApiUrl(world: World, repository: EmbeddedRepository): string {
  return `${world.apiUrl}/repos/${repository.fullName}`;
}

export function repositoryPageUrl(world: World, repository: EmbeddedRepository): string {
  return `${world.url}/${repository.fullName}`;
}

/** GitHub's `repository`, which is also most of its `full-repository`. */
export function repositoryJson(world: World, repository: EmbeddedRepository): Record<string, unknown> {
  const api = repositoryApiUrl(world, repository);
  const page = repositoryPageUrl(world, repository);
  const openIssues = world.state.issues.filter(
    (issue) => issue.repository === repository && issue.state === 'open',
  ).length;
  const forks = world.state.repositories.filter((other) => other.parent === repository).length;
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: repository.fullName,
    owner: accountJson(world, repository.owner),
    private: repository.private,
    visibility: repository.private ? 'private' : 'public',
    html_url: page,
    description: null,
    fork: repository.parent !== null,
    url: api,
    ...Object.fromEntries(Object.entries(LINKS).map(([name, suffix]) => [name, api + suffix])),
    clone_url: repository.cloneUrl,
    git_url: repository.cloneUrl,
    ssh_url: repository.cloneUrl,
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    default_branch: repository.defaultBranch,
    size: 0,
    archived: false,
    disabled: false,
    has_downloads: true,
    has_issues: true,
    has_pages: false,
    has_projects: false,
    has_wiki: false,
    has_discussions: false,
    forks,
    forks_count: forks,
    open_issues: openIssues,
    open_issues_count: openIssues,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    pushed_at: repository.createdAt,
  };
}

/** Short form inside a `pull-request-minimal`. */
export function repositoryReferenceJson(
  world: World,
  repository: EmbeddedRepository,
): Record<string, unknown> {
  return { id: repository.id, url: repositoryApiUrl(world, repository), name: repository.name };
}
