import { shortSha } from '../engine/change.ts';
import { createHash } from 'node:crypto';
import type { Finding } from '../engine/finding.ts';
import { displayName } from '../engine/message.ts';
import type { Reach } from '../engine/report.ts';
import { code, escapeMarkdown, fenceFor, link, renderMessage, truncate } from '../report/markdown.ts';
import { encodePath, plural } from '../report/plain.ts';
import type { Alert, DirectPushAlert } from './alert.ts';
import { renderTag } from './render-tag.ts';
import { branchName, undoOf } from './undo.ts';

export interface RenderedAlert {
  readonly title: string;
  readonly body: string;
}

const MAX_TITLE = 200;
/** GitHub takes 65,536 characters; the marker and the note on the cut need some of them. */
const MAX_BODY = 60_000;
const MAX_FINDINGS = 50;
const MAX_NOTES = 20;
const MAX_REACH = 30;

/** One alert for each branch and tip: the same push reported twice gives the same marker. */
export function alertMarker(alert: Alert): string {
  const digest = createHash('sha256')
    .update([alert.kind, String(alert.repository.id), alert.ref, alert.before, alert.after].join('\n'))
    .digest('hex');
  return `<!-- gitops-warden:alert ${digest.slice(0, 32)} -->`;
}

/** The alert as GitHub Markdown, with the marker as its last line. */
export function renderAlert(alert: Alert): RenderedAlert {
  if (alert.kind === 'direct-push') return renderPush(alert);
  const { title, body } = renderTag(alert);
  return { title: truncate(title, MAX_TITLE), body: `${body}\n\n${alertMarker(alert)}` };
}

function renderPush(alert: DirectPushAlert): RenderedAlert {
  const parts = [
    whatHappened(alert),
    `## What the review found\n\n${findingsText(alert)}`,
    `## What it reaches\n\n${reachText(alert.review?.reach ?? null)}`,
    `## How to undo it\n\n${undoText(alert)}`,
    policyText(alert),
  ];
  const body = parts.join('\n\n');
  const cut =
    body.length <= MAX_BODY
      ? body
      : `${closeFence(truncate(body, MAX_BODY))}\n\n*Cut here: the alert is too long for an issue.*`;
  return {
    title: truncate(
      `${titleVerb(alert)} ${displayName(branchName(alert.ref))} by ${displayName(alert.pusher)}, past the review`,
      MAX_TITLE,
    ),
    body: `${cut}\n\n${alertMarker(alert)}`,
  };
}

/**
 * Findings of these rules may say where a credential stands. The test is on the id, so that rules of operators fall
 * under it too; it would rather hold back one location too many.
 */
export function mayRevealCredential(ruleId: string): boolean {
  return /secret|sops|credential|password|token|key|leak|plain/i.test(ruleId);
}

function titleVerb(alert: DirectPushAlert): string {
  if (alert.deleted) return 'Deletion of';
  if (alert.created) return 'Creation of';
  return alert.forced ? 'Force push to' : 'Direct push to';
}

function whatHappened(alert: DirectPushAlert): string {
  const { url } = alert.repository;
  const branch = code(branchName(alert.ref));
  const before = commitLink(url, alert.before);
  const after = commitLink(url, alert.after);
  const who = code(alert.pusher);
  const count =
    alert.commits === null || alert.commits.length === 0
      ? ''
      : ` (${plural(alert.commits.length, 'commit')})`;
  const compare = link('Compare', `${url}/compare/${alert.before}...${alert.after}`);
  let fact = `${who} pushed to ${branch} without a merged pull request: ${before} to ${after}${count}. ${compare}`;
  if (alert.deleted) fact = `${who} deleted the branch ${branch}, which stood at ${before}.`;
  else if (alert.created)
    fact = `${who} created the branch ${branch} at ${after} with commits that no merged pull request accounts for.`;
  else if (alert.forced)
    fact = `${who} force-pushed ${branch}: it stood at ${before} and now stands at ${after}. ${compare}`;
  return `${fact}\n\n${escapeMarkdown(alert.evidence)} What stands on this branch is deployed, and nobody reviewed this.`;
}

