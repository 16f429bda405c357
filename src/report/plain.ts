import { shortSha } from '../engine/change.ts';
import type { Finding, Severity } from '../engine/finding.ts';
import type { Range } from '../manifests/position.ts';

/**
 * Characters that a reader cannot see, or that change how other text is shown: control and format characters (terminal
 * escapes, bidirectional marks, zero-width characters), line separators, lone surrogates. Emoji variation selectors stay.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|(?![\ufe0e\ufe0f])\p{DI}/gu;

/** Text from a stranger with every invisible character spelled out, as in `\u{1b}`. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** As `visible`, on one line: line breaks and tabs become spaces. For sentences, not for names. */
export function oneLine(text: string): string {
  return visible(text.replaceAll(/[\t\r\n ]+/g, ' '));
}

/** At most `max` UTF-16 code units, the last of which says so when something was cut. Splits no surrogate pair. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max <= 0) return '';
  const last = text.charCodeAt(max - 2);
  const end = max >= 2 && last >= 0xd800 && last <= 0xdbff ? max - 2 : max - 1;
  return `${text.slice(0, end)}…`;
}

/** UTF-8 bytes; never fewer than UTF-16 code units. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** GitHub takes 64 KB for the message of an annotation; this many UTF-16 units are never more. */
export const MAX_ANNOTATION = 16_000;

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

export const SEVERITY_NAMES: Readonly<Record<Severity, string>> = {
  error: 'Error',
  warning: 'Warning',
  info: 'Note',
};

/** `a, b and c`. */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

/** The path of a finding as a URL path; a lone surrogate, which no URL can hold, becomes U+FFFD. */
export function encodePath(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}

/** An address that may become a link: of a web page, and without characters that could end the link. */
export function isWebPage(url: string): boolean {
  return /^https?:\/\/[^\s<>\\`"|]+$/.test(url) && visible(url) === url;
}

/** Where a finding stands, for a reader: `path:line:column`, a commit or a pushed ref. */
export function placeOf({ subject }: Finding): string {
  if (subject.type === 'commit') return `commit ${shortSha(subject.commit)}`;
  if (subject.type === 'push') return `push to ${subject.ref}`;
  const start = subject.range?.start;
  const place = start === undefined ? subject.path : `${subject.path}:${start.line}:${start.column}`;
  return subject.commit === null ? place : `${place} in commit ${shortSha(subject.commit)}`;
}

export interface MessageSpan {
  readonly text: string;
  readonly isCode: boolean;
}

/** The parts of a message: text, and names in backquotes. A backquote without a partner is text. */
export function messageSpans(message: string): MessageSpan[] {
  const spans: MessageSpan[] = [];
  let last = 0;
  for (const match of message.matchAll(/`([^`]+)`/g)) {
    if (match.index > last) spans.push({ text: message.slice(last, match.index), isCode: false });
    spans.push({ text: match[1] ?? '', isCode: true });
    last = match.index + match[0].length;
  }
  if (last < message.length) spans.push({ text: message.slice(last), isCode: false });
  return spans;
}

/** The last line that a range covers: `end` is exclusive, so a range may end in front of a line. */
export function lastLineOf({ start, end }: Range): number {
  return end.column <= 1 && end.line > start.line ? end.line - 1 : end.line;
}

/** The columns of a range on one line, both counted in, as GitHub has them; null for any other range. */
export function columnsOf(range: Range): { readonly first: number; readonly last: number } | null {
  const { start, end } = range;
  return lastLineOf(range) === start.line && end.column > start.column
    ? { first: start.column, last: end.column - 1 }
    : null;
}

/** The last line of a text that GitHub keeps, where our markers stand. It may give line ends back in another form. */
export function markerLine(body: string): string {
  return body.trimEnd().split(/\r?\n/).at(-1) ?? '';
}
