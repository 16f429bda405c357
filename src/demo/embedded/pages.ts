import {
  renderBlobPage,
  renderCheckRunPage,
  renderIndexPage,
  renderIssuePage,
  renderPullRequestPage,
} from '../page/pages.ts';
import type {
  CheckView,
  CommentView,
  FileView,
  ItemView,
  PullRequestState,
  RemarkView,
} from '../page/view.ts';
import { listCommits, readCommits } from './git-commits.ts';
import { readFileAt, resolveRef } from './git-store.ts';
import { verificationOf } from './json/commit.ts';
import { currentPlace } from './json/review.ts';
import {
  type CheckRun,
  type EmbeddedRepository,
  findPullRequest,
  findRepository,
  type Issue,
  type PullRequest,
} from './state.ts';
import { pullRequestDiff, pullRequestMergeBase, type World } from './world.ts';

function checksAt(world: World, repository: EmbeddedRepository, sha: string): CheckView[] {
  const runs = world.state.checkRuns.filter((run) => run.repository === repository && run.headSha === sha);
  return [...new Map(runs.map((run) => [run.name, run])).values()].map(checkView);
}

function checkView(run: CheckRun): CheckView {
  const { id, name, status, conclusion, title, summary, text, annotations } = run;
  return { id, name, status, conclusion, title, summary, text, annotations };
}

function stateOf({ state, mergedAt, draft }: PullRequest): PullRequestState {
  if (mergedAt !== null) return 'merged';
  if (state === 'closed') return 'closed';
  return draft ? 'draft' : 'open';
}

function pullRequestItem(world: World, pullRequest: PullRequest): ItemView {
  const { repository, number, title, user } = pullRequest;
  return {
    address: `/${repository.fullName}/pull/${number}`,
    number,
    title,
    author: user,
    state: stateOf(pullRequest),
    labels: [],
    checks: checksAt(world, repository, pullRequest.head.sha),
  };
}

function issueItem({ repository, number, title, user, state, labels }: Issue): ItemView {
  return {
    address: `/${repository.fullName}/issues/${number}`,
    number,
    title,
    author: user,
    state,
    labels: labels.map((label) => label.name),
    checks: [],
  };
}

function issueItems(world: World, repository: EmbeddedRepository): ItemView[] {
  return world.state.issues.filter((issue) => issue.repository === repository).map(issueItem);
}

function commentsOn(world: World, repository: EmbeddedRepository, number: number): RemarkView[] {
  return world.state.issueComments
    .filter((comment) => comment.repository === repository && comment.number === number)
    .map(({ user, body }) => ({ author: user, state: null, body }));
}

/** A review without a text of its own shows in its comments. */
function remarksOf(world: World, pullRequest: PullRequest): RemarkView[] {
  const reviews = world.state.reviews
    .filter((review) => review.pullRequest === pullRequest && review.state !== 'PENDING')
    .filter((review) => review.body !== '' || review.state !== 'COMMENTED')
    .map(({ user, state, body }) => ({ author: user, state, body }));
  return [...reviews, ...commentsOn(world, pullRequest.repository, pullRequest.number)];
}

async function commentViews(world: World, pullRequest: PullRequest): Promise<CommentView[]> {
  const comments = world.state.reviewComments.filter((comment) => comment.pullRequest === pullRequest);
  return Promise.all(
    comments.map(async (comment) => {
      const { line, startLine } = await currentPlace(world, comment);
      const { id, user, path, side, body } = comment;
      return { id, author: user, path, side, body, originalLine: comment.line, line, startLine };
    }),
  );
}

async function fileViews(world: World, pullRequest: PullRequest): Promise<FileView[]> {
  const [files, comments] = await Promise.all([
    pullRequestDiff(world, pullRequest),
    commentViews(world, pullRequest),
  ]);
  return files.map((file) => ({
    ...file,
    comments: comments.filter((comment) => comment.path === file.path),
  }));
}

async function pullRequestPage(world: World, pullRequest: PullRequest): Promise<string> {
  const { repository, head, base } = pullRequest;
  const from = await pullRequestMergeBase(pullRequest);
  const shas = await listCommits(repository.gitDirectory, from, head.sha);
  const commits = await readCommits(repository.gitDirectory, shas);
  return renderPullRequestPage({
    ...pullRequestItem(world, pullRequest),
    repository: repository.fullName,
    body: pullRequest.body,
    base: base.ref,
    head: head.repository === repository ? head.ref : `${head.repository.owner}:${head.ref}`,
    commits: commits.map((commit) => {
      const { verified, reason } = verificationOf(world, commit);
      const [subject = ''] = commit.message.split('\n', 1);
      return { sha: commit.sha, subject, author: commit.author.name, verified, reason };
    }),
    remarks: remarksOf(world, pullRequest),
    files: await fileViews(world, pullRequest),
    issues: issueItems(world, repository),
  });
}

function issuePage(world: World, issue: Issue): string {
  return renderIssuePage({
    ...issueItem(issue),
    repository: issue.repository.fullName,
    body: issue.body,
    remarks: commentsOn(world, issue.repository, issue.number),
  });
}

function indexPage(world: World, only: EmbeddedRepository | null): string {
  const shown = world.state.repositories.filter((repository) => only === null || repository === only);
  return renderIndexPage(
    shown.map((repository) => ({
      name: repository.fullName,
      pullRequests: world.state.pullRequests
        .filter((pullRequest) => pullRequest.repository === repository)
        .map((pullRequest) => pullRequestItem(world, pullRequest)),
      issues: issueItems(world, repository),
    })),
  );
}

/** Larger files are not shown. */
const MAX_SHOWN_BYTES = 1_000_000;

function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    // Percent signs that encode nothing: no file has such an address.
    return null;
  }
}

async function blobPage(
  repository: EmbeddedRepository,
  sha: string,
  encodedPath: string,
): Promise<string | null> {
  const path = decodePath(encodedPath);
  if (path === null) return null;
  const { gitDirectory } = repository;
  const known = /^[0-9a-f]{40}$/.test(sha) && (await resolveRef(gitDirectory, sha)) !== null;
  const content = known ? await readFileAt(gitDirectory, sha, path) : null;
  if (content === null) return null;
  const shown = content.length <= MAX_SHOWN_BYTES && !content.includes(0);
  const lines = shown ? content.toString('utf8').replace(/\n$/, '').split('\n') : null;
  return renderBlobPage({ repository: repository.fullName, sha, path, lines });
}

/** The page at an address, or null when there is none. */
export async function renderPage(world: World, pathname: string): Promise<string | null> {
  if (pathname === '/') return indexPage(world, null);
  const [, owner = '', name = '', kind, number = '', ...rest] = pathname.split('/');
  const repository = findRepository(world.state, `${owner}/${name}`);
  if (repository === undefined) return null;
  if (kind === undefined || kind === '') return indexPage(world, repository);
  if (kind === 'blob') return blobPage(repository, number, rest.join('/'));
  const id = Number(number);
  if (kind === 'pull') {
    const pullRequest = findPullRequest(world.state, repository, id);
    return pullRequest === undefined ? null : pullRequestPage(world, pullRequest);
  }
  if (kind === 'issues') {
    const issue = world.state.issues.find((item) => item.repository === repository && item.number === id);
    return issue === undefined ? null : issuePage(world, issue);
  }
  const run = kind === 'runs' ? world.state.checkRuns.find((item) => item.id === id) : undefined;
  if (run?.repository !== repository) return null;
  return renderCheckRunPage({
    repository: repository.fullName,
    headSha: run.headSha,
    check: checkView(run),
  });
}
