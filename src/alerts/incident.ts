import { createHash } from 'node:crypto';
import { actorOf, subjectOf, type Alert, type DirectPushAlert } from './alert.ts';
import { isAboutContent, isBlockingFinding, isLeak } from './findings.ts';

export const ALERT_SEVERITIES = ['warning', 'critical'] as const;
/** Weakest first. */
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** How an incident ended. */
export interface Ending {
  readonly how: 'reverted' | 'put-back' | 'closed-by-person';
  /** Who ended it, as far as it is known. */
  readonly by: string | null;
}

/** Alerts about one branch, tag or rule that belong together: what people deal with as one thing. Plain data. */
export interface Incident {
  /** 32 hex digits, by which issue, receivers and store know it. */
  readonly id: string;
  readonly kind: Alert['kind'];
  /** A ref, or a rule. */
  readonly subject: string;
  /** Oldest first, never empty. Of many only the first and the newest are kept. */
  readonly alerts: readonly Alert[];
  /** How many there were. */
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  readonly changedAt: number;
  /** Counts what happened to it, from 1. */
  readonly sequence: number;
  /** The change was undone although something is left to do: a credential stays in the history. */
  readonly undone: boolean;
  /** Null while it is open. */
  readonly ending: Ending | null;
  /** What was known of a rule before it became weaker, to see whether it was put back. */
  readonly baseline: string | null;
  /** The installation of the App that told of it. Not there in one that an earlier version stored. */
  readonly installation?: number;
}

/** Pushes to the same branch that follow each other within this time belong together, in milliseconds. */
export const BURST_WINDOW = 60 * 60_000;

const MAX_ALERTS = 20;
/** Of one alert in an incident. */
const MAX_FINDINGS = 40;

/** @param now milliseconds since the epoch */
export function openIncident(alert: Alert, now: number, baseline: string | null = null): Incident {
  const event =
    alert.kind === 'weakened-protection' ? [String(now)] : [alert.before, alert.after, String(now)];
  const id = createHash('sha256')
    .update([alert.kind, String(alert.repository.id), subjectOf(alert), ...event].join('\n'))
    .digest('hex')
    .slice(0, 32);
  return {
    id,
    kind: alert.kind,
    subject: subjectOf(alert),
    alerts: [compact(alert)],
    count: 1,
    openedAt: now,
    changedAt: now,
    sequence: 1,
    undone: false,
    ending: null,
    baseline,
  };
}

/** Adds another alert to an open incident. */
export function joinIncident(incident: Incident, alert: Alert, now: number): Incident {
  return {
    ...incident,
    alerts: withoutSurplus([...incident.alerts, compact(alert)]),
    count: incident.count + 1,
    changedAt: now,
    sequence: incident.sequence + 1,
    undone: false,
  };
}

/** The first and the newest stay, and of the others first of all those with a leak, then those that wake somebody up. */
function withoutSurplus(alerts: readonly Alert[]): readonly Alert[] {
  if (alerts.length <= MAX_ALERTS) return alerts;
  const between = alerts.slice(1, -1);
  const least = Math.min(...between.map(weightOf));
  const gone = between.find((alert) => weightOf(alert) === least);
  return alerts.filter((alert) => alert !== gone);
}

function weightOf(alert: Alert): number {
  if (hasLeak(alert)) return 2;
  return isCritical(alert) ? 1 : 0;
}

export function endIncident(incident: Incident, ending: Ending, now: number): Incident {
  return { ...incident, ending, changedAt: now, sequence: incident.sequence + 1 };
}

/** Goes on with an incident that had ended. */
export function reopenIncident(incident: Incident, now: number): Incident {
  return { ...incident, ending: null, changedAt: now, sequence: incident.sequence + 1 };
}

/** Notes that the change was undone and that the incident stays open all the same. */
export function markUndone(incident: Incident, now: number): Incident {
  return { ...incident, undone: true, changedAt: now, sequence: incident.sequence + 1 };
}

/** Whether an alert came so soon after the last one that it belongs to the same incident. */
export function belongsTo(incident: Incident, now: number): boolean {
  return incident.ending === null && now - incident.changedAt <= BURST_WINDOW;
}

/** Whether the newest alert is about the very same event, which was delivered again. */
export function isLatest(incident: Incident, alert: Alert): boolean {
  const last = incident.alerts.at(-1);
  if (last?.kind !== alert.kind) return false;
  if (last.kind === 'weakened-protection' || alert.kind === 'weakened-protection') {
    return JSON.stringify(last) === JSON.stringify(alert);
  }
  return last.before === alert.before && last.after === alert.after;
}

/** Blocking findings, rewritten or deleted history, and weaker protection wake somebody up; the rest can wait. */
export function severityOf(incident: Pick<Incident, 'alerts'>): AlertSeverity {
  return incident.alerts.some(isCritical) ? 'critical' : 'warning';
}

/** Whether somebody who wants to hear of nothing less than `least` hears of it. */
export function isWorth(severity: AlertSeverity, least: AlertSeverity): boolean {
  return ALERT_SEVERITIES.indexOf(severity) >= ALERT_SEVERITIES.indexOf(least);
}

/** What an incident was worth in the beginning. */
export function firstSeverityOf({ alerts }: Pick<Incident, 'alerts'>): AlertSeverity {
  return severityOf({ alerts: alerts.slice(0, 1) });
}

function isCritical(alert: Alert): boolean {
  if (alert.kind !== 'direct-push') return true;
  if (alert.forced || alert.deleted || alert.review === null) return true;
  return alert.review.findings.some(isBlockingFinding);
}

/** Whether a credential came into the history, where a revert leaves it. */
export function leakedCredential({ alerts }: Pick<Incident, 'alerts'>): boolean {
  return alerts.some(hasLeak);
}

function hasLeak(alert: Alert): boolean {
  return alert.kind === 'direct-push' && alert.review?.findings.some(isLeak) === true;
}

/** Who caused it, each once, oldest first. */
export function actorsOf({ alerts }: Pick<Incident, 'alerts'>): string[] {
  return [...new Set(alerts.map(actorOf))];
}

/** Without what no message of an alert shows. */
function compact(alert: Alert): Alert {
  if (alert.kind !== 'direct-push' || alert.review === null) return alert;
  const introduced = alert.review.findings.filter((finding) => finding.introduced && isAboutContent(finding));
  // What decides whether the incident may end is kept first.
  const leaks = introduced.filter(isLeak);
  const findings = (introduced.length > MAX_FINDINGS ? [...new Set([...leaks, ...introduced])] : introduced)
    .slice(0, MAX_FINDINGS)
    .map((finding) => ({ ...finding, related: [], suggestion: null }));
  const review = { ...alert.review, findings, moreFindings: introduced.length - findings.length };
  return { ...alert, review } satisfies DirectPushAlert;
}
