import type { Report } from '../engine/report.ts';
import { renderCheckRun } from './check-run.ts';

/** The report as a Markdown document, as it stands in the check run. */
export function renderMarkdown(report: Report): string {
  const { summary } = renderCheckRun(report);
  return `# gitops-warden\n\n${summary}\n`;
}
