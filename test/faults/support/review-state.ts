import type { EmbeddedGitHub } from '../../../src/demo/embedded/embedded-github.ts';
import type { PullRequest, ReviewComment } from '../../../src/demo/embedded/state.ts';
import { readMarker, readNote } from '../../../src/report/comment.ts';
import { APP_SLUG } from '../../demo/fixture.ts';

export interface ThreadState {
  /** `path:line`, or `path` for the whole file. */
  readonly place: string;
  /** The serial number of the finding; null when the thread is not ours. */
  readonly finding: number | null;
  readonly body: string;
  /** `open`, `folded`, or who resolved it. */
  readonly state: string;
  /** What was added: our notes by their kind, and who else wrote. */
  readonly answers: readonly string[];
}

/** The threads of a pull request, in the order of their findings. */
export function threadsOf(github: EmbeddedGitHub, pull: PullRequest): ThreadState[] {
  const comments = github.reviewComments(pull);
  const roots = comments.filter(({ inReplyTo }) => inReplyTo === null);
  return roots
    .map((root) => threadOf(github, root, comments))
    .sort((a, b) => (a.finding ?? 0) - (b.finding ?? 0));
}

function threadOf(
  github: EmbeddedGitHub,
  root: ReviewComment,
  comments: readonly ReviewComment[],
): ThreadState {
  const own = root.user === `${APP_SLUG}[bot]`;
  const marker = readMarker(root.body);
  const open = root.minimizedReason === null ? 'open' : 'folded';
  return {
    place: root.line === null ? root.path : `${root.path}:${String(root.line)}`,
    finding: own && marker !== null ? Number.parseInt(marker, 16) : null,
    body: root.body,
    state: github.resolvedBy(root) ?? open,
    answers: comments
      .filter(({ inReplyTo }) => inReplyTo === root.id)
      .map(({ user, body }) => (user === root.user ? (readNote(body) ?? body) : user)),
  };
}

export interface CheckState {
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  /** `path:line message`, sorted. */
  readonly annotations: readonly string[];
}

/** The check that counts on a commit: the newest one since the pull request was opened; null when there is none. */
export function checkOf(github: EmbeddedGitHub, pull: PullRequest, sha: string): CheckState | null {
  // Pull requests of a test share their commits.
  const run = github
    .checkRuns(pull.repository, sha)
    .filter(({ id }) => id > pull.id)
    .at(-1);
  if (run === undefined) return null;
  const { status, conclusion, title, summary } = run;
  const annotations = run.annotations.map(
    ({ path, startLine, message }) => `${path}:${String(startLine)} ${message}`,
  );
  return { status, conclusion, title, summary, annotations: annotations.sort() };
}
