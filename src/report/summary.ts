import { shortSha } from '../engine/change.ts';
import { SEVERITIES, type Finding } from '../engine/finding.ts';
import type { NotChecked } from '../engine/change.ts';
import type { Report, RuleFailure } from '../engine/report.ts';
import { code, escapeMarkdown, link, renderCell, renderMessage } from './markdown.ts';
import { renderCommitGroup } from './commit-group-markdown.ts';
import { groupCommits } from './commit-groups.ts';
import { byteLength, listed, placeOf, plural, SEVERITY_NAMES, truncate, visible } from './plain.ts';
import { fitSections, rowsOf, type Rows, type Section } from './sections.ts';
import { POLICY_COLUMNS, policyIntro, policyRows, POLICY_TITLE } from './policy-change.ts';
import { SOPS_COLUMNS, sopsIntro, sopsRows } from './sops-change.ts';
import { coverageOf, verdictOf } from './verdict.ts';
import { coverOf, endOf, originOf } from './waived.ts';

/** The page of a file of the head, at a line if there is one; null when there is none. */
export type BlobUrl = (path: string, line: number | null) => string | null;

export interface SummaryOptions {
  readonly blobUrl: BlobUrl;
  /** UTF-8 bytes; a few thousand at least. What does not fit is left out, the least important first, and that is said. */
  readonly limit: number;
  /** Paragraphs in Markdown that stand behind the verdict. */
  readonly remarks?: readonly string[];
}

const MAX_NAME = 300;
const MAX_TEXT = 2_000;
const MAX_REACH = 200;
const WAIVED_COLUMNS = ['Finding', 'Reason', 'Who', 'Until', 'Covers'];

/** A report as GitHub Markdown: the verdict first, then what to do, what was found, and what was and was not checked. */
export function renderSummary(report: Report, { blobUrl, limit, remarks = [] }: SummaryOptions): string {
  const lead = [`**${verdictOf(report).headline}.**`, ...whatToDo(report), ...remarks];
  const last = checkedOf(report);
  const room = limit - byteLength([...lead, last].join('\n\n')) - 2;
  return [...lead, ...fitSections(sectionsOf(report, blobUrl), room), last].join('\n\n');
}

/** A finding as an item of a list under the title of its severity. */
function renderListItem(finding: Finding, blobUrl: BlobUrl): string {
  const { subject } = finding;
  const rule = link(name(finding.ruleId), finding.url);
  const message = renderMessage(truncate(finding.message, MAX_TEXT));
  if (subject.type !== 'file' || subject.commit !== null)
    return `- ${name(placeOf(finding))}: ${message} (${rule})`;
  const line = subject.range?.start.line ?? null;
  const place = name(line === null ? subject.path : `${subject.path}:${line}`);
  return `- ${link(place, blobUrl(subject.path, line))}: ${message} (${rule})`;
}

function whatToDo(report: Report): string[] {
  if (report.reportOnly)
    return ['The policy is in report mode: it shows what would block, and lets it pass.'];
  if (report.conclusion === 'success') return [];
  const blocks = report.findings.some((finding) => finding.introduced && finding.severity === 'error');
  const incomplete = report.failures.length > 0 || report.notChecked.some((item) => item.blocks);
  const advice = [
    ...(blocks ? ['Mend the errors below, and push.'] : []),
    ...(incomplete ? ['Something could not be checked, and what is not checked does not pass.'] : []),
  ];
  return advice.length === 0 ? [] : [advice.join(' ')];
}

function sectionsOf(report: Report, blobUrl: BlobUrl): Section[] {
  const introduced = report.findings.filter((finding) => finding.introduced);
  return [
    {
      title: 'The configuration on the base branch cannot be used',
      rank: 1,
      intro: 'The defaults apply until it is mended. A pull request that only mends these files can pass.',
      rows: rowsOf(report.configProblems, ({ path, line, message }) => {
        const place = line === null ? path : `${path}:${line}`;
        return `- ${name(place)}: ${text(message)}`;
      }),
    },
    ...SEVERITIES.map((severity, index) => ({
      title: `${SEVERITY_NAMES[severity]}s`,
      rank: index === 0 ? 2 : 3 + index,
      rows: findingRows(
        introduced.filter((finding) => finding.severity === severity),
        report,
        blobUrl,
      ),
    })),
    notCheckedOf(report),
    sopsSection(report),
    policySection(report),
    { title: 'Waivers in force', rank: 6, columns: WAIVED_COLUMNS, rows: waivedRows(report) },
    { title: 'What it reaches', rank: 7, rows: reachRows(report) },
    {
      title: 'Commits and signatures',
      rank: 8,
      folded: true,
      columns: ['Commit', 'Subject', 'Signature', 'Signer', 'Remark'],
      rows: commitRows(report),
    },
    existingOf(report, blobUrl),
  ];
}