function findingsText(alert: DirectPushAlert): string {
  const notes = alert.notChecked
    .slice(0, MAX_NOTES)
    .map((note) => `- **Not checked:** ${escapeMarkdown(note)}`);
  const unsaid = alert.notChecked.length - notes.length;
  if (unsaid > 0) notes.push(`- **Not checked:** … and ${String(unsaid)} more`);
  if (alert.review === null) return notes.length > 0 ? notes.join('\n') : 'Nothing was reviewed.';
  const introduced = alert.review.findings.filter(
    (finding) => finding.introduced && finding.ruleId !== 'no-direct-push',
  );
  const hidden = alert.repository.isPrivate
    ? []
    : introduced.filter((finding) => mayRevealCredential(finding.ruleId));
  const shown = introduced.filter((finding) => !hidden.includes(finding));
  const lines = shown.slice(0, MAX_FINDINGS).map((finding) => findingLine(finding, alert));
  if (shown.length > MAX_FINDINGS) lines.push(`- … and ${String(shown.length - MAX_FINDINGS)} more`);
  const lead = introduced.length === 0 ? ['The rules found nothing in what was pushed.'] : [];
  return [...lead, ...lines, ...hiddenLines(hidden), ...notes].join('\n');
}

function findingLine(finding: Finding, alert: DirectPushAlert): string {
  return `- **${finding.severity}** ${placeOf(finding, alert)}${renderMessage(finding.message)} (${code(finding.ruleId)})`;
}

function placeOf(finding: Finding, alert: DirectPushAlert): string {
  const { subject } = finding;
  if (subject.type !== 'file') return '';
  const line = subject.range?.start.line ?? null;
  const name = code(line === null ? subject.path : `${subject.path}:${String(line)}`);
  const revision = subject.commit ?? (alert.deleted ? alert.before : alert.after);
  const anchor = line === null ? '' : `#L${String(line)}`;
  return `${link(name, `${alert.repository.url}/blob/${revision}/${encodePath(subject.path)}${anchor}`)}: `;
}

function hiddenLines(hidden: readonly Finding[]): string[] {
  if (hidden.length === 0) return [];
  const rules = [...new Set(hidden.map((finding) => finding.ruleId))].sort().map(code).join(', ');
  return [
    `- **${plural(hidden.length, 'finding')} about credentials** (${rules}). This repository is public, so where they stand is not said here. Treat the credentials as known to everybody: rotate them first. \`gitops-warden review\` on a clone shows the places.`,
  ];
}

function reachText(reach: Reach | null): string {
  if (reach === null) return 'Unknown, because the push could not be reviewed.';
  const rows = [
    listLine('Applications', reach.applications),
    listLine('Clusters', reach.clusters),
    listLine('Environments', reach.environments),
  ].flatMap((row) => row ?? []);
  return rows.length === 0
    ? 'No application, cluster or environment that this repository describes.'
    : rows.join('\n');
}

function listLine(title: string, names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const more = names.length > MAX_REACH ? ` and ${String(names.length - MAX_REACH)} more` : '';
  return `- ${title}: ${names.slice(0, MAX_REACH).map(code).join(', ')}${more}`;
}

function undoText(alert: DirectPushAlert): string {
  const { explanation, commands } = undoOf(alert);
  const script = commands.join('\n');
  const fence = fenceFor(script);
  const credentials =
    alert.review?.findings.some((finding) => finding.introduced && mayRevealCredential(finding.ruleId)) ===
    true;
  const rotate = credentials
    ? ' A revert does not take a credential out of the history: rotate it as well.'
    : '';
  return `${explanation}${rotate}\n\n${fence}sh\n${script}\n${fence}`;
}

function policyText({ repository, review, before }: DirectPushAlert): string {
  if (review === null) return '';
  const { source, hash } = review.policy;
  const short = code(shortSha(hash));
  if (source === 'default') return `Judged under the default policy (${short}).`;
  if (source.includes(':')) return `Judged under the policy ${code(source)} (${short}).`;
  const page = link(code(source), `${repository.url}/blob/${before}/${encodePath(source)}`);
  return `Judged under the policy of the revision before the push: ${page} (${short}).`;
}

function commitLink(url: string, sha: string): string {
  return link(code(shortSha(sha)), `${url}/commit/${sha}`);
}

function closeFence(text: string): string {
  const fences = text.match(/^`{3,}/gm) ?? [];
  return fences.length % 2 === 0 ? text : `${text}\n${fences.at(-1) ?? ''}`;
}
