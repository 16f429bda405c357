import type { Commit, NotChecked } from './change.ts';
import type { Finding } from './finding.ts';
import type { PlacedDifference } from './policy-difference.ts';
import type { ConfigProblem, PolicySource } from './policy.ts';
import type { WaiverOrigin } from './waiver.ts';

/** A rule that could not run. `path` is null when it failed for the change as a whole. */
export interface RuleFailure {
  readonly ruleId: string;
  readonly path: string | null;
  readonly reason: string;
}

export interface WaivedFinding {
  readonly finding: Finding;
  readonly reason: string;
  readonly approver: string;
  /** ISO 8601 date, or null for no end. */
  readonly until: string | null;
  readonly origin: WaiverOrigin;
  /** How much the waiver covers: this finding, its rule in some paths, or its rule everywhere. */
  readonly scope: 'finding' | 'path' | 'rule';
}

/** What a change reaches. Sorted, without repetitions. */
export interface Reach {
  readonly applications: readonly string[];
  readonly clusters: readonly string[];
  readonly environments: readonly string[];
  /** The objects behind `applications`, for commands about them; those whose names something else fills in are left out. */
  readonly deployers?: readonly ReachedDeployer[];
}

/** An object of Argo CD or Flux that deploys what a change reaches. */
export interface ReachedDeployer {
  readonly kind: 'Application' | 'ApplicationSet' | 'Kustomization';
  readonly name: string;
  /** Null when the manifest names none: something else gives it one. */
  readonly namespace: string | null;
  /** Whether it deploys a new commit by itself, as far as its manifest tells. */
  readonly automatic: boolean;
  /** The file of its manifest: several clusters can have one of the same name. Not there in what an earlier version stored. */
  readonly path?: string;
}

/** Some files by name, and how many there are. */
export interface FileSample {
  readonly count: number;
  /** Sorted; a bounded number of them. */
  readonly paths: readonly string[];
}

/** What a change of `.sops.yaml` means for the files that are there. */
export interface SopsChange {
  readonly configs: readonly { readonly path: string; readonly change: 'added' | 'edited' | 'deleted' }[];
  /** Who may decrypt more, or less, once the files are re-keyed. */
  readonly access: readonly {
    readonly recipient: string;
    readonly change: 'gains' | 'loses';
    readonly files: FileSample;
  }[];
  /** Encrypted for others than their rule names: `sops updatekeys -y`. */
  readonly rekey: FileSample;
  /** Encrypted in another way than their rule says, which only encrypting them again changes. */
  readonly reencrypt: FileSample;
  /** Encrypted files that had a rule and have none any more. */
  readonly withoutRule: FileSample;
  /** Files that are not encrypted, and of which the same is true. */
  readonly plainWithoutRule: FileSample;
  /** Rules of the new configuration that are dead, misspelt or wider than they look. */
  readonly remarks: readonly { readonly path: string; readonly line: number; readonly text: string }[];
  /** Why not everything was compared; null when it was. */
  readonly incomplete: string | null;
}

export type Conclusion = 'success' | 'failure';

export interface Stats {
  readonly files: number;
  readonly manifests: number;
  readonly commits: number;
  readonly milliseconds: number;
}

/** The judgement over one change: everything that a reporter needs. */
export interface Report {
  readonly conclusion: Conclusion;
  /** True when `mode: report` let pass what would have blocked. */
  readonly reportOnly: boolean;
  readonly base: string | null;
  readonly head: string | null;
  readonly mergeBase: string | null;
  readonly policy: PolicySource;
  /** Mistakes in the base's configuration: the conclusion is then `failure`. */
  readonly configProblems: readonly ConfigProblem[];
  /** Sorted: introduced first, then by severity, path, line and rule. */
  readonly findings: readonly Finding[];
  readonly waived: readonly WaivedFinding[];
  readonly failures: readonly RuleFailure[];
  readonly notChecked: readonly NotChecked[];
  readonly commits: readonly Commit[];
  readonly reach: Reach;
  /** Null when no `.sops.yaml` changes, and in a scan. */
  readonly sops: SopsChange | null;
  /** What becomes of the policy, setting by setting. Absent when the change touches none. */
  readonly policyChanges?: readonly PlacedDifference[];
  readonly stats: Stats;
}

/** The findings that make a change fail. */
export function blockingFindings(report: Pick<Report, 'findings'>): Finding[] {
  return report.findings.filter((finding) => finding.introduced && finding.severity === 'error');
}
