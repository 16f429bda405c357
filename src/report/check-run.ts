import { shortSha } from '../engine/change.ts';
import type { Report } from '../engine/report.ts';
import { code } from './markdown.ts';
import { annotate, type Annotation } from './annotations.ts';
import { plural, truncate } from './plain.ts';
import { renderSummary, type BlobUrl } from './summary.ts';
import { verdictOf, type VerdictState } from './verdict.ts';

/** The one name of our check, which branch protection refers to. */
export const CHECK_NAME = 'gitops-warden';

const MAX_TITLE = 255;
/** GitHub takes 65,535 characters. Bytes are counted here, and the App puts its own notes in front. */
const MAX_SUMMARY = 60_000;
const MAX_REPORTS = 8;

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
  const { annotations, left } = annotate(ordered, inline);
  const missing = left === 0 ? [] : [`${plural(left, 'finding')} found no room among the annotations.`];
  return {
    title: truncate(worst === undefined ? 'Nothing to review' : verdictOf(worst).headline, MAX_TITLE),
    summary: summaryOf(ordered, blobUrl, [...remarks, ...missing]),
    annotations,
  };
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
