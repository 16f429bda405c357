import { blockingFindings, type Report } from '../engine/report.ts';

/** The exit codes of the command line: a contract that changes only with a major version. */
export const EXIT = {
  passed: 0,
  /** Findings block. */
  blocked: 1,
  /** Wrong usage or unreadable input: there is no report. */
  usage: 2,
  /** Nothing blocks, but something could not be checked. */
  incomplete: 3,
} as const;

export function exitCodeOf(report: Report): number {
  if (report.conclusion === 'success') return EXIT.passed;
  return blockingFindings(report).length > 0 ? EXIT.blocked : EXIT.incomplete;
}

/** Wrong usage or unreadable input; the message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
