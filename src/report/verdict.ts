import type { Finding, Severity } from '../engine/finding.ts';
import type { Report } from '../engine/report.ts';
import { listed, plural } from './plain.ts';

export type VerdictState = 'passed' | 'incomplete' | 'report-only' | 'blocked';

/** What a report comes to, counted, and said in one sentence without text from the repository. */
export interface Verdict {
  readonly state: VerdictState;
  readonly headline: string;
  readonly introduced: Readonly<Record<Severity, number>>;
  readonly existing: number;
  /** Rules that failed, and everything that was not checked. */
  readonly unchecked: number;
}

export function verdictOf(report: Report): Verdict {
  const introduced = countBySeverity(report.findings.filter((finding) => finding.introduced));
  const unchecked = report.failures.length + report.notChecked.length;
  const state = stateOf(report, unchecked);
  return {
    state,
    headline: headlineOf(report, state, introduced, unchecked),
    introduced,
    existing: report.findings.filter((finding) => !finding.introduced).length,
    unchecked,
  };
}

/** How much was looked at, as a sentence. */
export function coverageOf({ stats }: Report): string {
  const looked = [
    plural(stats.files, 'file'),
    plural(stats.manifests, 'manifest'),
    plural(stats.commits, 'commit'),
  ];
  return `${listed(looked)} reviewed in ${formatDuration(stats.milliseconds)}.`;
}

/** Whether a reader should look at who signed: any signature that is not valid. */
export function hasSignatureTrouble({ commits }: Report): boolean {
  return commits.some((commit) => commit.signature.state !== 'valid');
}

function stateOf(report: Report, unchecked: number): VerdictState {
  if (report.conclusion === 'failure') return 'blocked';
  if (report.reportOnly) return 'report-only';
  return unchecked > 0 ? 'incomplete' : 'passed';
}

function headlineOf(
  report: Report,
  state: VerdictState,
  introduced: Readonly<Record<Severity, number>>,
  unchecked: number,
): string {
  const causes = causesOf(report, introduced);
  if (state === 'blocked') {
    const word = introduced.error > 0 ? 'Blocked' : 'Failed';
    return causes.length === 0 ? word : `${word}: ${listed(causes)}`;
  }
  if (state === 'report-only') {
    return causes.length === 0
      ? 'Passed in report mode'
      : `Passed in report mode; in force, this would block: ${listed(causes)}`;
  }
  const remarks = [
    ...(introduced.error > 0 ? [plural(introduced.error, 'error')] : []),
    ...(introduced.warning > 0 ? [plural(introduced.warning, 'warning')] : []),
    ...(introduced.info > 0 ? [plural(introduced.info, 'note')] : []),
  ];
  const passed = remarks.length === 0 ? 'Passed' : `Passed with ${listed(remarks)}`;
  return unchecked === 0
    ? passed
    : `${passed}, but ${plural(unchecked, 'part was', 'parts were')} not checked`;
}

/** What makes a change fail, unless the policy says otherwise. */
function causesOf(report: Report, introduced: Readonly<Record<Severity, number>>): string[] {
  const mistakes = report.configProblems.length;
  const blocking = report.failures.length + report.notChecked.filter((item) => item.blocks).length;
  return [
    ...(introduced.error > 0 ? [plural(introduced.error, 'error')] : []),
    ...(mistakes > 0
      ? [plural(mistakes, 'mistake in the configuration', 'mistakes in the configuration')]
      : []),
    ...(blocking > 0 ? [`${plural(blocking, 'part')} that could not be checked`] : []),
  ];
}

function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const finding of findings) counts[finding.severity] += 1;
  return counts;
}

function formatDuration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
