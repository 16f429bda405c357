import { PAGE_SIZE, readPages } from './api.ts';
import type { Api } from './api.ts';

/** GitHub's word on the signature of a commit. */
export interface VerifiedCommit {
  readonly sha: string;
  readonly verified: boolean;
  readonly reason: string;
  /** The account that GitHub takes for the committer; null when there is none. */
  readonly committer: string | null;
}

interface RestCommit {
  readonly sha: string;
  readonly commit: { readonly verification?: { readonly verified: boolean; readonly reason: string } };
  readonly committer: { readonly login?: string } | null;
}

export function toVerifiedCommit(commit: RestCommit): VerifiedCommit {
  const { verification } = commit.commit;
  return {
    sha: commit.sha,
    verified: verification?.verified === true,
    reason: verification?.reason ?? 'gpgverify_unavailable',
    committer: commit.committer?.login ?? null,
  };
}

const COMPARE_PAGES = 10;

/** The commits between two revisions, at most 1,000. */
export async function compareCommits(
  api: Api,
  base: string,
  head: string,
): Promise<readonly VerifiedCommit[]> {
  const { items } = await readPages(COMPARE_PAGES, async (page) => {
    const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      owner: api.owner,
      repo: api.repo,
      basehead: `${base}...${head}`,
      per_page: PAGE_SIZE,
      page,
    });
    return data.commits;
  });
  return items.map(toVerifiedCommit);
}

export interface AssociatedPullRequest {
  readonly number: number;
  readonly merged: boolean;
  readonly baseRef: string;
  readonly baseRepositoryId: number;
  readonly mergeCommit: string | null;
  /** Milliseconds since the epoch; null when it is not merged. */
  readonly mergedAt: number | null;
  readonly headSha: string;
}

export async function listAssociatedPullRequests(
  api: Api,
  sha: string,
): Promise<readonly AssociatedPullRequest[]> {
  const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', {
    owner: api.owner,
    repo: api.repo,
    commit_sha: sha,
    per_page: PAGE_SIZE,
  });
  return data.map((pull) => ({
    number: pull.number,
    merged: pull.merged_at !== null,
    baseRef: pull.base.ref,
    baseRepositoryId: Number(pull.base.repo.id),
    mergeCommit: pull.merge_commit_sha,
    mergedAt: pull.merged_at === null ? null : Date.parse(pull.merged_at),
    headSha: pull.head.sha,
  }));
}

/** What everybody who may read a branch is told of how it is guarded. */
export interface BranchOutline {
  /** Whether any branch protection or ruleset covers it, whatever it asks for. */
  readonly isProtected: boolean;
  /** Whether branch protection does. */
  readonly isClassic: boolean;
}

export async function getBranchOutline(api: Api, branch: string): Promise<BranchOutline> {
  const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/branches/{branch}', {
    owner: api.owner,
    repo: api.repo,
    branch,
  });
  return { isProtected: data.protected, isClassic: data.protection.enabled === true };
}

/**
 * Whether branch protection keeps people from pushing what nobody looked at: by reviews, checks, or by who may push. Needs to
 * read administration.
 */
export async function protectionAsksForReview(api: Api, branch: string): Promise<boolean> {
  const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/branches/{branch}/protection', {
    owner: api.owner,
    repo: api.repo,
    branch,
  });
  return (
    data.required_pull_request_reviews !== undefined ||
    data.required_status_checks !== undefined ||
    data.restrictions !== undefined ||
    data.lock_branch?.enabled === true
  );
}

/**
 * The App that must report a check which a branch requires: its number, or null for any. Undefined when GitHub's branch
 * protection requires no such check.
 */
export async function requiredCheckApp(
  api: Api,
  branch: string,
  check: string,
): Promise<number | null | undefined> {
  const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/branches/{branch}', {
    owner: api.owner,
    repo: api.repo,
    branch,
  });
  const found = data.protection.required_status_checks?.checks.find(({ context }) => context === check);
  if (found === undefined) return undefined;
  return found.app_id !== null && found.app_id > 0 ? found.app_id : null;
}
