import type { Report } from '../../engine/report.ts';
import { blockingFindings } from '../../engine/report.ts';

/** A button of a check run. GitHub takes a label of 20 characters, a description of 40 and an identifier of 20. */
export interface Button {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export const RECHECK_BUTTON: Button = {
  label: 'Check again',
  description: 'Judge this commit again',
  identifier: 'recheck',
};

export const WAIVER_BUTTON: Button = {
  label: 'Ask for a waiver',
  description: 'Say who can let this pass, and how',
  identifier: 'request-waiver',
};

/** What a check that failed offers: a waiver only where one could help. */
export function buttonsOf(conclusion: string, reports: readonly Report[]): readonly Button[] {
  if (conclusion !== 'failure') return [];
  const blocked = reports.some((report) => blockingFindings(report).length > 0);
  return blocked ? [RECHECK_BUTTON, WAIVER_BUTTON] : [RECHECK_BUTTON];
}
