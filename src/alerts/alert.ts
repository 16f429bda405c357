import type { Finding } from '../engine/finding.ts';
import type { PolicySource } from '../engine/policy.ts';
import type { Reach } from '../engine/report.ts';

/** One commit on the branch's own line, newest first; `merge` when it has several parents. */
export interface PushedCommit {
  readonly sha: string;
  readonly merge: boolean;
}

/** A push that went round the gate. Plain data: what happened and what the review of it found. */
export interface DirectPushAlert {
  readonly kind: 'direct-push';
  readonly repository: {
    readonly id: number;
    readonly owner: string;
    readonly name: string;
    readonly isPrivate: boolean;
    /** Page of the repository, without a slash at the end. */
    readonly url: string;
  };
  /** Full name: `refs/heads/main`. */
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly created: boolean;
  readonly deleted: boolean;
  readonly forced: boolean;
  readonly pusher: string;
  /** Null when they could not be read or are too many to list. */
  readonly commits: readonly PushedCommit[] | null;
  /** Why GitHub's evidence did not tie the push to a merged pull request, as a sentence. */
  readonly evidence: string;
  readonly review: AlertReview | null;
  /** Why there is no review, or what it did not cover, as sentences. */
  readonly notChecked: readonly string[];
}

export interface AlertReview {
  readonly findings: readonly Finding[];
  readonly reach: Reach;
  readonly policy: PolicySource;
}

export type Alert = DirectPushAlert;
