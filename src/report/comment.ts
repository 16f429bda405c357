import { shortSha } from '../engine/change.ts';
import type { Finding } from '../engine/finding.ts';
import type { Report, WaivedFinding } from '../engine/report.ts';
import { code, fenceFor, link, renderMessage } from './markdown.ts';
import { listed, markerLine, plural, SEVERITY_NAMES, truncate, visible } from './plain.ts';
import { verdictOf } from './verdict.ts';

/**
 * GitHub takes 65,536 characters, and these parts stay far below it together. A text is cut before it becomes Markdown: cut afterwards, it could leave a code span or
 * a suggestion open, and what stands in it would come alive.
 */
const MAX_MESSAGE = 8_000;
const MAX_NAME = 300;
const MAX_RELATED = 10;
const MAX_RULES = 20;
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
  return MARKER.exec(markerLine(body))?.[1] ?? null;
}

const MARKER = /^<!-- gitops-warden:finding ([0-9a-f]{32})( gone)? -->$/;

/**
 * Notes in a comment of ours, for nobody to see, that its finding is gone: somebody closed its thread before, so there is
 * nothing to say. When the finding comes back, this tells it from one that somebody closed although it stands.
 */
export function markGone(body: string): string {
  const [, fingerprint] = MARKER.exec(markerLine(body)) ?? [];
  const lines = body.trimEnd().split(/\r?\n/).slice(0, -1);
  return fingerprint === undefined
    ? body
    : [...lines, `<!-- gitops-warden:finding ${fingerprint} gone -->`].join('\n');
}

/** Whether `markGone` was there; as with `readMarker`, the caller has to check the author. */
export function isMarkedGone(body: string): boolean {
  return MARKER.exec(markerLine(body))?.[2] !== undefined;
}

/** What we may add to a comment: why nobody has to look at it any more, or that somebody has to again. */
export const NOTE_KINDS = ['mended', 'waived', 'existing', 'double', 'back'] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];

export interface NoteFacts {
  /** The commit that was judged. */
  readonly head: string;
  /** Of a finding that is waived. */
  readonly waiver: WaivedFinding | null;
  /** Whether it is left to people to resolve the thread. */
  readonly leftOpen: boolean;
}

/** A note for a thread. */
export function renderNote(kind: NoteKind, { head, waiver, leftOpen }: NoteFacts): string {
  const text = noteText(kind, code(shortSha(head)), waiver);
  const advice = leftOpen ? ' You can resolve this conversation.' : '';
  return `${text}${advice}\n\n<!-- gitops-warden:note ${kind} -->`;
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

/**
 * What stands above the inline comments: the verdict and its commit, and which rules have findings without a place in the
 * diff. Nobody edits it later, so what may be mended is not told here: the check says what holds.
 */
export function renderReviewBody(report: Report, leftOver: readonly Finding[]): string {
  const when =
    report.head === null
      ? ''
      : ` This is about ${code(shortSha(report.head))}; the check says what holds now.`;
  const lead = `**${verdictOf(report).headline}.**${when}`;
  if (leftOver.length === 0) return lead;
  const rules = [...Map.groupBy(leftOver, ({ ruleId }) => ruleId).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : `${String(others.length + 1)} of ${link(name(first.ruleId), first.url)}`,
  );
  const left = rules.length - MAX_RULES;
  const list = listed([...rules.slice(0, MAX_RULES), ...(left > 0 ? [plural(left, 'more rule')] : [])]);
  return `${lead}\n\nIn the check alone, because they have no comment here: ${list}.`;
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
