import type { Log } from 'sarif';
import type { Report } from '../engine/report.ts';
import { toSarif, type SarifOptions } from './sarif.ts';

/** GitHub takes 25,000 results, and shows the 5,000 most severe. */
const MAX_RESULTS = 5_000;

export interface CodeScanningUpload {
  readonly log: Log;
  /** Findings that have a place in the head, and found no room. */
  readonly left: number;
}

/**
 * A report as code scanning takes it: only what has a place in the head, and nothing that is waived, because an uploaded
 * result becomes an alert whatever is said beside it.
 * https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export function toCodeScanning(
  report: Report,
  options: SarifOptions,
  limit = MAX_RESULTS,
): CodeScanningUpload {
  const placed = report.findings.filter(({ subject }) => subject.type === 'file' && subject.commit === null);
  const findings = placed.slice(0, Math.min(limit, MAX_RESULTS));
  return {
    log: toSarif({ ...report, findings, waived: [] }, options),
    left: placed.length - findings.length,
  };
}
