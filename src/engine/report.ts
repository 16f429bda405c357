import type { Commit, NotChecked } from './change.ts';
import type { Finding } from './finding.ts';
import type { ConfigProblem, PolicySource } from './policy.ts';

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
}

/** What a change reaches. Sorted, without repetitions. */
export interface Reach {
  readonly applications: readonly string[];
  readonly clusters: readonly string[];
  readonly environments: readonly string[];
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
  readonly stats: Stats;
}

/** The findings that make a change fail. */
export function blockingFindings(report: Pick<Report, 'findings'>): Finding[] {
  return report.findings.filter((finding) => finding.introduced && finding.severity === 'error');
}
