import { listCommits, readCommits } from '../git-commits.ts';
import { notFound, ok, paginate, type Reply, type RepositoryRequest } from '../http.ts';
import { commitJson, diffEntryJson } from '../json/commit.ts';
import { pullRequestJson, pullRequestSimpleJson } from '../json/pull-request.ts';
import { findPullRequest, type PullRequest } from '../state.ts';
import { pullRequestDiff, pullRequestMergeBase } from '../world.ts';
import { REPOSITORY, type Route } from './route.ts';

/** GitHub lists no more commits of a pull request than this, whatever the page. */
const MAX_COMMITS = 250;
const MAX_FILES = 3000;

export function requestedPullRequest({ world, repository, params }: RepositoryRequest): PullRequest {
  const pullRequest = findPullRequest(world.state, repository, Number(params['pull_number']));
  if (pullRequest === undefined) throw notFound();
  return pullRequest;
}

function listPullRequests(request: RepositoryRequest): Reply {
  const { world, repository, query } = request;
  const state = query.get('state') ?? 'open';
  const base = query.get('base');
  const head = query.get('head');
  const found = world.state.pullRequests.filter(
    (pullRequest) =>
      pullRequest.repository === repository &&
      (state === 'all' || pullRequest.state === state) &&
      (base === null || pullRequest.base.ref === base) &&
      (head === null || head === `${pullRequest.head.repository.owner}:${pullRequest.head.ref}`),
  );
  const newestFirst = (query.get('direction') ?? 'desc') === 'desc';
  found.sort((a, b) => (newestFirst ? b.number - a.number : a.number - b.number));
  const { items, headers } = paginate(request, found);
  return ok(
    items.map((pullRequest) => pullRequestSimpleJson(world, pullRequest)),
    headers,
  );
}

async function getPullRequest(request: RepositoryRequest): Promise<Reply> {
  return ok(await pullRequestJson(request.world, requestedPullRequest(request)));
}

async function listPullRequestCommits(request: RepositoryRequest): Promise<Reply> {
  const { world, repository } = request;
  const pullRequest = requestedPullRequest(request);
  const shas = await listCommits(
    repository.gitDirectory,
    await pullRequestMergeBase(pullRequest),
    pullRequest.head.sha,
  );
  const { items, headers } = paginate(request, shas.slice(0, MAX_COMMITS));
  const commits = await readCommits(repository.gitDirectory, items);
  return ok(
    commits.map((commit) => commitJson(world, repository, commit)),
    headers,
  );
}

async function listPullRequestFiles(request: RepositoryRequest): Promise<Reply> {
  const { world, repository } = request;
  const pullRequest = requestedPullRequest(request);
  const files = await pullRequestDiff(world, pullRequest);
  const { items, headers } = paginate(request, files.slice(0, MAX_FILES));
  return ok(
    items.map((file) => diffEntryJson(world, repository, pullRequest.head.sha, file)),
    headers,
  );
}

const READ = [{ name: 'pull_requests', level: 'read' }] as const;

export const PULL_REQUEST_ROUTES: readonly Route[] = [
  { key: `GET ${REPOSITORY}/pulls`, access: READ, handle: listPullRequests },
  { key: `GET ${REPOSITORY}/pulls/{pull_number}`, access: READ, handle: getPullRequest },
  { key: `GET ${REPOSITORY}/pulls/{pull_number}/commits`, access: READ, handle: listPullRequestCommits },
  { key: `GET ${REPOSITORY}/pulls/{pull_number}/files`, access: READ, handle: listPullRequestFiles },
];
