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
}

export const SIGNATURE_REQUIREMENTS = ['none', 'signed', 'verified', 'allowed-signer'] as const;
export type SignatureRequirement = (typeof SIGNATURE_REQUIREMENTS)[number];

/** A secret that is known and lived with, until a day. */
export interface AllowedSecret {
  /** `hmac:…`, as findings show it. */
  readonly fingerprint: string;
  readonly reason: string;
  /** The last day, as YYYY-MM-DD; null: no end. */
  readonly until: string | null;
  /** From the organisation's floor: holds for the kinds that it enforces, too. */
  readonly floor: boolean;
}

/** How credentials are looked for. */
export interface SecretPolicy {
  /** Globs of paths that are not searched. */
  readonly exclude: readonly string[];
  /** Levels by the id of a kind, `*` for all others. */
  readonly kinds: ReadonlyMap<string, Level>;
  /** Kinds of the organisation's floor (`*`: all): nothing that the repository says can silence them. */
  readonly enforced: ReadonlySet<string>;
  readonly allow: readonly AllowedSecret[];
  /** Further rule files of gitleaks' format, by their path in the repository. */
  readonly rules: readonly string[];
  /** A JSON report of gitleaks whose findings are known. */
  readonly baseline: string | null;
  /** Thresholds by the id of a kind, in bits a character. */
  readonly entropy: ReadonlyMap<string, number>;
  readonly decodeDepth: number;
  /**
   * Whether a comment `gitleaks:allow` in the line of a secret counts; null: only in a scan, where nobody's change is
   * held back by what he could allow himself.
   */
  readonly inlineAllow: boolean | null;
  readonly corrections: {
    readonly anchoredAllowlists: boolean;
    readonly remoteReferences: boolean;
  };
}

/** What the repository and its organisation ask for, after defaults and floor have been applied. */
export interface Policy {
  readonly profile: Profile;
  /** `report` shows what would block and passes. */
  readonly mode: 'enforce' | 'report';
  readonly rules: ReadonlyMap<string, RuleSetting>;
  /** Globs of paths that are never deployed: no rule applies to them, but for those that the floor enforces. */
  readonly exclude: readonly string[];
  readonly environments: ReadonlyMap<string, EnvironmentSelector>;
  /** Globs of branch names beside the default and the protected ones on which a direct push is an alert. */
  readonly protectedBranches: readonly string[];
  readonly signatures: { readonly require: SignatureRequirement };
  readonly secrets: SecretPolicy;
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
