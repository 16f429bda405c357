/** What GitHub says, or why it cannot be known, as the end of a sentence ("the token may not read it"). */
export type Known<T> =
  { readonly known: true; readonly value: T } | { readonly known: false; readonly reason: string };

export function known<T>(value: T): Known<T> {
  return { known: true, value };
}

export function unknown<T>(reason: string): Known<T> {
  return { known: false, reason };
}

export interface RequiredCheck {
  readonly name: string;
  /** The App whose check alone counts; null: anybody who may write statuses can set it. */
  readonly appId: number | null;
}

export interface ReviewDemand {
  readonly approvals: number;
  readonly codeOwners: boolean;
  /** A push takes approvals back. */
  readonly dismissStale: boolean;
  /** Somebody other than the last pusher has to approve. */
  readonly lastPush: boolean;
}

/** One branch protection or ruleset that holds for the branch, and what it asks for. */
export interface Gate {
  /** `branch protection`, or ``ruleset `main` ``. */
  readonly name: string;
  /** Its settings page. */
  readonly url: string;
  /** Null: no pull request is asked for. */
  readonly review: ReviewDemand | null;
  readonly signedCommits: boolean;
  readonly forbidsForcePush: boolean;
  readonly forbidsDeletion: boolean;
  readonly upToDate: boolean;
  readonly checks: readonly RequiredCheck[];
  /** Who may go past it, as words. */
  readonly bypass: Known<readonly string[]>;
}

export interface CodeOwners {
  /** Null: there is no such file. */
  readonly path: string | null;
  /** Lines that GitHub cannot use, as sentences. */
  readonly errors: Known<readonly string[]>;
  /** Folders with manifests, and files of the gate itself, that nobody owns. */
  readonly unowned: Known<readonly string[]>;
}

export interface ActionsSettings {
  readonly enabled: boolean;
  /** `all`, `local_only` or `selected`; null when GitHub does not say. */
  readonly allowed: string | null;
  readonly pinned: boolean;
}

export interface WorkflowToken {
  readonly mayWrite: boolean;
  readonly mayApprove: boolean;
}

/** What is known of how a repository is guarded. */
export interface PostureFacts {
  readonly owner: string;
  readonly name: string;
  /** Page of the repository, without a slash at the end. */
  readonly url: string;
  readonly branch: string;
  readonly gates: readonly Gate[];
  /** Why gates may be missing from the list, as ends of sentences. */
  readonly gatesUnread: readonly string[];
  /** The App whose check is to be required; null: not known. */
  readonly appId: number | null;
  readonly codeOwners: CodeOwners;
  readonly secretScanning: Known<boolean>;
  readonly pushProtection: Known<boolean>;
  readonly actions: Known<ActionsSettings>;
  readonly workflowToken: Known<WorkflowToken>;
}
