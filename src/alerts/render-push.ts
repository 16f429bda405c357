import { shortSha } from '../engine/change.ts';
import type { Finding } from '../engine/finding.ts';
import type { Reach } from '../engine/report.ts';
import { code, escapeMarkdown, link, renderMessage } from '../report/markdown.ts';
import { encodePath, plural } from '../report/plain.ts';
import type { DirectPushAlert } from './alert.ts';
import { isAboutContent, mayRevealCredential } from './findings.ts';
import type { Incident } from './incident.ts';
import { playbookOf } from './playbook.ts';
import { renderSteps } from './render-steps.ts';
import { branchName } from './undo.ts';
import { meaningOf, titleOf } from './words.ts';

const MAX_FINDINGS = 50;
const MAX_NOTES = 20;
const MAX_REACH = 30;

/** The title of an incident of pushes, and its text as GitHub Markdown. */
export function renderPushes(incident: Incident): { title: string; body: string } {
  const pushes = incident.alerts.filter((alert): alert is DirectPushAlert => alert.kind === 'direct-push');
  const [first] = pushes;
  if (first === undefined) throw new Error('The incident is not about a push.');
  const body = [
    pushes.length === 1 ? whatHappened(first) : listText(pushes, incident.count),
    `## What the review found\n\n${findingsText(pushes)}`,
    `## What it reaches\n\n${reachText(pushes.flatMap(({ review }) => review?.reach ?? []))}`,
    renderSteps(playbookOf(incident)),
    ...policyText(pushes.at(-1) ?? first),
  ].join('\n\n');
  return { title: titleOf(incident), body };
}

/** One push as Markdown. */
export function whatHappened(alert: DirectPushAlert): string {
  return `${factOf(alert)}\n\n${escapeMarkdown(alert.evidence)} ${meaningOf(alert)}`;
}

function factOf(alert: DirectPushAlert): string {
  const { url } = alert.repository;
  const branch = code(branchName(alert.ref));
  const before = commitLink(url, alert.before);
  const after = commitLink(url, alert.after);
  const who = code(alert.pusher);
  const compare = link('Compare', `${url}/compare/${alert.before}...${alert.after}`);
  if (alert.deleted) return `${who} deleted the branch ${branch}, which stood at ${before}.`;
  if (alert.created) {
    return `${who} created the branch ${branch} at ${after} with commits that no merged pull request accounts for.`;
  }
  if (alert.forced) {
    return `${who} force-pushed ${branch}: it stood at ${before} and now stands at ${after}. ${compare}`;
  }
  const { commits } = alert;
  const count = commits === null || commits.length === 0 ? '' : ` (${plural(commits.length, 'commit')})`;
  const range = `${before} to ${after}${count}. ${compare}`;
  if (alert.allowed) return `${who} pushed to ${branch}: ${range}`;
  return alert.bypass?.merged === true
    ? `${who} merged a pull request into ${branch} past its rules: ${range}`
    : `${who} pushed to ${branch} without a merged pull request: ${range}`;
}

function listText(pushes: readonly DirectPushAlert[], count: number): string {
  const [first, ...others] = pushes;
  const left = count - pushes.length;
  const lines = [
    ...(first === undefined ? [] : [`- ${factOf(first)}`]),
    ...(left > 0 ? [`- … ${plural(left, 'push', 'pushes')} in between`] : []),
    ...others.map((push) => `- ${factOf(push)}`),
  ];
  const last = pushes.at(-1);
  const why = last === undefined ? '' : `\n\n${escapeMarkdown(last.evidence)} ${meaningOf(last)}`;
  return `${plural(count, 'push', 'pushes')}, oldest first:\n\n${lines.join('\n')}${why}`;
}

function findingsText(pushes: readonly DirectPushAlert[]): string {
  const allNotes = [...new Set(pushes.flatMap(({ notChecked }) => notChecked))];
  const notes = allNotes.slice(0, MAX_NOTES).map((note) => `- **Not checked:** ${escapeMarkdown(note)}`);
  const unsaid = allNotes.length - notes.length;
  if (unsaid > 0) notes.push(`- **Not checked:** … and ${String(unsaid)} more`);
  if (pushes.every(({ review }) => review === null)) {
    return notes.length > 0 ? notes.join('\n') : 'Nothing was reviewed.';
  }
  const introduced = introducedBy(pushes);
  const hidden = introduced.filter(
    ({ finding, push }) => !push.repository.isPrivate && mayRevealCredential(finding.ruleId),
  );
  const shown = introduced.filter((one) => !hidden.includes(one));
  const lines = shown.slice(0, MAX_FINDINGS).map(({ finding, push }) => findingLine(finding, push));
  const left = shown.length - lines.length + moreThan(pushes);
  if (left > 0) lines.push(`- … and ${String(left)} more`);
  const lead = introduced.length === 0 ? ['The rules found nothing in what was pushed.'] : [];
  return [...lead, ...lines, ...hiddenLines(hidden.map(({ finding }) => finding)), ...notes].join('\n');
}

