import { shortSha } from '../engine/change.ts';
import type { Finding } from '../engine/finding.ts';
import type { Report } from '../engine/report.ts';
import { code } from './markdown.ts';
import { columnsOf, lastLineOf, MAX_ANNOTATION, oneLine, plural, truncate, visible } from './plain.ts';
import { renderSummary, type BlobUrl } from './summary.ts';
import { verdictOf, type VerdictState } from './verdict.ts';

const MAX_TITLE = 255;
/** GitHub takes 65,535 characters. Bytes are counted here, and the App puts its own notes in front. */
const MAX_SUMMARY = 60_000;
const MAX_REPORTS = 8;
const MAX_ANNOTATIONS_PER_REQUEST = 50;

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

export interface CheckRunOutput {
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

export interface CheckRunOptions {
  /** Fingerprints of findings that have an inline comment, and therefore need no annotation. */
  readonly inline?: ReadonlySet<string>;
  readonly blobUrl?: BlobUrl;
  /** Paragraphs in Markdown that stand behind the verdict. */
  readonly remarks?: readonly string[];
}

const LEVELS = { error: 'failure', warning: 'warning', info: 'notice' } as const;
const WORST_FIRST: readonly VerdictState[] = ['blocked', 'incomplete', 'report-only', 'passed'];

/**
 * What the check run of one head says. Several reports: the head is judged for several bases, and the worst stands first.
 */
export function renderCheckRun(
  reports: Report | readonly Report[],
  { inline = new Set(), blobUrl = () => null, remarks = [] }: CheckRunOptions = {},
): CheckRunOutput {
  const all = isList(reports) ? reports : [reports];
  const ordered = WORST_FIRST.flatMap((state) => all.filter((report) => verdictOf(report).state === state));
  const worst = ordered[0];
  return {
    title: truncate(worst === undefined ? 'Nothing to review' : verdictOf(worst).headline, MAX_TITLE),
    summary: summaryOf(ordered, blobUrl, remarks),
    annotations: annotationsOf(ordered, inline),
  };
}

/** GitHub takes 50 annotations in a request. At least one batch, so that there is always a request to send. */
export function batchAnnotations(annotations: readonly Annotation[]): readonly (readonly Annotation[])[] {
  const batches: Annotation[][] = [];
  for (let start = 0; start < annotations.length; start += MAX_ANNOTATIONS_PER_REQUEST) {
    batches.push(annotations.slice(start, start + MAX_ANNOTATIONS_PER_REQUEST));
  }
  return batches.length === 0 ? [[]] : batches;
}

function isList(reports: Report | readonly Report[]): reports is readonly Report[] {
  return Array.isArray(reports);
}

function summaryOf(ordered: readonly Report[], blobUrl: BlobUrl, remarks: readonly string[]): string {
  const [only, ...others] = ordered;
  if (only === undefined) return 'Nothing to review.';
  if (others.length === 0) return renderSummary(only, { blobUrl, limit: MAX_SUMMARY, remarks });
  const shown = ordered.slice(0, MAX_REPORTS);
  const limit = Math.floor(MAX_SUMMARY / shown.length) - 100;
  const parts = shown.map((report) => {
    const base = report.base === null ? 'Without a base' : `Against the base ${code(shortSha(report.base))}`;
    return `## ${base}\n\n${renderSummary(report, { blobUrl, limit })}`;
  });
  const more = ordered.length - shown.length;
  return [
    ...remarks,
    ...parts,
    ...(more > 0 ? [`*${plural(more, 'more report')} left out here.*`] : []),
  ].join('\n\n');
}

function annotationsOf(reports: readonly Report[], inline: ReadonlySet<string>): Annotation[] {
  const seen = new Set(inline);
  return reports
    .flatMap((report) => report.findings)
    .flatMap((finding) => {
      if (!finding.introduced || seen.has(finding.fingerprint)) return [];
      seen.add(finding.fingerprint);
      return annotationOf(finding);
    });
}

/** A version that only an earlier commit has shows no line in the head: it stands in the summary. */
function annotationOf(finding: Finding): Annotation[] {
  const { subject } = finding;
  if (subject.type !== 'file' || subject.commit !== null) return [];
  const { path, range } = subject;
  const base = {
    annotation_level: LEVELS[finding.severity],
    title: truncate(visible(finding.ruleId), MAX_TITLE),
    message: truncate(oneLine(finding.message), MAX_ANNOTATION),
  };
  if (range === null) return [{ path, start_line: 1, end_line: 1, ...base }];
  const columns = columnsOf(range);
  return [
    {
      path,
      start_line: range.start.line,
      end_line: lastLineOf(range),
      ...(columns === null ? {} : { start_column: columns.first, end_column: columns.last }),
      ...base,
    },
  ];
}
