import { shortSha } from '../engine/change.ts';
import { createColors } from 'picocolors';
import type { Finding } from '../engine/finding.ts';
import type { Report } from '../engine/report.ts';
import { groupCommits, signatureText, type CommitGroup, type Mending } from './commit-groups.ts';
import { excerptOf } from './excerpt.ts';
import { listed, oneLine, placeOf, plural, visible } from './plain.ts';
import type { SourceDisplay } from './source-mask.ts';
import { wrap } from './terminal.ts';
import { policyIntro, policyRows, POLICY_TITLE } from './policy-change.ts';
import { sopsIntro, sopsRows } from './sops-change.ts';
import { coverageOf, hasSignatureTrouble, verdictOf } from './verdict.ts';
import { approvalOf } from './waived.ts';

export interface TextOptions {
  readonly color: boolean;
  /** The text of a file in the head, or in a commit; null when it is not at hand. */
  readonly sources: (path: string, commit: string | null) => string | null;
  /** How much of a source line may be shown for a rule; `keys` when absent. */
  readonly showSource?: (ruleId: string) => SourceDisplay;
  /** Columns; 100 when absent. */
  readonly width?: number;
}

/** How findings are shown. */
interface Page {
  readonly colors: ReturnType<typeof createColors>;
  readonly width: number;
  readonly linesOf: (path: string, commit: string | null) => readonly string[] | null;
  readonly showSource: (ruleId: string) => SourceDisplay;
}

const INDENT = '  ';

/** A report for a terminal. Nothing from the repository can send it an escape sequence. */
export function renderText(report: Report, options: TextOptions): string {
  const page: Page = {
    colors: createColors(options.color),
    width: options.width ?? 100,
    linesOf: linesFrom(options.sources),
    showSource: options.showSource ?? (() => 'keys'),
  };
  const introduced = report.findings.filter((finding) => finding.introduced);
  const { groups, others } = groupCommits(introduced, report);
  const blocks = [
    ...others.map((finding) => renderFinding(finding, page)),
    ...groups.map((group) => renderGroup(group, page)),
    ...section('Mistakes in the configuration of the base', problemLines(report), page.width),
    ...section('Rules that stopped, which is a fault of gitops-warden', failureLines(report), page.width),
    ...section('Not checked', notCheckedLines(report), page.width),
    ...section('What the change of .sops.yaml means', sopsLines(report), page.width),
    ...section(POLICY_TITLE, policyLines(report), page.width),
    ...section('Waived', waivedLines(report), page.width),
    ...section('Signatures', signatureLines(report), page.width),
    ...section('Reaches', reachLines(report), page.width),
    lastLine(report, page),
  ];
  return `${withoutCommands(blocks.join('\n\n'))}\n`;
}

/** GitHub Actions would take these for commands in the log of a job. */
function withoutCommands(text: string): string {
  return text.replaceAll(/^( *):(?=:)/gm, '$1\\u{3a}').replaceAll('##[', '#\\u{23}[');
}

function renderFinding(finding: Finding, page: Page): string {
  const { colors } = page;
  const paint = { error: colors.red, warning: colors.yellow, info: colors.blue }[finding.severity];
  const related = finding.related.flatMap(({ message, location: { path, range } }) => {
    const place = range === null ? path : `${path}:${range.start.line}`;
    return paragraph(`See ${visible(place)}: ${message}`, page.width);
  });
  return [
    `${colors.bold(visible(placeOf(finding)))} ${paint(finding.severity)} ${visible(finding.ruleId)}`,
    ...paragraph(finding.message, page.width),
    ...sourceLines(finding, page),
    ...related,
  ].join('\n');
}

function renderGroup({ ruleId, severity, commits, headline, mending }: CommitGroup, page: Page): string {
  const { colors, width } = page;
  const paint = { error: colors.red, warning: colors.yellow, info: colors.blue }[severity];
  const lines = commits.flatMap((commit) => {
    const line = `${shortSha(commit.sha)} ${commit.subject}: ${signatureText(commit)}`;
    const [first = '', ...rest] = wrap(oneLine(line), width - 3 * INDENT.length);
    return [`${INDENT}${INDENT}${first}`, ...rest.map((more) => `${INDENT}${INDENT}${INDENT}${more}`)];
  });
  return [
    `${colors.bold(plural(commits.length, 'commit'))} ${paint(severity)} ${visible(ruleId)}`,
    ...paragraph(headline, width),
    ...lines,
    ...(mending === null ? [] : mendingLines(mending, width)),
  ].join('\n');
}

