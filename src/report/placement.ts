import { SEVERITIES, type Finding } from '../engine/finding.ts';
import { lastLineOf } from './plain.ts';

/** Lines of the head that a diff shows; both ends belong to it. */
export interface LineSpan {
  readonly start: number;
  readonly end: number;
}

export interface PlacedFinding {
  readonly finding: Finding;
  readonly path: string;
  /** The last line of the comment. */
  readonly line: number;
  /** The first one, when it has several. */
  readonly startLine: number | null;
}

export interface Placement {
  readonly inline: readonly PlacedFinding[];
  readonly elsewhere: readonly Finding[];
}

/**
 * Decides which introduced findings stand on a line of the diff, the most severe first. A finding in an earlier commit
 * has no line in the head.
 */
export function placeFindings(
  findings: readonly Finding[],
  hunks: ReadonlyMap<string, readonly LineSpan[]>,
  { limit = 30 }: { readonly limit?: number } = {},
): Placement {
  const bySeverity = findings
    .filter((finding) => finding.introduced)
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const inline: PlacedFinding[] = [];
  const elsewhere: Finding[] = [];
  for (const finding of bySeverity) {
    const placed = inline.length < limit ? place(finding, hunks) : null;
    if (placed === null) elsewhere.push(finding);
    else inline.push(placed);
  }
  return { inline, elsewhere };
}

function place(finding: Finding, hunks: ReadonlyMap<string, readonly LineSpan[]>): PlacedFinding | null {
  const { subject } = finding;
  if (subject.type !== 'file' || subject.range === null || subject.commit !== null) return null;
  const first = subject.range.start.line;
  const last = lastLineOf(subject.range);
  const span = hunks.get(subject.path)?.find((one) => one.start <= first && first <= one.end);
  if (span === undefined) return null;
  const whole = last <= span.end;
  return {
    finding,
    path: subject.path,
    line: whole ? last : first,
    startLine: whole && last > first ? first : null,
  };
}
