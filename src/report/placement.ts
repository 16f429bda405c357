import type { Finding } from '../engine/finding.ts';
import { lastLineOf } from './plain.ts';

/** Lines of the head that a diff shows; both ends belong to it. */
export interface LineSpan {
  readonly start: number;
  readonly end: number;
}

/** Where a comment stands: on lines that the diff shows, or on a changed file as a whole. */
export type Place =
  | {
      readonly type: 'line';
      readonly path: string;
      /** The last line of the comment. */
      readonly line: number;
      /** The first one, when it has several. */
      readonly startLine: number | null;
    }
  | { readonly type: 'file'; readonly path: string };

/**
 * The best place for a comment on a finding; null when the diff has none, as for a commit, for a version that only an
 * earlier commit has, and for a file that did not change.
 */
export function placeFinding(
  { subject }: Finding,
  hunks: ReadonlyMap<string, readonly LineSpan[]>,
): Place | null {
  if (subject.type !== 'file' || subject.commit !== null) return null;
  const { path, range } = subject;
  const spans = hunks.get(path);
  if (spans === undefined) return null;
  if (range === null) return { type: 'file', path };
  const first = range.start.line;
  const last = lastLineOf(range);
  const span = spans.find((one) => one.start <= first && first <= one.end);
  if (span === undefined) return { type: 'file', path };
  const whole = last <= span.end;
  return { type: 'line', path, line: whole ? last : first, startLine: whole && last > first ? first : null };
}
