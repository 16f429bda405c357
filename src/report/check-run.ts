import { SEVERITIES, type Finding } from '../engine/finding.ts';
import type { Report } from '../engine/report.ts';
import { renderListItem, SEVERITY_NAMES } from './comment.ts';
import { code, escapeMarkdown, link, renderMessage } from './markdown.ts';
import { lastLineOf, listed, placeOf, plural, shortSha, truncate, visible } from './plain.ts';
import { coverageOf, verdictOf } from './verdict.ts';

/** GitHub's limits, in characters. */
const MAX_TITLE = 255;
const MAX_SUMMARY = 65_535;
const MAX_MESSAGE = 60_000;
const MAX_ANNOTATIONS_PER_REQUEST = 50;
/** How many items of a list are shown before the rest is counted. */
const MAX_ITEMS = 200;

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

export interface CheckRunOutput {
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

export interface CheckRunOptions {
  /** Fingerprints of findings that have an inline comment, and therefore need no annotation. */
  readonly inline?: ReadonlySet<string>;
  /** The page of a file, at a line if there is one. */
  readonly blobUrl?: (path: string, line: number | null) => string | null;
}

const LEVELS = { error: 'failure', warning: 'warning', info: 'notice' } as const;

/**
 * What the check run of one head says. Several reports: the head is judged for several bases, and the worst stands first.
 */
export function renderCheckRun(
  reports: Report | readonly Report[],
  { inline = new Set(), blobUrl = () => null }: CheckRunOptions = {},
): CheckRunOutput {
  const all = isList(reports) ? reports : [reports];
  const ordered = [...all].sort(
    (a, b) => Number(a.conclusion === 'success') - Number(b.conclusion === 'success'),
  );
  const worst = ordered[0];
  const room = Math.floor(MAX_SUMMARY / Math.max(1, ordered.length)) - 10;
  return {
    title: truncate(worst === undefined ? 'Nothing to review' : verdictOf(worst).headline, MAX_TITLE),
    summary: truncate(
      ordered.map((report) => fitted(sectionsOf(report, blobUrl), room)).join('\n\n---\n\n'),
      MAX_SUMMARY,
    ),
    annotations: annotationsOf(ordered, inline),
  };
}

/** GitHub takes 50 annotations in a request. At least one batch, so that there is always a request to send. */
export function batchAnnotations(annotations: readonly Annotation[]): readonly (readonly Annotation[])[] {
  const batches: Annotation[][] = [];
  for (let start = 0; start < annotations.length; start += MAX_ANNOTATIONS_PER_REQUEST) {
    batches.push(annotations.slice(start, start + MAX_ANNOTATIONS_PER_REQUEST));
  }
  return batches.length === 0 ? [[]] : batches;
}

function isList(reports: Report | readonly Report[]): reports is readonly Report[] {
  return Array.isArray(reports);
}

function annotationsOf(reports: readonly Report[], inline: ReadonlySet<string>): Annotation[] {
  const seen = new Set(inline);
  return reports
    .flatMap((report) => report.findings)
    .flatMap((finding) => {
      if (!finding.introduced || seen.has(finding.fingerprint)) return [];
      seen.add(finding.fingerprint);
      return annotationOf(finding);
    });
}

/** A version that only an earlier commit has shows no line in the head: it stands in the summary. */
function annotationOf(finding: Finding): Annotation[] {
  const { subject } = finding;
  if (subject.type !== 'file' || subject.commit !== null) return [];
  const { path, range } = subject;
  const base = {
    annotation_level: LEVELS[finding.severity],
    title: finding.ruleId,
    message: truncate(visible(finding.message), MAX_MESSAGE),
  };
  if (range === null) return [{ path, start_line: 1, end_line: 1, ...base }];
  const end = lastLineOf(range);
  const oneLine = end === range.start.line && range.end.column > range.start.column;
  return [
    {
      path,
      start_line: range.start.line,
      end_line: end,
      // GitHub counts the last column in.
      ...(oneLine ? { start_column: range.start.column, end_column: range.end.column - 1 } : {}),
      ...base,
    },
  ];
}

/** A part of the summary; the higher the number, the sooner it is cut. */
interface Section {
  readonly expendable: number;
  readonly text: string;
}

function sectionsOf(
  report: Report,
  blobUrl: (path: string, line: number | null) => string | null,
): Section[] {
  const verdict = verdictOf(report);
  const introduced = report.findings.filter((finding) => finding.introduced);
  const sections: Section[] = [{ expendable: 0, text: `**${verdict.headline}.**` }];
  const add = (expendable: number, text: string | null): void => {
    if (text !== null) sections.push({ expendable, text });
  };
  add(1, whatToDo(report));
  add(2, configurationOf(report));
  for (const [index, severity] of SEVERITIES.entries()) {
    const chosen = introduced.filter((finding) => finding.severity === severity);
    if (chosen.length === 0) continue;
    const items = limited(chosen, (finding) => listItem(finding, blobUrl));
    add(3 + index, `### ${SEVERITY_NAMES[severity]}s\n\n${items}`);
  }
  add(2, notCheckedOf(report));
  add(7, waivedOf(report));
  add(8, reachOf(report));
  add(9, commitsOf(report));
  add(10, existingOf(report));
  add(6, checkedOf(report));
  return sections;
}

/** Cuts the least important sections until the rest fits, and says so. */
function fitted(sections: readonly Section[], room: number): string {
  const note =
    '*Cut here, because GitHub limits the length of a summary; annotations and the command line show everything.*';
  let kept = [...sections];
  const textOf = (): string => kept.map((section) => section.text).join('\n\n');
  if (textOf().length <= room) return textOf();
  while (kept.length > 1 && textOf().length > room - note.length - 2) {
    const worst = Math.max(...kept.map((section) => section.expendable));
    // A long list is shortened before a section of more worth goes.
    kept = kept.filter((section) => section.expendable !== worst);
  }
  return `${truncate(textOf(), room - note.length - 2)}\n\n${note}`;
}

function whatToDo(report: Report): string | null {
  if (report.reportOnly) {
    return 'The policy is in report mode: nothing blocks yet. What would is listed below.';
  }
  if (report.conclusion === 'success') return null;
  const blocks = report.findings.some((finding) => finding.introduced && finding.severity === 'error');
  const incomplete = report.failures.length > 0 || report.notChecked.some((item) => item.blocks);
  return [
    ...(blocks ? ['Mend the errors below and push: the comments say how.'] : []),
    ...(incomplete ? ['Something could not be checked, and what is not checked does not pass.'] : []),
  ].join(' ');
}

function configurationOf({ configProblems }: Report): string | null {
  if (configProblems.length === 0) return null;
  const items = limited(configProblems, ({ path, line, message }) => {
    const place = line === null ? path : `${path}:${line}`;
    return `- ${code(place)}: ${renderMessage(message)}`;
  });
  return `### The configuration on the base branch cannot be used\n\nThe defaults apply until it is mended. A pull request that only mends these files can pass.\n\n${items}`;
}

function listItem(finding: Finding, blobUrl: (path: string, line: number | null) => string | null): string {
  const { subject } = finding;
  if (subject.type !== 'file' || subject.commit !== null) return renderListItem(finding);
  const line = subject.range?.start.line ?? null;
  const place = link(
    code(line === null ? subject.path : `${subject.path}:${line}`),
    blobUrl(subject.path, line),
  );
  return `- ${place}: ${renderMessage(finding.message)} (${link(code(finding.ruleId), finding.url)})`;
}

function notCheckedOf({ failures, notChecked }: Report): string | null {
  if (failures.length + notChecked.length === 0) return null;
  const rules = limited(failures, ({ ruleId, path, reason }) => {
    const where = path === null ? '' : ` on ${code(path)}`;
    return `- Rule ${code(ruleId)}${where}: ${escapeMarkdown(reason)}`;
  });
  const files = limited(notChecked, ({ path, reason }) => `- ${code(path)} ${renderMessage(reason)}`);
  const intro =
    failures.length === 0 ? '' : 'A rule that stops is a fault of gitops-warden, not of this change.\n\n';
  return `### Not checked\n\n${intro}${[rules, files].filter((part) => part !== '').join('\n')}`;
}

function waivedOf({ waived }: Report): string | null {
  if (waived.length === 0) return null;
  const items = limited(waived, ({ finding, reason, approver, until }) => {
    const end = until === null ? 'without end' : `until ${escapeMarkdown(until)}`;
    return `- ${code(placeOf(finding))} (${code(finding.ruleId)}): ${escapeMarkdown(reason)}, ${escapeMarkdown(approver)}, ${end}`;
  });
  return `### Waived\n\n${items}`;
}

function reachOf({ reach }: Report): string | null {
  const rows = [
    ['Applications', reach.applications],
    ['Clusters', reach.clusters],
    ['Environments', reach.environments],
  ] as const;
  const shown = rows.filter(([, names]) => names.length > 0);
  if (shown.length === 0) return null;
  const lines = shown.map(([title, names]) => {
    const more = names.length - MAX_ITEMS;
    const list = names.slice(0, MAX_ITEMS).map(code).join(', ');
    return `- ${title}: ${list}${more > 0 ? ` and ${more} more` : ''}`;
  });
  return `### What it reaches\n\n${lines.join('\n')}`;
}

function commitsOf({ commits }: Report): string | null {
  if (commits.length === 0) return null;
  const items = limited(commits, ({ sha, subject, signature }) => {
    const signer = signature.signer === null ? '' : ` by ${code(signature.signer)}`;
    const reason = signature.reason === null ? '' : `, ${escapeMarkdown(signature.reason)}`;
    return `- ${code(shortSha(sha))} ${escapeMarkdown(subject)}: ${signature.state}${signer}${reason}`;
  });
  return `<details><summary>Commits and signatures</summary>\n\n${items}\n\n</details>`;
}

function existingOf(report: Report): string | null {
  const existing = report.findings.filter((finding) => !finding.introduced);
  if (existing.length === 0) return null;
  const counts = SEVERITIES.map((severity) => ({
    severity,
    count: existing.filter((finding) => finding.severity === severity).length,
  })).filter(({ count }) => count > 0);
  const summary = listed(
    counts.map(({ severity, count }) => plural(count, SEVERITY_NAMES[severity].toLowerCase())),
  );
  return `<details><summary>There before, and not held against this change: ${summary}</summary>\n\n${limited(existing, renderListItem)}\n\n</details>`;
}

function checkedOf(report: Report): string {
  const { source, hash } = report.policy;
  const policy = source === 'default' ? 'the default policy' : `the policy ${code(source)} of the base`;
  return `${coverageOf(report)} Judged under ${policy} (${code(shortSha(hash))}).`;
}

function limited<T>(items: readonly T[], render: (item: T) => string): string {
  const shown = items.slice(0, MAX_ITEMS).map(render);
  const more = items.length - shown.length;
  return [...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}