function notCheckedOf({ failures, notChecked }: Report): Section {
  return {
    title: 'Not checked',
    rank: 3,
    ...(failures.length === 0
      ? {}
      : { intro: 'A rule that stops is a fault of gitops-warden, not of this change.' }),
    rows: rowsOf([...failures.map(failureRow), ...notChecked.map(notCheckedRow)], (row) => row()),
  };
}

function failureRow({ ruleId, path, reason }: RuleFailure): () => string {
  const where = path === null ? '' : ` on ${name(path)}`;
  return () => `- Rule ${name(ruleId)}${where}: ${text(reason)}`;
}

function notCheckedRow({ path, reason }: NotChecked): () => string {
  return () => `- ${name(path)} ${text(reason)}`;
}

function sopsSection({ sops }: Report): Section {
  const rows = sops === null ? [] : sopsRows(sops);
  return {
    title: 'What the change of `.sops.yaml` means',
    rank: 4,
    ...(sops === null ? {} : { intro: text(sopsIntro(sops)) }),
    columns: SOPS_COLUMNS,
    rows: rowsOf(
      rows,
      (cells) => `| ${cells.map((cell) => renderCell(truncate(cell, MAX_TEXT))).join(' | ')} |`,
    ),
  };
}

function policySection({ policyChanges = [] }: Report): Section {
  return {
    title: POLICY_TITLE,
    rank: 4,
    intro: text(policyIntro(policyChanges)),
    columns: POLICY_COLUMNS,
    rows: rowsOf(
      policyRows(policyChanges),
      (cells) => `| ${cells.map((cell) => renderCell(truncate(cell, MAX_TEXT))).join(' | ')} |`,
    ),
  };
}

function waivedRows({ waived }: Report): Rows {
  return rowsOf(waived, (one) => {
    const cells = [
      `${name(placeOf(one.finding))} ${name(one.finding.ruleId)}`,
      text(one.reason),
      `${name(one.approver)}, in ${originOf(one)}`,
      escapeMarkdown(clip(endOf(one))),
      text(coverOf(one)),
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
}

function reachRows({ reach }: Report): Rows {
  const rows = [
    { title: 'Applications', names: reach.applications },
    { title: 'Clusters', names: reach.clusters },
    { title: 'Environments', names: reach.environments },
  ];
  return rowsOf(
    rows.filter(({ names }) => names.length > 0),
    ({ title, names }) => {
      const more = names.length - MAX_REACH;
      const list = names.slice(0, MAX_REACH).map(name).join(', ');
      return `- ${title}: ${list}${more > 0 ? ` and ${more} more` : ''}`;
    },
  );
}

function commitRows({ commits }: Report): Rows {
  return rowsOf(commits, ({ sha, subject, signature }) => {
    const cells = [
      name(shortSha(sha)),
      text(subject),
      signature.state,
      signature.signer === null ? '' : name(signature.signer),
      signature.reason === null ? '' : text(signature.reason),
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
}

/** Groups first: they take the place of many findings. */
function findingRows(findings: readonly Finding[], report: Report, blobUrl: BlobUrl): Rows {
  const { groups, others } = groupCommits(findings, report);
  return rowsOf(
    [
      ...groups.map((group) => () => renderCommitGroup(group)),
      ...others.map((finding) => () => renderListItem(finding, blobUrl)),
    ],
    (row) => row(),
  );
}

/** Markdown that is inert already, in a cell of a table: a bar would end it, in code too. */
function cell(markdown: string): string {
  return markdown.replaceAll(/(?<!\\)\|/g, '\\|');
}

function existingOf(report: Report, blobUrl: BlobUrl): Section {
  const existing = report.findings.filter((finding) => !finding.introduced);
  const counts = SEVERITIES.map((severity) => ({
    severity,
    count: existing.filter((finding) => finding.severity === severity).length,
  })).filter(({ count }) => count > 0);
  const counted = listed(
    counts.map(({ severity, count }) => plural(count, SEVERITY_NAMES[severity].toLowerCase())),
  );
  return {
    title: `There before, and not held against this change: ${counted}`,
    rank: 9,
    folded: true,
    rows: rowsOf(existing, (finding) => renderListItem(finding, blobUrl)),
  };
}

function checkedOf(report: Report): string {
  const { source, hash, buildsOn = [], remark } = report.policy;
  const policy = source === 'default' ? 'the default policy' : `the policy ${name(source)}`;
  const others = buildsOn.length === 0 ? '' : ` and ${listed(buildsOn.map(name))}`;
  return `${coverageOf(report)} Judged under ${policy}${others} (${name(shortSha(hash))}).${remark === undefined ? '' : ` ${text(remark)}.`}`;
}

function text(plain: string): string {
  return renderMessage(truncate(plain, MAX_TEXT));
}

function name(plain: string): string {
  return code(clip(plain));
}

function clip(plain: string): string {
  return truncate(visible(plain), MAX_NAME);
}