/** How many findings are not kept. */
export function moreThan(pushes: readonly DirectPushAlert[]): number {
  return pushes.reduce((sum, { review }) => sum + (review?.moreFindings ?? 0), 0);
}

interface PushFinding {
  readonly finding: Finding;
  readonly push: DirectPushAlert;
}

/** What the pushes brought, each finding with the push that brought it last. */
export function introducedBy(pushes: readonly DirectPushAlert[]): PushFinding[] {
  const found = new Map<string, PushFinding>();
  for (const [index, push] of pushes.entries()) {
    for (const [place, finding] of (push.review?.findings ?? []).entries()) {
      if (!finding.introduced || !isAboutContent(finding)) continue;
      // Equal findings of one push are several; the same one of a later push is not.
      const twins = (push.review?.findings ?? [])
        .slice(0, place)
        .filter(({ fingerprint }) => fingerprint === finding.fingerprint).length;
      const key = `${finding.fingerprint}/${String(twins)}`;
      if (index > 0) found.delete(key);
      found.set(key, { finding, push });
    }
  }
  return [...found.values()];
}

function findingLine(finding: Finding, push: DirectPushAlert): string {
  return `- **${finding.severity}** ${placeOf(finding, push)}${renderMessage(finding.message)} (${code(finding.ruleId)})`;
}

function placeOf(finding: Finding, push: DirectPushAlert): string {
  const { subject } = finding;
  if (subject.type !== 'file') return '';
  const line = subject.range?.start.line ?? null;
  const name = code(line === null ? subject.path : `${subject.path}:${String(line)}`);
  return `${link(name, fileUrl(finding, push))}: `;
}

/** The page of the line that a finding is about; null for one that is about no file. */
export function fileUrl({ subject }: Finding, push: DirectPushAlert): string | null {
  if (subject.type !== 'file') return null;
  const revision = subject.commit ?? (push.deleted ? push.before : push.after);
  const line = subject.range?.start.line;
  const anchor = line === undefined ? '' : `#L${String(line)}`;
  return `${push.repository.url}/blob/${revision}/${encodePath(subject.path)}${anchor}`;
}

function hiddenLines(hidden: readonly Finding[]): string[] {
  if (hidden.length === 0) return [];
  const rules = [...new Set(hidden.map((finding) => finding.ruleId))].sort().map(code).join(', ');
  return [
    `- **${plural(hidden.length, 'finding')} about credentials** (${rules}). This repository is public, so where they stand is not said here. Treat the credentials as known to everybody: rotate them first. \`gitops-warden review\` on a clone shows the places.`,
  ];
}

/** What all of them reach together. */
export function joinReach(reaches: readonly Reach[]): Reach {
  const joined = (key: 'applications' | 'clusters' | 'environments'): string[] =>
    [...new Set(reaches.flatMap((reach) => reach[key]))].sort();
  return {
    applications: joined('applications'),
    clusters: joined('clusters'),
    environments: joined('environments'),
  };
}

function reachText(reaches: readonly Reach[]): string {
  if (reaches.length === 0) return 'Unknown, because the push could not be reviewed.';
  const { applications, clusters, environments } = joinReach(reaches);
  const rows = [
    listLine('Applications', applications),
    listLine('Clusters', clusters),
    listLine('Environments', environments),
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

function policyText({ repository, review, before }: DirectPushAlert): string[] {
  if (review === null) return [];
  const { source, hash } = review.policy;
  const short = code(shortSha(hash));
  if (source === 'default') return [`Judged under the default policy (${short}).`];
  if (source.includes(':')) return [`Judged under the policy ${code(source)} (${short}).`];
  const page = link(code(source), `${repository.url}/blob/${before}/${encodePath(source)}`);
  return [`Judged under the policy of the revision before the push: ${page} (${short}).`];
}

function commitLink(url: string, sha: string): string {
  return link(code(shortSha(sha)), `${url}/commit/${sha}`);
}