/** Commands are not wrapped, so that they can be copied. */
function mendingLines({ advice, ssh, openpgp, commands, page }: Mending, width: number): string[] {
  const block = (lines: readonly string[]): string[] => lines.map((line) => `${INDENT}${INDENT}${line}`);
  return [
    ...advice.flatMap((sentence) => paragraph(sentence, width)),
    ...paragraph('To sign them anew, with an SSH key:', width),
    ...block([...ssh, ...commands]),
    ...paragraph('or with an OpenPGP key, before the same two commands:', width),
    ...block(openpgp),
    ...paragraph(`How to set up signing: ${page}`, width),
  ];
}

function sourceLines({ subject, ruleId }: Finding, { colors, width, linesOf, showSource }: Page): string[] {
  if (subject.type !== 'file' || subject.range === null) return [];
  const lines = linesOf(subject.path, subject.commit);
  const excerpt =
    lines === null
      ? null
      : excerptOf(lines, subject.range, {
          path: subject.path,
          display: showSource(ruleId),
          width: width - INDENT.length,
        });
  if (excerpt === null) return [];
  const { lineNumber, source, carets } = excerpt;
  return [
    `${INDENT}${colors.dim(`${lineNumber} |`)} ${source}`,
    `${INDENT}${colors.dim(`${' '.repeat(lineNumber.length)} |`)} ${colors.red(carets)}`,
  ];
}

function lastLine(report: Report, { colors }: Page): string {
  const { state, headline, introduced, existing } = verdictOf(report);
  const paint = {
    blocked: colors.red,
    'report-only': colors.yellow,
    incomplete: colors.yellow,
    passed: colors.green,
  }[state];
  // Elsewhere the headline names them.
  const beside = state === 'blocked' || state === 'report-only';
  const notBlocking = [
    ...(beside && introduced.warning > 0 ? [plural(introduced.warning, 'warning')] : []),
    ...(beside && introduced.info > 0 ? [plural(introduced.info, 'note')] : []),
    ...(existing > 0
      ? [`${plural(existing, 'finding')} that ${existing === 1 ? 'was' : 'were'} there before`]
      : []),
  ];
  const also = notBlocking.length === 0 ? '' : ` Not blocking: ${listed(notBlocking)}.`;
  return `${colors.bold(paint(`${headline}.`))}${also} ${coverageOf(report)}`;
}

function section(title: string, lines: readonly string[], width: number): string[] {
  if (lines.length === 0) return [];
  const items = lines.flatMap((line) => {
    const [first = '', ...rest] = wrap(oneLine(line), width - 2 * INDENT.length);
    return [`${INDENT}${first}`, ...rest.map((more) => `${INDENT}${INDENT}${more}`)];
  });
  return [[`${title}:`, ...items].join('\n')];
}

function paragraph(text: string, width: number): string[] {
  return wrap(oneLine(text), width - INDENT.length).map((line) => `${INDENT}${line}`);
}

function problemLines({ configProblems }: Report): string[] {
  return configProblems.map(
    ({ path, line, message }) => `${line === null ? path : `${path}:${line}`}: ${message}`,
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

function sopsLines({ sops }: Report): string[] {
  if (sops === null) return [];
  return [sopsIntro(sops), ...sopsRows(sops).map((cells) => cells.filter((cell) => cell !== '').join(': '))];
}

function policyLines({ policyChanges = [] }: Report): string[] {
  if (policyChanges.length === 0) return [];
  const rows = policyRows(policyChanges).map(
    ([effect = '', setting = '', before = '', after = '', says = '']) =>
      `${effect}: ${setting} from ${before} to ${after}. ${says}`,
  );
  return [policyIntro(policyChanges), ...rows];
}

function waivedLines({ waived }: Report): string[] {
  return waived.map(
    (one) => `${placeOf(one.finding)} ${one.finding.ruleId}: ${one.reason} (${approvalOf(one)})`,
  );
}

function signatureLines(report: Report): string[] {
  if (!hasSignatureTrouble(report)) return [];
  // The others stand with the findings already.
  const { groups } = groupCommits(
    report.findings.filter((finding) => finding.introduced),
    report,
  );
  const told = new Set(groups.flatMap(({ commits }) => commits));
  return report.commits
    .filter((commit) => !told.has(commit))
    .map((commit) => `${shortSha(commit.sha)} ${signatureText(commit)}: ${commit.subject}`);
}

function reachLines({ reach }: Report): string[] {
  return [
    ['applications', reach.applications] as const,
    ['clusters', reach.clusters] as const,
    ['environments', reach.environments] as const,
  ].flatMap(([title, names]) => (names.length === 0 ? [] : [`${title}: ${names.join(', ')}`]));
}

function linesFrom(sources: TextOptions['sources']): Page['linesOf'] {
  const known = new Map<string, readonly string[] | null>();
  return (path, commit) => {
    const key = `${commit ?? ''}:${path}`;
    const lines = known.get(key) ?? sources(path, commit)?.split(/\r?\n/) ?? null;
    known.set(key, lines);
    return lines;
  };
}
