import { listCommits, readCommit, readCommits } from '../git-commits.ts';
import { isAncestor, mergeBase, resolveRef, resolveRevision } from '../git-store.ts';
import { ApiError, notFound, ok, paginate, type Reply, type RepositoryRequest } from '../http.ts';
import { commitJson, diffEntryJson } from '../json/commit.ts';
import { pullRequestSimpleJson } from '../json/pull-request.ts';
import { repositoryApiUrl, repositoryPageUrl } from '../json/repository.ts';
import type { PullRequest } from '../state.ts';
import { diffBetween, pullRequestMergeBase } from '../world.ts';
import { REPOSITORY, type Route } from './route.ts';

/** The comparison lists at most this many files, all on its first page. */
const MAX_COMPARED_FILES = 300;
/** Git's name for a tree without files, for the diff of a first commit. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

async function resolveOrRefuse({ repository }: RepositoryRequest, revision: string): Promise<string> {
  const sha = await resolveRevision(repository.gitDirectory, revision);
  if (sha === null) throw new ApiError(422, `No commit found for SHA: ${revision}`);
  return sha;
}

async function getCommit(request: RepositoryRequest): Promise<Reply> {
  const { world, repository, params } = request;
  const commit = await readCommit(
    repository.gitDirectory,
    await resolveOrRefuse(request, params['ref'] ?? ''),
  );
  const files = await diffBetween(world, repository, commit.parents[0] ?? EMPTY_TREE, commit.sha);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const page = paginate(request, files);
  return ok(
    {
      ...commitJson(world, repository, commit),
      stats: { additions, deletions, total: additions + deletions },
      files: page.items.map((file) => diffEntryJson(world, repository, commit.sha, file)),
    },
    page.headers,
  );
}

async function holdsCommit(pullRequest: PullRequest, sha: string): Promise<boolean> {
  const { gitDirectory } = pullRequest.repository;
  if (pullRequest.introduced.includes(sha)) return true;
  const own = await listCommits(gitDirectory, await pullRequestMergeBase(pullRequest), pullRequest.head.sha);
  return own.includes(sha);
}

/** For a commit of the default branch only the merged pull request that brought it there. */
async function listPullRequests(request: RepositoryRequest): Promise<Reply> {
  const { world, repository, params } = request;
  const sha = await resolveOrRefuse(request, params['commit_sha'] ?? '');
  const tip = await resolveRef(repository.gitDirectory, `refs/heads/${repository.defaultBranch}`);
  const onDefault = tip !== null && (await isAncestor(repository.gitDirectory, sha, tip));
  const found: PullRequest[] = [];
  for (const pullRequest of world.state.pullRequests) {
    if (pullRequest.repository !== repository) continue;
    if (onDefault && pullRequest.mergedAt === null) continue;
    if (await holdsCommit(pullRequest, sha)) found.push(pullRequest);
  }
  const { items, headers } = paginate(request, found);
  return ok(
    items.map((pullRequest) => pullRequestSimpleJson(world, pullRequest)),
    headers,
  );
}

async function compare(request: RepositoryRequest): Promise<Reply> {
  const { world, repository, params } = request;
  const directory = repository.gitDirectory;
  const [baseName = '', headName] = (params['basehead'] ?? '').split('...');
  if (headName === undefined) throw notFound();
  const base = await resolveRevision(directory, baseName);
  const head = await resolveRevision(directory, headName);
  const parted = base === null || head === null ? null : await mergeBase(directory, base, head);
  if (base === null || head === null || parted === null) throw notFound();
  const ahead = await listCommits(directory, base, head);
  const behind = await listCommits(directory, head, base);
  const { items, headers } = paginate(request, ahead);
  const json = async (sha: string): Promise<Record<string, unknown>> =>
    commitJson(world, repository, await readCommit(directory, sha));
  const files = await diffBetween(world, repository, parted, head);
  const firstPage = Number(request.query.get('page') ?? 1) <= 1;
  const page = `${repositoryPageUrl(world, repository)}/compare/${base}...${head}`;
  return ok(
    {
      url: `${repositoryApiUrl(world, repository)}/compare/${base}...${head}`,
      html_url: page,
      permalink_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      base_commit: await json(base),
      merge_base_commit: await json(parted),
      status: comparisonStatus(ahead.length, behind.length),
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: (await readCommits(directory, items)).map((commit) => commitJson(world, repository, commit)),
      files: firstPage
        ? files.slice(0, MAX_COMPARED_FILES).map((file) => diffEntryJson(world, repository, head, file))
        : [],
    },
    headers,
  );
}

function comparisonStatus(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return 'diverged';
  if (ahead > 0) return 'ahead';
  return behind > 0 ? 'behind' : 'identical';
}

const CONTENTS = [{ name: 'contents', level: 'read' }] as const;

export const COMMIT_ROUTES: readonly Route[] = [
  { key: `GET ${REPOSITORY}/commits/{ref}`, access: CONTENTS, handle: getCommit },
  {
    key: `GET ${REPOSITORY}/commits/{commit_sha}/pulls`,
    access: [{ name: 'pull_requests', level: 'read' }],
    handle: listPullRequests,
  },
  { key: `GET ${REPOSITORY}/compare/{basehead}`, access: CONTENTS, handle: compare },
];
