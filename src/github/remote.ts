import { GitError } from '../git/git-error.ts';
import type { Repository } from '../git/repository.ts';
import type { JobContext } from './dependencies.ts';

const PULL_HEAD = /^refs\/pull\/(\d+)\/head$/;
export const QUEUE_PREFIX = 'refs/heads/gh-readonly-queue/';

/** Fetches refs into the mirror, under the names that they have on GitHub. */
export async function fetchRefs(context: JobContext, refs: readonly string[]): Promise<Repository> {
  return fetchInto(
    context,
    [...new Set(refs)].map((ref) => `+${ref}:${ref}`),
  );
}

/** Fetches refs and single commits, which need not be on any branch any more. */
export async function fetchCommits(
  context: JobContext,
  refs: readonly string[],
  commits: readonly string[],
): Promise<Repository> {
  return fetchInto(context, [
    ...refs.map((ref) => `+${ref}:${ref}`),
    ...commits.map((sha) => `+${sha}:refs/gitops-warden/commits/${sha}`),
  ]);
}

/** As `fetchCommits`; null when GitHub does not have one of them any more. */
export async function fetchIfThere(
  context: JobContext,
  refs: readonly string[],
  commits: readonly string[],
): Promise<Repository | null> {
  try {
    return await fetchCommits(context, refs, commits);
  } catch (error) {
    if (error instanceof GitError && error.kind === 'not-found') return null;
    throw error;
  }
}

/** Fetches one object of whatever kind: under a name, it would have to be a commit. */
export async function fetchObject(context: JobContext, id: string): Promise<Repository> {
  return fetchInto(context, [id]);
}

async function fetchInto(context: JobContext, refspecs: string[]): Promise<Repository> {
  const { environment, installationId, repository, signal } = context;
  const token = await environment.gitToken(installationId, repository.id);
  return environment.mirrors.fetch({
    key: mirrorKey(context),
    url: cloneUrl(context),
    refspecs,
    token,
    signal,
  });
}

/** A damaged mirror would fail every review: without it the next fetch starts anew. */
export async function discardDamaged(context: JobContext, error: unknown): Promise<void> {
  if (!(error instanceof GitError) || error.kind !== 'corrupt') return;
  context.log.warn('The mirror is damaged and is discarded');
  await context.environment.mirrors.discard(mirrorKey(context));
}

function mirrorKey({ environment, repository }: JobContext): string {
  return `${new URL(environment.serverUrl).host}/${String(repository.id)}`;
}

export interface HeadOwners {
  /** Numbers of pull requests, open or not, sorted. */
  readonly pullRequests: readonly number[];
  /** Full names of branches of the merge queue. */
  readonly mergeGroups: readonly string[];
}

/**
 * What has this commit as its head. GitHub's own lists leave out pull requests from forks, so the refs are asked.
 */
export async function ownersOfHead(context: JobContext, headSha: string): Promise<HeadOwners> {
  const { environment, installationId, repository } = context;
  const token = await environment.gitToken(installationId, repository.id);
  const refs = await environment.mirrors.lsRemote({
    url: cloneUrl(context),
    token,
    patterns: ['refs/pull/*/head', `${QUEUE_PREFIX}*`],
  });
  const names = [...refs].flatMap(([ref, sha]) => (sha === headSha ? [ref] : []));
  return {
    pullRequests: names
      .flatMap((ref) => PULL_HEAD.exec(ref)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b),
    mergeGroups: names.filter((ref) => ref.startsWith(QUEUE_PREFIX)),
  };
}

/** Made from settings and names, never taken from a payload: it is where the token goes. */
function cloneUrl({ environment, repository }: JobContext): string {
  return `${environment.serverUrl}/${repository.owner}/${repository.name}.git`;
}
