import type { Report } from '../engine/report.ts';
import { renderSummary } from './summary.ts';

/** The whole report as a Markdown document, with what a check run shows of it. */
export function renderMarkdown(report: Report): string {
  const summary = renderSummary(report, { blobUrl: () => null, limit: Number.MAX_SAFE_INTEGER });
  return `# gitops-warden\n\n${summary}\n`;
}
