import type { Finding } from '../engine/finding.ts';
import type { PolicySource, SignatureRequirement } from '../engine/policy.ts';
import type { Reach } from '../engine/report.ts';

/** One commit on the branch's own line, newest first; `merge` when it has several parents. */
export interface PushedCommit {
  readonly sha: string;
  readonly merge: boolean;
}

export interface AlertRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
  /** Page of the repository, without a slash at the end. */
  readonly url: string;
}

/** A push that went round the gate. Plain data: what happened and what the review of it found. */
export interface DirectPushAlert {
  readonly kind: 'direct-push';
  readonly repository: AlertRepository;
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

/** A tag that the policy wants signed, and that is not as it has to be. */
export interface UnsignedTagAlert {
  readonly kind: 'unsigned-tag';
  readonly repository: AlertRepository;
  /** Full name: `refs/tags/v1`. */
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly created: boolean;
  readonly pusher: string;
  /** What is wrong with its signature, as a sentence. */
  readonly evidence: string;
  readonly required: Exclude<SignatureRequirement, 'none'>;
}

export type Alert = DirectPushAlert | UnsignedTagAlert;
