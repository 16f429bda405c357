import { shortSha } from '../engine/change.ts';
import type { Finding } from '../engine/finding.ts';
import type { Report, WaivedFinding } from '../engine/report.ts';
import { renderCommitGroup } from './commit-group-markdown.ts';
import { groupCommits } from './commit-groups.ts';
import { code, fenceFor, link, renderMessage } from './markdown.ts';
import { byteLength, placeOf, SEVERITY_NAMES, truncate, visible, markerLine } from './plain.ts';
import { fitSections, rowsOf } from './sections.ts';
import { verdictOf } from './verdict.ts';

/**
 * GitHub takes 65,536 characters. A text is cut before it becomes Markdown: cut afterwards, it could leave a code span or
 * a suggestion open, and what stands in it would come alive.
 */
const MAX_BODY = 60_000;
const MAX_MESSAGE = 8_000;
const MAX_NAME = 300;
const MAX_RELATED = 10;
const MAX_SUGGESTION = 10_000;

/** An inline comment. The hidden marker at its end lets the App find it again. */
export function renderComment(finding: Finding): string {
  return [
    `**${SEVERITY_NAMES[finding.severity]}** ${messageOf(finding)}`,
    ...relatedOf(finding),
    ...suggestionOf(finding),
    `<!-- gitops-warden:finding ${finding.fingerprint} -->`,
  ].join('\n\n');
}

/**
 * The fingerprint in a comment of ours. Only the exact form on the last line counts, and only if the comment's author
 * is the App itself, which the caller has to check: anybody can write a marker.
 */
export function readMarker(body: string): string | null {
  return /^<!-- gitops-warden:finding ([0-9a-f]{32}) -->$/.exec(markerLine(body))?.[1] ?? null;
}

/** What we may add to a comment: why nobody has to look at it any more, or that somebody has to again. */
export const NOTE_KINDS = ['mended', 'waived', 'existing', 'double', 'back'] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];

/** A note for a thread. `head`: the commit that was judged; `waiver`: of a finding that is waived. */
export function renderNote(kind: NoteKind, head: string, waiver: WaivedFinding | null = null): string {
  return `${noteText(kind, code(shortSha(head)), waiver)}\n\n<!-- gitops-warden:note ${kind} -->`;
}

/** What a note of ours says; as with `readMarker`, the caller has to check its author. */
export function readNote(body: string): NoteKind | null {
  const found = /^<!-- gitops-warden:note ([a-z]+) -->$/.exec(markerLine(body))?.[1];
  return NOTE_KINDS.find((kind) => kind === found) ?? null;
}

function noteText(kind: NoteKind, head: string, waiver: WaivedFinding | null): string {
  switch (kind) {
    case 'mended':
      return `No longer found in ${head}.`;
    case 'existing':
      return `The base branch has it too, so as of ${head} it is not held against this change.`;
    case 'double':
      return 'This was said twice by mistake. The other comment stays.';
    case 'back':
      return `Found again in ${head}.`;
    case 'waived':
      return waiver === null ? 'Waived.' : waiverText(waiver);
  }
}

function waiverText({ approver, until, reason }: WaivedFinding): string {
  const end = until === null ? '' : ` until ${name(until)}`;
  return `Waived${end} by ${name(approver)}: ${renderMessage(truncate(reason, MAX_NAME))}`;
}

/** What stands above the inline comments: the verdict, and findings that have no line of the diff to stand on. */
export function renderReviewBody(report: Report, leftOver: readonly Finding[]): string {
  const lead = `**${verdictOf(report).headline}.**`;
  const { groups, others } = groupCommits(leftOver, report);
  const rows = rowsOf(
    [
      ...groups.map((group) => () => renderCommitGroup(group, { withSeverity: true })),
      ...others.map(
        (finding) => () =>
          `- **${SEVERITY_NAMES[finding.severity]}** ${name(placeOf(finding))}: ${messageOf(finding)}`,
      ),
    ],
    (row) => row(),
  );
  const section = { title: 'Without a comment on a line of this diff', rank: 1, rows };
  return [lead, ...fitSections([section], MAX_BODY - byteLength(lead))].join('\n\n');
}

function messageOf(finding: Finding): string {
  const rule = link(name(finding.ruleId), finding.url);
  return `${renderMessage(truncate(finding.message, MAX_MESSAGE))} (${rule})`;
}

function relatedOf({ related }: Finding): string[] {
  if (related.length === 0) return [];
  const items = related.slice(0, MAX_RELATED).map(({ message, location: { path, range } }) => {
    const place = range === null ? path : `${path}:${range.start.line}`;
    return `- ${name(place)}: ${renderMessage(truncate(message, MAX_NAME))}`;
  });
  const more = related.length - MAX_RELATED;
  return [[...items, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')];
}

/** A suggestion is applied as it stands, so one that is long or holds text that nobody can see is not offered. */
function suggestionOf({ suggestion }: Finding): string[] {
  if (suggestion === null || suggestion.text.length > MAX_SUGGESTION) return [];
  const text = suggestion.text.replace(/\n$/, '');
  if (text.split(/[\n\t]/).some((part) => visible(part) !== part)) return [];
  const fence = fenceFor(text);
  return [`${fence}suggestion\n${suggestion.text === '' ? '' : `${text}\n`}${fence}`];
}

function name(plain: string): string {
  return code(truncate(visible(plain), MAX_NAME));
}
