import type { Severity } from './finding.ts';

export const PROFILES = ['essential', 'recommended', 'strict'] as const;
export type Profile = (typeof PROFILES)[number];

export type Level = Severity | 'off';

export interface RuleSetting {
  /** Null: as the profile says. */
  readonly severity: Level | null;
  /** Globs of paths for which the rule is off. */
  readonly exclude: readonly string[];
  /** Set by the organisation's floor: the repository's own `exclude` does not apply to it. */
  readonly enforced: boolean;
}

/** What makes a path or an object belong to an environment. */
export interface EnvironmentSelector {
  /** Globs over the path of the file. */
  readonly paths: readonly string[];
  /** Globs over the name or server of an Argo CD destination. */
  readonly clusters: readonly string[];
  /** Minor versions of Kubernetes that its clusters run; empty: as the policy says. */
  readonly kubernetes: readonly string[];
}

export const SIGNATURE_REQUIREMENTS = ['none', 'signed', 'verified', 'allowed-signer'] as const;
export type SignatureRequirement = (typeof SIGNATURE_REQUIREMENTS)[number];

/** What the repository and its organisation ask for, after defaults and floor have been applied. */
export interface Policy {
  readonly profile: Profile;
  /** `report` shows what would block and passes. */
  readonly mode: 'enforce' | 'report';
  readonly rules: ReadonlyMap<string, RuleSetting>;
  /** Globs of paths that are never deployed: no rule applies to them, but for those that the floor enforces. */
  readonly exclude: readonly string[];
  readonly environments: ReadonlyMap<string, EnvironmentSelector>;
  /** Minor versions of Kubernetes, such as `1.34`, that objects must fit, each of them; empty: any known one. */
  readonly kubernetes: readonly string[];
  /** Globs of branch names beside the default and the protected ones on which a direct push is an alert. */
  readonly protectedBranches: readonly string[];
  readonly signatures: { readonly require: SignatureRequirement };
  /** What a rule that failed or a file that could not be judged does to the conclusion. */
  readonly notChecked: 'fail' | 'warn';
}

/** Where a policy came from, and what was wrong with it. */
export interface PolicySource {
  /** `default`, or the path or `REV:path` that was read. */
  readonly source: string;
  /** Hex SHA-256 over everything that decides: policy, floor and rules. */
  readonly hash: string;
}

/** A mistake in a configuration file. */
export interface ConfigProblem {
  readonly path: string;
  /** 1-based; null when the file as a whole is meant. */
  readonly line: number | null;
  readonly message: string;
}
