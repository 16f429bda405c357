import type { Finding } from '../engine/finding.ts';
import type { Report } from '../engine/report.ts';
import { columnsOf, lastLineOf, MAX_ANNOTATION, truncate, visible } from './plain.ts';
import { coverageOf, verdictOf } from './verdict.ts';

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const;

/**
 * Workflow commands, which GitHub Actions turns into annotations:
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function renderGithub(report: Report): string {
  const { failures, notChecked, configProblems } = report;
  const lines = [
    ...report.findings.filter((finding) => finding.introduced).map(findingCommand),
    ...configProblems.map(({ path, line, message }) =>
      command('error', { file: path, ...(line === null ? {} : { line }), title: 'configuration' }, message),
    ),
    ...failures.map(({ ruleId, path, reason }) =>
      command(
        'error',
        { ...(path === null ? {} : { file: path }), title: `${ruleId} could not run` },
        reason,
      ),
    ),
    ...notChecked.map(({ path, reason, blocks }) =>
      command(blocks ? 'error' : 'notice', { file: path, title: 'not checked' }, `${path} ${reason}`),
    ),
    `${verdictOf(report).headline}. ${coverageOf(report)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function findingCommand(finding: Finding): string {
  const { severity, ruleId, message } = finding;
  return command(COMMANDS[severity], { ...placeIn(finding), title: ruleId }, message);
}

function placeIn({ subject }: Finding): Readonly<Record<string, string | number>> {
  if (subject.type !== 'file' || subject.commit !== null) return {};
  const { path, range } = subject;
  if (range === null) return { file: path };
  const columns = columnsOf(range);
  return {
    file: path,
    line: range.start.line,
    endLine: lastLineOf(range),
    ...(columns === null ? {} : { col: columns.first, endColumn: columns.last }),
  };
}

function command(
  name: string,
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${name} ${list.join(',')}::${escapeData(truncate(message, MAX_ANNOTATION))}`;
}

function escapeData(text: string): string {
  return keepBreaks(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(visible(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Line breaks are escaped by the format itself; every other invisible character is spelled out. */
function keepBreaks(text: string): string {
  return text
    .split(/(\r\n|\n|\r)/)
    .map((part) => (/^[\r\n]+$/.test(part) ? part : visible(part)))
    .join('');
}
