import type { Report } from '../engine/report.ts';
import { renderGithub } from './github.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown-report.ts';
import { renderSarif, type SarifOptions } from './sarif.ts';
import { renderText, type TextOptions } from './text.ts';

/** What a format may need beside the report. */
export interface RenderContext {
  readonly text: TextOptions;
  readonly sarif: SarifOptions;
}

const RENDERERS = {
  text: (report, context) => renderText(report, context.text),
  json: renderJson,
  sarif: (report, context) => renderSarif(report, context.sarif),
  markdown: renderMarkdown,
  html: renderHtml,
  github: renderGithub,
} as const satisfies Record<string, (report: Report, context: RenderContext) => string>;

export type Format = keyof typeof RENDERERS;
export const FORMATS = Object.keys(RENDERERS) as Format[];

export function render(format: Format, report: Report, context: RenderContext): string {
  return RENDERERS[format](report, context);
}
