/** One line of a diff. Numbers are null on the side where the line does not exist. */
export interface DiffLineView {
  readonly type: 'context' | 'added' | 'deleted';
  readonly left: number | null;
  readonly right: number | null;
  readonly text: string;
}

export interface HunkView {
  readonly header: string;
  readonly lines: readonly DiffLineView[];
}

export interface CommentView {
  readonly id: number;
  readonly author: string;
  readonly path: string;
  readonly side: 'LEFT' | 'RIGHT';
  /** Where it was written; null for a comment on the whole file. */
  readonly originalLine: number | null;
  /** Where it stands now; null when the line has changed since, or for the whole file. */
  readonly line: number | null;
  readonly startLine: number | null;
  /** Markdown. */
  readonly body: string;
}

export interface FileView {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: string;
  readonly additions: number;
  readonly deletions: number;
  /** Empty when there is nothing to show: binary, too large, or only the mode changed. */
  readonly hunks: readonly HunkView[];
  readonly comments: readonly CommentView[];
}

export interface CommitView {
  readonly sha: string;
  readonly subject: string;
  readonly author: string;
  readonly verified: boolean;
  readonly reason: string;
}

export interface AnnotationView {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: string;
  readonly title: string | null;
  readonly message: string;
}

export interface CheckView {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string | null;
  /** Markdown. */
  readonly summary: string | null;
  /** Markdown. */
  readonly text: string | null;
  readonly annotations: readonly AnnotationView[];
}

export interface RemarkView {
  readonly author: string;
  /** `COMMENTED`, `APPROVED`, `CHANGES_REQUESTED` for a review; null for a comment. */
  readonly state: string | null;
  /** Markdown. */
  readonly body: string;
}

export type PullRequestState = 'open' | 'draft' | 'merged' | 'closed';

/** A pull request or an issue in a list. Addresses start at the root of the server. */
export interface ItemView {
  readonly address: string;
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly state: PullRequestState;
  readonly labels: readonly string[];
  readonly checks: readonly CheckView[];
}

export interface PullRequestView extends ItemView {
  readonly repository: string;
  /** Markdown. */
  readonly body: string | null;
  readonly base: string;
  readonly head: string;
  readonly commits: readonly CommitView[];
  readonly remarks: readonly RemarkView[];
  readonly files: readonly FileView[];
  readonly issues: readonly ItemView[];
}

export interface IssueView extends ItemView {
  readonly repository: string;
  /** Markdown. */
  readonly body: string | null;
  readonly remarks: readonly RemarkView[];
}

export interface CheckRunView {
  readonly repository: string;
  readonly headSha: string;
  readonly check: CheckView;
}

export interface RepositoryView {
  readonly name: string;
  readonly pullRequests: readonly ItemView[];
  readonly issues: readonly ItemView[];
}

export interface BlobView {
  readonly repository: string;
  readonly sha: string;
  readonly path: string;
  /** Null when the file is binary or too large to show. */
  readonly lines: readonly string[] | null;
}
