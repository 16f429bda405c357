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

/** Where the base branch keeps the public keys of those who sign: each a file, or a folder with all that stands below it. */
export interface KeyPlaces {
  /** In the format of OpenSSH's `allowed_signers`. */
  readonly allowedSigners: string;
  /** SSH public keys that do not count any more, one a line. */
  readonly revokedKeys: string;
  /** OpenPGP public keys, armored or binary. */
  readonly openpgp: string;
  /** X.509 certificates and revocation lists, as PEM. */
  readonly x509: string;
}

/** Who may sign changes to some paths. */
export interface PathSigners {
  /** Globs. */
  readonly paths: readonly string[];
  /** Names of the groups, for messages. */
  readonly groups: readonly string[];
  /** The signers of these groups; see `SignaturePolicy.signers`. */
  readonly signers: readonly string[];
}

export const IDENTITY_MATCHES = ['none', 'committer', 'author', 'both'] as const;
/** Whose address must be one for which the signing key speaks. */
export type IdentityMatch = (typeof IDENTITY_MATCHES)[number];

/** Weakest first: which commits may carry the signature of GitHub's own key. */
export const WEB_FLOW_LEVELS = ['always', 'merges', 'never'] as const;
export type WebFlow = (typeof WEB_FLOW_LEVELS)[number];

/** The moment at which a key must not have expired, or been retired. */
export type KeyMoment = 'at-signing' | 'now';

/** What is asked of signatures. A null says: as `require` implies. */
export interface SignaturePolicy {
  readonly require: SignatureRequirement;
  readonly keys: KeyPlaces;
  /**
   * Lists of signers, of which each must name whoever signs: the repository's and the floor's. An entry is an address
   * with `*` and `?`, `principal:NAME`, `github:LOGIN`, `SHA256:…`, `openpgp:FINGERPRINT` or `x509:FINGERPRINT`. No list:
   * everybody whom the key files name.
   */
  readonly signers: readonly (readonly string[])[];
  readonly paths: readonly PathSigners[];
  readonly identity: IdentityMatch;
  /** Whether GitHub's own verdict counts where no key of the base branch settles it. */
  readonly githubVerdict: boolean | null;
  /** Whether keys count that the committer's account on GitHub has. */
  readonly githubAccountKeys: boolean;
  readonly webFlow: WebFlow | null;
  readonly userPresence: 'required' | 'optional';
  readonly expiredKeys: KeyMoment;
  readonly retiredKeys: KeyMoment;
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
  readonly signatures: SignaturePolicy;
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
