import { createColors } from 'picocolors';
import type { Finding } from '../engine/finding.ts';
import type { Report } from '../engine/report.ts';
import type { Range } from '../manifests/position.ts';
import { oneLine, placeOf, plural, shortSha, visible } from './plain.ts';
import { maskLine, type SourceDisplay } from './source-mask.ts';
import { displayWidth, wrap } from './terminal.ts';
import { coverageOf, hasSignatureTrouble, verdictOf } from './verdict.ts';

export interface TextOptions {
  readonly color: boolean;
  /** The text of a file in the head, or in a commit; null when it is not at hand. */
  readonly sources: (path: string, commit: string | null) => string | null;
  /** How much of a source line may be shown for a rule; `keys` when absent. */
  readonly showSource?: (ruleId: string) => SourceDisplay;
  /** Columns; 100 when absent. */
  readonly width?: number;
}

type Colors = ReturnType<typeof createColors>;
const TAB = '    ';

/** A report for a terminal. Nothing from the repository can send it an escape sequence. */
export function renderText(report: Report, options: TextOptions): string {
  const colors = createColors(options.color);
  const width = options.width ?? 100;
  const introduced = report.findings.filter((finding) => finding.introduced);
  const verdict = verdictOf(report);
  const blocks = introduced.map((finding) => renderFinding(finding, options, colors, width));
  const sections = [
    ...blocks,
    ...section('Mistakes in the configuration of the base', problemLines(report), width),
    ...section('Rules that stopped, which is a fault of gitops-warden', failureLines(report), width),
    ...section('Not checked', notCheckedLines(report), width),
    ...section('Signatures', signatureLines(report), width),
    ...section('Reaches', reachLines(report), width),
  ];
  const paint =
    report.conclusion === 'failure' ? colors.red : verdict.state === 'passed' ? colors.green : colors.yellow;
  const existing =
    verdict.existing === 0
      ? ''
      : ` ${plural(verdict.existing, 'finding')} that ${verdict.existing === 1 ? 'was' : 'were'} there before ${verdict.existing === 1 ? 'does' : 'do'} not count.`;
  const last = `${colors.bold(paint(`${verdict.headline}.`))}${existing} ${coverageOf(report)}`;
  return `${[...sections, last].join('\n\n')}\n`;
}

function renderFinding(finding: Finding, options: TextOptions, colors: Colors, width: number): string {
  const paint = { error: colors.red, warning: colors.yellow, info: colors.blue }[finding.severity];
  const head = `${colors.bold(visible(placeOf(finding)))} ${paint(finding.severity)} ${finding.ruleId}`;
  const message = wrap(oneLine(finding.message), width - 2).map((line) => `  ${line}`);
  return [head, ...message, ...sourceLines(finding, options, colors)].join('\n');
}

function sourceLines(finding: Finding, options: TextOptions, colors: Colors): string[] {
  const { subject } = finding;
  const display = options.showSource?.(finding.ruleId) ?? 'keys';
  if (subject.type !== 'file' || subject.range === null || display === 'none') return [];
  const text = options.sources(subject.path, subject.commit);
  const line = text?.split(/\r\n|\n|\r/)[subject.range.start.line - 1];
  if (line === undefined) return [];
  const shown = display === 'full' ? { text: line, kept: line.length } : maskLine(line, subject.path);
  if (shown.text === '') return [];
  const { before, marked } = caret(shown, subject.range, line);
  const number = String(subject.range.start.line);
  const gutter = ' '.repeat(number.length);
  return [
    `  ${colors.dim(`${number} |`)} ${printable(shown.text)}`,
    `  ${colors.dim(`${gutter} |`)} ${' '.repeat(before)}${colors.red('^'.repeat(marked))}`,
  ];
}

/** Columns in front of the caret, and how long it is, in a line that may be masked behind `kept`. */
function caret(
  shown: { readonly text: string; readonly kept: number },
  range: Range,
  line: string,
): { before: number; marked: number } {
  const from = range.start.column - 1;
  const to = range.end.line === range.start.line ? range.end.column - 1 : line.length;
  if (from >= shown.kept) {
    // What is pointed at is masked: the mark stands under the mask.
    const mask = displayWidth(printable(shown.text)) - 1;
    return { before: Math.max(0, mask), marked: 1 };
  }
  const end = Math.min(to, shown.kept);
  return {
    before: displayWidth(printable(shown.text.slice(0, from))),
    marked: Math.max(1, displayWidth(printable(shown.text.slice(from, end)))),
  };
}

function printable(text: string): string {
  return visible(text.replaceAll('\t', TAB));
}

function section(title: string, lines: readonly string[], width: number): string[] {
  if (lines.length === 0) return [];
  const items = lines.flatMap((line) => {
    const [first = '', ...rest] = wrap(oneLine(line), width - 4);
    return [`  ${first}`, ...rest.map((more) => `    ${more}`)];
  });
  return [[`${title}:`, ...items].join('\n')];
}

function problemLines({ configProblems }: Report): string[] {
  return configProblems.map(
    ({ path, line, message }) => `${line === null ? path : `${path}:${line}`} ${message}`,
  );
}

function failureLines({ failures }: Report): string[] {
  return failures.map(
    ({ ruleId, path, reason }) => `${ruleId}${path === null ? '' : ` on ${path}`}: ${reason}`,
  );
}

function notCheckedLines({ notChecked }: Report): string[] {
  return notChecked.map(({ path, reason }) => `${path} ${reason}`);
}

function signatureLines(report: Report): string[] {
  if (!hasSignatureTrouble(report)) return [];
  return report.commits.map(({ sha, subject, signature }) => {
    const reason = signature.reason === null ? '' : ` (${signature.reason})`;
    return `${shortSha(sha)} ${signature.state}${reason} ${subject}`;
  });
}

function reachLines({ reach }: Report): string[] {
  return [
    ['applications', reach.applications] as const,
    ['clusters', reach.clusters] as const,
    ['environments', reach.environments] as const,
  ].flatMap(([title, names]) => (names.length === 0 ? [] : [`${title}: ${names.join(', ')}`]));
}
