import { shortSha } from '../engine/change.ts';
import { displayName } from '../engine/message.ts';
import type { Finding, Severity } from '../engine/finding.ts';
import { oneLine, placeOf, truncate } from '../report/plain.ts';
import type { Alert, DirectPushAlert } from './alert.ts';
import { actorsOf, firstSeverityOf, severityOf, type AlertSeverity, type Incident } from './incident.ts';
import { playbookOf, type Step } from './playbook.ts';
import { fileUrl, introducedBy, joinReach, moreThan } from './render-push.ts';
import { tagFault } from './render-tag.ts';
import { branchName } from './undo.ts';
import { meaningOf, titleOf } from './words.ts';

/** What a receiver is told about an incident. Plain data without a secret; texts are plain, with names in backquotes. */
export interface Notice {
  readonly version: 1;
  /** The same for everything that is told about one incident. */
  readonly incident: string;
  /** Counts what happened to the incident, from 1. */
  readonly sequence: number;
  readonly status: 'firing' | 'resolved';
  readonly kind: Alert['kind'] | 'test';
  readonly severity: AlertSeverity;
  /** What the incident was worth before it got worse; null when it did not. */
  readonly earlierSeverity: AlertSeverity | null;
  readonly title: string;
  /** Sentences. */
  readonly summary: string;
  readonly repository: { readonly name: string; readonly url: string; readonly private: boolean };
  /** A branch, a tag or a rule. */
  readonly subject: string;
  readonly actors: readonly string[];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly changedAt: string;
  readonly findings: readonly NoticeFinding[];
  /** How many findings are left out. */
  readonly moreFindings: number;
  /** Sentences. */
  readonly notChecked: readonly string[];
  readonly reach: {
    readonly applications: readonly string[];
    readonly clusters: readonly string[];
    readonly environments: readonly string[];
  };
  readonly steps: readonly Step[];
  readonly links: readonly { readonly text: string; readonly url: string }[];
}

export interface NoticeFinding {
  readonly severity: Severity;
  readonly ruleId: string;
  readonly message: string;
  readonly place: string;
  readonly url: string | null;
}

const MAX_FINDINGS = 30;
const MAX_MESSAGE = 1_000;
const MAX_LIST = 50;
const MAX_SUMMARY = 2_000;

export function noticeOf(incident: Incident): Notice {
  const pushes = incident.alerts.filter((alert): alert is DirectPushAlert => alert.kind === 'direct-push');
  const [first] = incident.alerts;
  const last = incident.alerts.at(-1);
  if (first === undefined || last === undefined) throw new Error('An incident has at least one alert.');
  const found = introducedBy(pushes);
  const { owner, name, url, isPrivate } = last.repository;
  const severity = severityOf(incident);
  const earlier = firstSeverityOf(incident);
  return {
    version: 1,
    incident: incident.id,
    sequence: incident.sequence,
    status: incident.ending === null ? 'firing' : 'resolved',
    kind: incident.kind,
    severity,
    earlierSeverity: earlier === severity ? null : earlier,
    title: titleOf(incident),
    summary: truncate(summaryOf(incident, last), MAX_SUMMARY),
    repository: { name: `${owner}/${name}`, url, private: isPrivate },
    subject: subjectName(last),
    actors: actorsOf(incident).slice(0, MAX_LIST),
    startedAt: new Date(incident.openedAt).toISOString(),
    changedAt: new Date(incident.changedAt).toISOString(),
    findings: found.slice(0, MAX_FINDINGS).map(({ finding, push }) => noticeFinding(finding, push)),
    moreFindings: Math.max(0, found.length - MAX_FINDINGS) + moreThan(pushes),
    notChecked: [...new Set(incident.alerts.flatMap(notesOf))].slice(0, MAX_LIST).map(oneLine),
    reach: bounded(joinReach(pushes.flatMap(({ review }) => review?.reach ?? []))),
    steps: incident.ending === null ? playbookOf(incident) : [],
    links: linksOf(last),
  };
}

function summaryOf(incident: Incident, last: Alert): string {
  if (incident.ending !== null) return endingText(incident);
  if (last.kind === 'weakened-protection') {
    return last.weakenings.map(({ what, means }) => `${what} ${means}`).join(' ');
  }
  if (last.kind === 'unsigned-tag') return oneLine(tagFault(last));
  const several = incident.count > 1 ? ` There were ${String(incident.count)} pushes so far.` : '';
  return `${oneLine(last.evidence)} ${meaningOf(last)}${several}`;
}

function endingText({ ending }: Incident): string {
  if (ending?.how === 'closed-by-person')
    return `${ending.by === null ? 'Somebody' : `\`${displayName(ending.by)}\``} closed the issue of this alert.`;
  return ending?.how === 'reverted'
    ? 'The change was undone: the files are what they were before.'
    : 'The state from before was put back.';
}

function subjectName(alert: Alert): string {
  if (alert.kind === 'weakened-protection') return alert.ruleName;
  return alert.ref.startsWith('refs/tags/') ? alert.ref.slice('refs/tags/'.length) : branchName(alert.ref);
}

function notesOf(alert: Alert): readonly string[] {
  return alert.kind === 'unsigned-tag' ? [] : alert.notChecked;
}

function noticeFinding(finding: Finding, push: DirectPushAlert): NoticeFinding {
  return {
    severity: finding.severity,
    ruleId: finding.ruleId,
    message: truncate(finding.message, MAX_MESSAGE),
    place: placeOf(finding),
    url: fileUrl(finding, push),
  };
}

function bounded(reach: Notice['reach']): Notice['reach'] {
  return {
    applications: reach.applications.slice(0, MAX_LIST),
    clusters: reach.clusters.slice(0, MAX_LIST),
    environments: reach.environments.slice(0, MAX_LIST),
  };
}

function linksOf(alert: Alert): Notice['links'] {
  const { url } = alert.repository;
  const issues = {
    text: 'Alerts of this repository',
    url: `${url}/issues?q=is%3Aissue+label%3Agitops-warden`,
  };
  if (alert.kind !== 'direct-push' || alert.created) return [issues];
  if (alert.deleted) return [{ text: 'The last commit', url: `${url}/commit/${alert.before}` }, issues];
  const range = `${shortSha(alert.before)}...${shortSha(alert.after)}`;
  return [{ text: `Compare ${range}`, url: `${url}/compare/${alert.before}...${alert.after}` }, issues];
}
