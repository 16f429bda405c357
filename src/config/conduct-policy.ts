import type { CommentsSection, ReportsSection } from '../engine/conduct-policy-file.ts';
import type { CommentPolicy, ReportPolicy } from '../engine/policy.ts';

export const DEFAULT_COMMENTS: CommentPolicy = { limit: 30 };
export const DEFAULT_REPORTS: ReportPolicy = { codeScanning: false };

export function toCommentPolicy({ limit }: CommentsSection = {}): CommentPolicy {
  return { limit: limit ?? DEFAULT_COMMENTS.limit };
}

export function toReportPolicy({ codeScanning }: ReportsSection = {}): ReportPolicy {
  return { codeScanning: codeScanning ?? DEFAULT_REPORTS.codeScanning };
}

/** What the organisation wants reported is reported; how many comments there are is for the repository to say. */
export function raiseReports(own: ReportPolicy, floor: ReportsSection = {}): ReportPolicy {
  return { codeScanning: own.codeScanning || floor.codeScanning === true };
}
