import type { Finding, Severity } from '../engine/finding.ts';
import type { Report } from '../engine/report.ts';
import { code, fenceFor, link, renderMessage } from './markdown.ts';
import { placeOf, plural, truncate } from './plain.ts';
import { verdictOf } from './verdict.ts';

/** GitHub's limit for the body of a comment or review, in characters. */
export const MAX_BODY = 65_536;
const MAX_LISTED = 100;

export const SEVERITY_NAMES: Readonly<Record<Severity, string>> = {
  error: 'Error',
  warning: 'Warning',
  info: 'Note',
};

/** An inline comment. The hidden marker at its end lets the App find it again. */
export function renderComment(finding: Finding): string {
  const rule = link(code(finding.ruleId), finding.url);
  const parts = [`**${SEVERITY_NAMES[finding.severity]}** ${renderMessage(finding.message)} (${rule})`];
  for (const related of finding.related) {
    const { path, range } = related.location;
    const place = range === null ? path : `${path}:${range.start.line}`;
    parts.push(`- ${renderMessage(related.message)}: ${code(place)}`);
  }
  if (finding.suggestion !== null) {
    const { text } = finding.suggestion;
    const fence = fenceFor(text);
    parts.push(`${fence}suggestion\n${text}\n${fence}`);
  }
  const marker = `<!-- gitops-warden:finding ${finding.fingerprint} -->`;
  return `${truncate(parts.join('\n\n'), MAX_BODY - marker.length - 2)}\n\n${marker}`;
}

/**
 * The fingerprint in a comment of ours. Only the exact form on the last line counts, and only if the comment's author
 * is the App itself, which the caller has to check: anybody can write a marker.
 */
export function readMarker(body: string): string | null {
  const lines = body.trimEnd().split(/\r?\n/);
  return /^<!-- gitops-warden:finding ([0-9a-f]{32}) -->$/.exec(lines.at(-1) ?? '')?.[1] ?? null;
}

/** What stands above the inline comments: the verdict, and findings that have no line of the diff to stand on. */
export function renderReviewBody(report: Report, leftOver: readonly Finding[]): string {
  const parts = [`**${verdictOf(report).headline}.**`];
  if (leftOver.length > 0) {
    const shown = leftOver.slice(0, MAX_LISTED).map(renderListItem);
    const more = leftOver.length - shown.length;
    parts.push(
      'Without a line in this diff:',
      [...shown, ...(more > 0 ? [`- and ${plural(more, 'more', 'more')}, in the check run`] : [])].join('\n'),
    );
  }
  return truncate(parts.join('\n\n'), MAX_BODY);
}

export function renderListItem(finding: Finding): string {
  const rule = link(code(finding.ruleId), finding.url);
  return `- **${SEVERITY_NAMES[finding.severity]}** ${code(placeOf(finding))}: ${renderMessage(finding.message)} (${rule})`;
}
