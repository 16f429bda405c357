import type { Manifest } from '../manifests/manifest.ts';
import type { Pointer, Range } from '../manifests/position.ts';
import type { YamlFile } from '../manifests/yaml-file.ts';
import type { Commit, FileVersion, KeyReview, Push, Snapshot } from './change.ts';
import type { Related, Severity, Suggestion } from './finding.ts';
import type { Allowance, Leak, SecretFacts } from './leak.ts';
import type { ObjectIndex } from './object-index.ts';
import type { PlacedDifference, PolicyProblem } from './policy-difference.ts';
import type { ConfigProblem, Policy, Profile } from './policy.ts';
import type { CommitRange } from './rebase.ts';

export const SCOPES = ['manifest', 'file', 'commit', 'push', 'repository'] as const;
export type Scope = (typeof SCOPES)[number];

export const TARGETS = ['object', 'podSpec', 'container'] as const;
export type Target = (typeof TARGETS)[number];

/** What a rule is about; in the order of the catalogue. */
export const CATEGORIES = [
  'secrets',
  'signatures',
  'pushes',
  'manifests',
  'pod-security',
  'workloads',
  'images',
  'access',
  'network',
  'kustomize',
  'argo-cd',
  'flux',
  'rollouts',
  'configuration',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** To which manifests or files a rule applies. Empty lists: to all. */
export interface Match {
  /** `group/version/Kind` with `*` for any part; the core group is written `v1/Secret`. */
  readonly kinds: readonly string[];
  readonly paths: readonly string[];
  readonly environments: readonly string[];
}

/** Something that a policy may set of a rule. */
export interface Parameter {
  /** One sentence, for the rule's page. */
  readonly description: string;
  /** JSON Schema of the values that are allowed. */
  readonly schema: object;
  readonly default: unknown;
}

/** A rule folder's `rule.yaml`, checked and with its defaults filled in. */
export interface RuleDefinition {
  readonly id: string;
  readonly category: Category;
  /** In the profile `recommended`. */
  readonly severity: Severity;
  /** Where another profile differs. */
  readonly profiles: ReadonlyMap<Profile, Severity | 'off'>;
  readonly scope: Scope;
  /** One sentence: what the rule wants. */
  readonly summary: string;
  /** Template of the message: `{kind}`, `{name}`, `{object}`, `{container}`, `{pointer}`, `{key}` and what the rule's code gives. */
  readonly message: string;
  /** The edit or command that mends it; same placeholders; put behind the message. */
  readonly remediation: string;
  readonly match: Match;
  readonly target: Target;
  /** What is allowed, as a JSON Schema; null for a rule in code. */
  readonly schema: object | null;
  /** What belongs in the place of a value that the schema refuses, where nothing else can be meant. */
  readonly replacement: string | null;
  /** Also judge versions of files that exist only in commits between base and head. */
  readonly history: boolean;
  /** What a policy may set of the rule, by name. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** Published checks of other tools that look for the same, as `tool: id`. */
  readonly equivalents: readonly string[];
  /** Rules whose finding at the same place makes this one's superfluous: one secret, one finding. */
  readonly yieldsTo: readonly string[];
  /** Whether its findings may be waived at all. */
  readonly waivable: boolean;
}

/** A file as the rules see it: its bytes, its text, and its YAML where it has any. */
export interface JudgedFile {
  readonly path: string;
  readonly version: FileVersion;
  /** UTF-8 text without a byte order mark; null when it is binary or not UTF-8. */
  readonly text: string | null;
  /** Null when the file is neither YAML nor JSON by its name. Of a template: what stands beside its actions. */
  readonly yaml: YamlFile | null;
  readonly manifests: readonly Manifest[];
  /** It only means something once rendered: values may be placeholders, and parts may be missing. */
  readonly template: boolean;
}

/** What a rule found, before the engine makes a finding of it. Strings in `values` must never be secret. */
export interface Problem {
  /** Fills the placeholders of the rule's templates. */
  readonly values?: Readonly<Record<string, string>>;
  /** Replaces the rule's message template, for rules with several causes. Same placeholders. */
  readonly message?: string;
  /** A sentence between message and remediation: what follows from it here. Same placeholders. */
  readonly consequence?: string;
  /** Replaces the rule's remediation template. */
  readonly remediation?: string;
  /** How somebody may accept it where only a commit still has it, as a clause without a full stop. Same placeholders. */
  readonly acceptance?: string;
  /** Way to the value, from the root of the manifest, or of the first document (file scope, and repository scope without `manifest`). */
  readonly pointer?: Pointer;
  /** Point at the key instead of the value. */
  readonly atKey?: boolean;
  /** For problems that no pointer can name. */
  readonly range?: Range;
  /** Repository scope: the file, which may be one that the change deletes. */
  readonly path?: string;
  /** Repository scope: which of the file's manifests it is about, from 0. */
  readonly manifest?: number;
  /** What was judged. Only a keyed digest of it leaves the engine's comparison of base and head. */
  readonly judged?: unknown;
  readonly related?: readonly Related[];
  readonly suggestion?: Suggestion;
  /** What it is about, when no pointer can say it and words and names do not: enters the fingerprint in their place. */
  readonly place?: string;
  /** Instead of the rule's. */
  readonly severity?: Severity;
  readonly secret?: SecretFacts;
  /** Somebody made an exception for it before. */
  readonly allowed?: Allowance | null;
}

/** The parameters of every rule that exists, by the rule's id. */
export type KnownRules = ReadonlyMap<string, RuleDefinition['parameters']>;

export function knownRulesOf(rules: readonly Rule[]): KnownRules {
  return new Map(rules.map(({ definition }) => [definition.id, definition.parameters]));
}

/** What kind of credential a value is, as a noun with its article: `a GitHub token`. It never quotes the value. */
export type KindOf = (value: string) => string | null;

export interface RuleContext {
  readonly policy: Policy;
  /** The rule's parameters: as the policy sets them, else their defaults. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Objects of the kinds that rules asked for, wherever they stand in the judged revision. */
  readonly objects: ObjectIndex;
  /** The revision that is judged: the head's, or the base's when the base is judged. */
  readonly snapshot: Snapshot;
  /** Every rule that exists, switched on or not. */
  readonly knownRules: KnownRules;
  /** What the key files of this side hold, and on the head's side how that differs from the base. */
  readonly keys?: Pick<KeyReview, 'changes'> & { readonly problems: readonly ConfigProblem[] };
  /** What the policy of this side says beside what decides, and on the head's side how it differs from the base's. */
  readonly policyReview?: {
    readonly changes: readonly PlacedDifference[];
    readonly belowFloor: readonly PlacedDifference[];
    readonly problems: readonly PolicyProblem[];
  };
  /** File scope: the same file on the base's side, when the head's or a commit's version is judged. */
  readonly previous?: JudgedFile | null;
  /** Manifest scope: the file in which the manifest stands. */
  readonly file?: JudgedFile;
  /** When the head is judged: the loaded files of the base, and the versions that the change's commits made. */
  readonly history?: readonly FileVersion[];
  /** Names the kind of credential that a value is by its format alone; null when it has none. */
  readonly kindOf?: KindOf;
  /** File scope: versions of the file that earlier commits of the change made, the latest first. A bounded number. */
  readonly earlier?: readonly FileVersion[];
  /** How many of `earlier`, from the first, are departures that this version took back: it was there before them. */
  readonly takenBack?: number;
  /** The revision that the head is compared with; null in a scan, and while the base itself is judged. */
  readonly base?: Snapshot | null;
  /** Old path by new path, of files that the change renames. */
  readonly renamedFrom?: ReadonlyMap<string, string>;
  /** Paths of the judged revision that the change adds, edits or moves. In a scan: everything scanned. */
  readonly changed?: ReadonlySet<string>;
  /** The same of the other side: while the head is judged, what was deleted or moved away is among them. */
  readonly otherChanged?: ReadonlySet<string>;
  /** Commit scope: the range in which the commit stands. */
  readonly range?: CommitRange;
  /** File scope: credentials in this version of the file; null when nobody looked for any. */
  readonly leaks?: readonly Leak[] | null;
}

/** Files that must be loaded when another one changes, because the judgement of one of them depends on the other. */
export interface Widening {
  /** Folder, without a slash at the end; empty for the whole repository. */
  readonly under: string;
  /** Only files that contain this text. */
  readonly containing: string;
  /** Only files in the folder itself, and not in those below it. */
  readonly only?: 'folder';
}

/** Files that must be loaded because a changed one names them. Those that are not there are left out. */
export interface NamedFiles {
  readonly paths: readonly string[];
}

interface CodeRuleBase {
  /** Globs of files that must be loaded on both sides whenever anything changed. */
  readonly context?: readonly string[];
  /** @param content of the changed file, on the side that has it; null when it was not read */
  readonly widen?: (changedPath: string, content?: Uint8Array | null) => Widening | NamedFiles | null;
  /** Texts by which files are found that a changed file concerns; those files are loaded on both sides. */
  readonly concerns?: (changed: FileVersion) => readonly string[];
  /** Kinds whose objects must be at hand in `RuleContext.objects`, wherever in the repository they stand. */
  readonly kinds?: readonly string[];
}

export interface ManifestRule extends CodeRuleBase {
  readonly scope: 'manifest';
  judge(manifest: Manifest, context: RuleContext): readonly Problem[];
}
export interface FileRule extends CodeRuleBase {
  readonly scope: 'file';
  /** It judges what the search for credentials finds (`RuleContext.leaks`), and therefore last. */
  readonly judgesLeaks?: true;
  judge(file: JudgedFile, context: RuleContext): readonly Problem[];
}
export interface CommitRule extends CodeRuleBase {
  readonly scope: 'commit';
  judge(commit: Commit, context: RuleContext): readonly Problem[];
}
export interface PushRule extends CodeRuleBase {
  readonly scope: 'push';
  judge(push: Push, context: RuleContext): readonly Problem[];
}
export interface RepositoryRule extends CodeRuleBase {
  readonly scope: 'repository';
  /** Every loaded file of the revision; calling an entry parses it, once. */
  judge(files: ReadonlyMap<string, () => JudgedFile>, context: RuleContext): readonly Problem[];
}

/** A rule that a schema cannot express. Pure: no I/O, no logging, no promises. */
export type CodeRule = ManifestRule | FileRule | CommitRule | PushRule | RepositoryRule;

/** A rule that can run: its definition, and its code unless a schema says it all. */
export interface Rule {
  readonly definition: RuleDefinition;
  readonly code: CodeRule | null;
}
