import { listCommits, readCommit, readCommits, type StoredCommit } from './git-commits.ts';
import { diffTrees } from './git-diff.ts';
import { isAncestor } from './git-store.ts';
import { accountJson, installationJson, nodeId } from './json/account.ts';
import { checkRunJson, checkSuiteJson } from './json/check-run.ts';
import { pullRequestJson } from './json/pull-request.ts';
import { repositoryJson, repositoryPageUrl } from './json/repository.ts';
import type { CheckRun, EmbeddedRepository, PullRequest } from './state.ts';
import type { Payload } from './webhooks.ts';
import { accountOf, noReplyAddress, timestamp, type World } from './world.ts';

export const NO_COMMIT = '0'.repeat(40);

/** GitHub lists at most this many commits of a push. */
const MAX_PUSH_COMMITS = 2048;

/** What every payload about a repository ends with. */
export function envelope(
  world: World,
  repository: EmbeddedRepository,
  sender: string,
): Record<string, unknown> {
  const installation = world.state.installations.get(repository.owner);
  return {
    repository: repositoryJson(world, repository),
    sender: accountJson(world, sender),
    ...(installation === undefined
      ? {}
      : { installation: { id: installation, node_id: nodeId('Installation', installation) } }),
  };
}

export async function pullRequestPayload(
  world: World,
  pullRequest: PullRequest,
  action: string,
  sender: string,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<Payload> {
  return {
    action,
    number: pullRequest.number,
    pull_request: await pullRequestJson(world, pullRequest),
    ...extra,
    ...envelope(world, pullRequest.repository, sender),
  };
}

export interface PushEvent {
  readonly repository: EmbeddedRepository;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly user: string;
}

function commitFields(commit: StoredCommit): Record<string, unknown> {
  const { author, committer } = commit;
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message.trimEnd(),
    timestamp: committer.date,
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  };
}

/** A commit of a push, with the paths that it touched. */
async function commitEntry(
  world: World,
  repository: EmbeddedRepository,
  commit: StoredCommit,
): Promise<Record<string, unknown>> {
  return {
    ...commitFields(commit),
    distinct: true,
    url: `${repositoryPageUrl(world, repository)}/commit/${commit.sha}`,
    ...(await pathLists(repository.gitDirectory, commit)),
  };
}

/** Paths that a commit added, removed and changed against its first parent. */
async function pathLists(directory: string, commit: StoredCommit): Promise<Record<string, string[]>> {
  const [parent] = commit.parents;
  const lists: Record<'added' | 'removed' | 'modified', string[]> = { added: [], removed: [], modified: [] };
  if (parent === undefined) return lists;
  for (const file of await diffTrees(directory, parent, commit.sha)) {
    if (file.status === 'removed') lists.removed.push(file.path);
    else if (file.status === 'added') lists.added.push(file.path);
    else lists.modified.push(file.path);
  }
  return lists;
}

export async function pushPayload(world: World, event: PushEvent): Promise<Payload> {
  const { repository, ref, before, after, user } = event;
  const directory = repository.gitDirectory;
  const created = before === NO_COMMIT;
  const deleted = after === NO_COMMIT;
  const forced = !created && !deleted && !(await isAncestor(directory, before, after));
  const shas = created || deleted ? [] : await listCommits(directory, before, after);
  const commits = await readCommits(directory, shas.slice(-MAX_PUSH_COMMITS));
  const entries = await Promise.all(commits.map((commit) => commitEntry(world, repository, commit)));
  const [headCommit] = deleted ? [] : await readCommits(directory, [after]);
  const address = noReplyAddress(accountOf(world, user));
  const common = envelope(world, repository, user);
  return {
    ref,
    before,
    after,
    created,
    deleted,
    forced,
    base_ref: null,
    compare: `${repositoryPageUrl(world, repository)}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: entries,
    head_commit: headCommit === undefined ? null : await commitEntry(world, repository, headCommit),
    pusher: { name: user, email: address },
    ...common,
    repository: {
      ...(common['repository'] as Record<string, unknown>),
      created_at: Math.floor(Date.parse(repository.createdAt) / 1000),
      pushed_at: Math.floor(world.now() / 1000),
      master_branch: repository.defaultBranch,
      owner: { name: repository.owner, email: null, ...accountJson(world, repository.owner) },
    },
  };
}

export interface MergeGroup {
  readonly repository: EmbeddedRepository;
  readonly pullRequests: readonly PullRequest[];
  readonly headSha: string;
  /** `refs/heads/gh-readonly-queue/BASE/pr-N-SHA`. */
  readonly headRef: string;
  readonly baseSha: string;
  readonly baseRef: string;
}

export async function mergeGroupPayload(
  world: World,
  group: MergeGroup,
  action: string,
  sender: string,
): Promise<Payload> {
  const { repository } = group;
  const commit = await readCommit(repository.gitDirectory, group.headSha);
  return {
    action,
    merge_group: {
      head_sha: group.headSha,
      head_ref: group.headRef,
      base_sha: group.baseSha,
      base_ref: group.baseRef,
      head_commit: commitFields(commit),
    },
    ...envelope(world, repository, sender),
  };
}

export function checkRunPayload(world: World, run: CheckRun, action: string, sender: string): Payload {
  return {
    action,
    check_run: {
      ...checkRunJson(world, run),
      check_suite: checkSuiteJson(world, run.repository, run.headSha, timestamp(world)),
    },
    ...envelope(world, run.repository, sender),
  };
}

export async function checkSuitePayload(
  world: World,
  repository: EmbeddedRepository,
  sha: string,
  action: string,
  sender: string,
): Promise<Payload> {
  const commit = await readCommit(repository.gitDirectory, sha);
  return {
    action,
    check_suite: {
      ...checkSuiteJson(world, repository, sha, timestamp(world)),
      head_commit: commitFields(commit),
    },
    ...envelope(world, repository, sender),
  };
}

/** An event about what protects branches. */
export function protectionPayload(
  world: World,
  repository: EmbeddedRepository,
  action: string,
  sender: string,
  fields: Readonly<Record<string, unknown>>,
): Payload {
  return { action, ...fields, ...envelope(world, repository, sender) };
}

/** An event about something of an organisation, which names no repository. */
export function organisationPayload(
  world: World,
  organisation: string,
  action: string,
  sender: string,
  fields: Readonly<Record<string, unknown>>,
): Payload {
  const id = world.state.installations.get(organisation);
  const { login, id: number } = accountOf(world, organisation);
  return {
    action,
    ...fields,
    organization: { login, id: number, node_id: nodeId('Organization', number), description: null },
    sender: accountJson(world, sender),
    ...(id === undefined ? {} : { installation: { id, node_id: nodeId('Installation', id) } }),
  };
}

export function installationPayload(world: World, owner: string, action: string): Payload {
  const id = world.state.installations.get(owner);
  if (id === undefined) throw new Error(`The App is not installed for ${owner}.`);
  const repositories = world.state.repositories.filter(
    (repository) => repository.owner === owner && repository.installed,
  );
  return {
    action,
    installation: installationJson(world, owner, id),
    repositories: repositories.map(({ id: repositoryId, name, fullName, private: isPrivate }) => ({
      id: repositoryId,
      node_id: nodeId('Repository', repositoryId),
      name,
      full_name: fullName,
      private: isPrivate,
    })),
    sender: accountJson(world, owner),
  };
}
