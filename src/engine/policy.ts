import type { Severity } from './finding.ts';
import type { PosturePolicy } from './posture-policy.ts';
import type { WaiverPolicy } from './waiver-policy.ts';

export const PROFILES = ['essential', 'recommended', 'strict'] as const;
export type Profile = (typeof PROFILES)[number];

export type Level = Severity | 'off';

/** Weakest first. */
export const LEVELS: readonly Level[] = ['off', 'info', 'warning', 'error'];

/** Another level of a rule for a part of what it looks at. */
export interface RuleOverride {
  /** What it applies to: every list that is not empty must match. Globs over the path of the file. */
  readonly paths: readonly string[];
  readonly environments: readonly string[];
  /** `group/version/Kind`, as in a rule's own conditions. */
  readonly kinds: readonly string[];
  /** Globs over the namespace of the object, as it is written. */
  readonly namespaces: readonly string[];
  readonly severity: Level;
}

export interface RuleSetting {
  /** Null: as the profile says. */
  readonly severity: Level | null;
  /** Globs of paths for which the rule is off. */
  readonly exclude: readonly string[];
  /** Values of the rule's parameters, by name; the others have their defaults. */
  readonly parameters: ReadonlyMap<string, unknown>;
  /** The first that matches gives the level. */
  readonly overrides: readonly RuleOverride[];
  /** Set by the organisation's floor: the repository's own `exclude` does not apply to it. */
  readonly enforced: boolean;
  /** What the organisation's floor asks at least; null when it says nothing of the rule. */
  readonly least: {
    readonly severity: Level;
    /** Whether the floor names the rule, and not only a profile that has it. */
    readonly stated: boolean;
    readonly overrides: readonly RuleOverride[];
  } | null;
}

/** The setting of a rule of which a policy says nothing. */
export const NO_SETTING: RuleSetting = {
  severity: null,
  exclude: [],
  parameters: new Map(),
  overrides: [],
  enforced: false,
  least: null,
};

/** What makes a path or an object belong to an environment. */
export interface EnvironmentSelector {
  /** Words that stand for it as a part of folder, file, cluster and namespace names, as `prod` in `eu-prod-1`. */
  readonly words?: readonly string[];
  /** Globs over the path of the file, and over the paths from which an Argo CD or Flux object deploys. */
  readonly paths: readonly string[];
  /** Globs over the names and addresses of the clusters to which an Argo CD or Flux object deploys. */
  readonly clusters: readonly string[];
  /** Minor versions of Kubernetes that its clusters run; empty: as the policy says. */
  readonly kubernetes: readonly string[];
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
  /** Globs of names of tags that must be annotated and signed. */
  readonly tags: readonly string[];
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

/** Who may push to watched branches: logins and slugs in lower case, or numbers of accounts. */
export interface PushPolicy {
  readonly users: readonly (string | number)[];
  readonly apps: readonly (string | number)[];
}

/** Comments in the diff of a pull request. */
export interface CommentPolicy {
  /** How many on findings that stand may be open at a time. */
  readonly limit: number;
}

/** Where findings are reported to, beside the check and its comments. */
export interface ReportPolicy {
  readonly codeScanning: boolean;
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
  /** Minor versions of Kubernetes, such as `1.34`, that objects must fit, each of them; empty: any known one. */
  readonly kubernetes: readonly string[];
  /** Globs of branch names beside the default and the protected ones on which a direct push is an alert. */
  readonly protectedBranches: readonly string[];
  readonly pushes: PushPolicy;
  readonly signatures: SignaturePolicy;
  readonly secrets: SecretPolicy;
  readonly posture: PosturePolicy;
  readonly waivers: WaiverPolicy;
  readonly comments: CommentPolicy;
  readonly reports: ReportPolicy;
  /** What a rule that failed or a file that could not be judged does to the conclusion. */
  readonly notChecked: 'fail' | 'warn';
}

/** Where a policy came from, and what was wrong with it. */
export interface PolicySource {
  /** `default`, or the path or `REV:path` that was read. */
  readonly source: string;
  /** Hex SHA-256 over everything that decides: policy, floor and rules. */
  readonly hash: string;
  /** Files of other repositories that it builds on: the organisation's, and what it extends. Absent: none. */
  readonly buildsOn?: readonly string[];
  /** What readers of the verdict should know of it, as a sentence without a full stop. */
  readonly remark?: string;
}

/** A mistake in a configuration file. */
export interface ConfigProblem {
  readonly path: string;
  /** 1-based; null when the file as a whole is meant. */
  readonly line: number | null;
  readonly message: string;
}
