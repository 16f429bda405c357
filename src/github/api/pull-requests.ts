import { PAGE_SIZE, readPages } from './api.ts';
import type { Api, Paged } from './api.ts';
import type { VerifiedCommit } from './commits.ts';
import { toVerifiedCommit } from './commits.ts';

export interface PullRequest {
  readonly number: number;
  readonly open: boolean;
  /** The login of whoever opened it. */
  readonly author: string;
  readonly headSha: string;
  /** Branch, without `refs/heads/`. */
  readonly baseRef: string;
  /** How many commits GitHub counts. */
  readonly commits: number;
  readonly draft: boolean;
  /** How many comments in the diff, of everybody. */
  readonly reviewComments: number;
}

export async function getPullRequest(api: Api, number: number): Promise<PullRequest> {
  const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    owner: api.owner,
    repo: api.repo,
    pull_number: number,
  });
  return {
    number: data.number,
    open: data.state === 'open',
    author: (data.user as { login: string } | undefined)?.login ?? '',
    headSha: data.head.sha,
    baseRef: data.base.ref,
    commits: data.commits,
    draft: data.draft === true,
    reviewComments: data.review_comments,
  };
}

export interface OpenPullRequest {
  readonly number: number;
  readonly headSha: string;
  /** Branch, without `refs/heads/`. */
  readonly baseRef: string;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

const OPEN_PAGES = 100;

/**
 * The open pull requests, at most 10,000, the oldest first: they have waited longest.
 *
 * @param base only those for this branch; null: all
 */
export async function listOpenPullRequests(api: Api, base: string | null): Promise<Paged<OpenPullRequest>> {
  return readPages(OPEN_PAGES, async (page) => {
    const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/pulls', {
      owner: api.owner,
      repo: api.repo,
      state: 'open',
      ...(base === null ? {} : { base }),
      sort: 'created',
      direction: 'asc',
      per_page: PAGE_SIZE,
      page,
    });
    return data.map((pull) => ({
      number: pull.number,
      headSha: pull.head.sha,
      baseRef: pull.base.ref,
      updatedAt: Date.parse(pull.updated_at),
    }));
  });
}

/** GitHub lists at most 250 commits of a pull request, however many there are. */
const COMMIT_PAGES = 3;

export async function listPullRequestCommits(api: Api, number: number): Promise<readonly VerifiedCommit[]> {
  const { items } = await readPages(COMMIT_PAGES, async (page) => {
    const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/commits', {
      owner: api.owner,
      repo: api.repo,
      pull_number: number,
      per_page: PAGE_SIZE,
      page,
    });
    return data;
  });
  return items.map(toVerifiedCommit);
}

export interface NewComment {
  readonly path: string;
  readonly line: number;
  readonly startLine: number | null;
  readonly body: string;
}

export interface NewReview {
  readonly commit: string;
  readonly body: string;
  readonly comments: readonly NewComment[];
}

/** Posts a review with all its comments: GitHub takes all of them or none. Never repeated here. */
export async function createReview(api: Api, number: number, review: NewReview): Promise<void> {
  await api.octokit.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
    owner: api.owner,
    repo: api.repo,
    pull_number: number,
    commit_id: review.commit,
    event: 'COMMENT',
    body: review.body,
    comments: review.comments.map((comment) => ({
      path: comment.path,
      body: comment.body,
      line: comment.line,
      side: 'RIGHT',
      ...(comment.startLine === null ? {} : { start_line: comment.startLine, start_side: 'RIGHT' }),
    })),
  });
}

export interface NewFileComment {
  readonly commit: string;
  readonly path: string;
  readonly body: string;
}

/** Posts a comment on a changed file as a whole. Never repeated here. */
export async function createFileComment(
  api: Api,
  number: number,
  { commit, path, body }: NewFileComment,
): Promise<void> {
  await api.octokit.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/comments', {
    owner: api.owner,
    repo: api.repo,
    pull_number: number,
    commit_id: commit,
    path,
    body,
    subject_type: 'file',
  });
}
