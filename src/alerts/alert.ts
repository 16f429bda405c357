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

/** Rules of GitHub that let somebody pass although the push did not satisfy them. */
export interface Bypass {
  /** The account that GitHub names. */
  readonly actor: string;
  /** True when a pull request was merged past the rules, false when the push had none. */
  readonly merged: boolean;
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
  /** Null when GitHub names no rule that was passed by, or was not allowed to say. */
  readonly bypass: Bypass | null;
  /** True when the policy lets the pusher push, and the alert is about what the review found. */
  readonly allowed: boolean;
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
  /** Introduced findings that are not kept. */
  readonly moreFindings?: number;
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

/** One thing that a rule of GitHub asked for and does not ask for any more. */
export interface Weakening {
  /** What changed, as a sentence. */
  readonly what: string;
  /** What can happen now, as a sentence. */
  readonly means: string;
  /** How to put it back, as a sentence. */
  readonly remedy: string;
}

/** Where a rule stands: in a repository, or in its organisation, whose rulesets hold for several repositories. */
export type ProtectionSource = 'branch-protection' | 'ruleset' | 'organisation-ruleset';

/** A branch protection rule or a ruleset that asks for less than before. */
export interface WeakenedProtectionAlert {
  readonly kind: 'weakened-protection';
  /** For a ruleset of an organisation, the repository in which the alert is told. */
  readonly repository: AlertRepository;
  readonly source: ProtectionSource;
  /** GitHub's number of the rule. */
  readonly ruleId: number;
  /** The pattern of a branch protection rule, the name of a ruleset. */
  readonly ruleName: string;
  readonly change: 'edited' | 'deleted';
  readonly actor: string;
  readonly weakenings: readonly Weakening[];
  /** What could not be asked, as sentences. */
  readonly notChecked: readonly string[];
}

export type Alert = DirectPushAlert | UnsignedTagAlert | WeakenedProtectionAlert;

/** Who caused it. */
export function actorOf(alert: Alert): string {
  return alert.kind === 'weakened-protection' ? alert.actor : alert.pusher;
}

/** What it is about, for the audit trail: a ref or a rule. */
export function subjectOf(alert: Alert): string {
  return alert.kind === 'weakened-protection' ? `${alert.source}/${alert.ruleName}` : alert.ref;
}
