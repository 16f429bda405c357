import { actorOf, subjectOf, type Alert } from '../alerts/alert.ts';
import {
  ALERT_SEVERITIES,
  belongsTo,
  endIncident,
  isLatest,
  joinIncident,
  openIncident,
  severityOf,
  type AlertSeverity,
  type Ending,
  type Incident,
} from '../alerts/incident.ts';
import { noticeOf } from '../alerts/notice.ts';
import { createIssuePort } from './api/issues.ts';
import type { JobContext } from './dependencies.ts';
import { auditFinding, factsOf } from './record.ts';

/** Open incidents of one subject that are remembered. */
const MAX_OPEN = 5;

/** Open incidents about a ref or a rule of the repository, oldest first. */
export async function openIncidents(context: JobContext, subject: string): Promise<readonly Incident[]> {
  const stored = await context.environment.ledger.mark(nameOf(context, subject));
  return stored === null ? [] : (JSON.parse(stored) as readonly Incident[]);
}

export interface Raising {
  /** Whether GitHub guards the branch. */
  readonly guarded: boolean;
  /** What was known of a rule before it became weaker. */
  readonly baseline?: string;
}

/**
 * Raises an alert: it joins the incident to which it belongs, or opens one. An incident whose issue a person has
 * closed is over, and what happens afterwards is another one.
 */
export async function raiseAlert(
  context: JobContext,
  alert: Alert,
  { guarded, baseline }: Raising,
): Promise<Incident> {
  const now = context.environment.clock.now();
  const subject = subjectOf(alert);
  const open = await openIncidents(context, subject);
  const known = open.find((one) => isLatest(one, alert));
  if (known !== undefined) {
    // Its event came again, or an earlier attempt got no further.
    await announce(context, known, guarded, null);
    return known;
  }
  let current = open.find((one) => one.kind === alert.kind && belongsTo(one, now)) ?? null;
  if (current !== null && (await isClosedByPerson(context, current))) {
    await close(context, current, { how: 'closed-by-person', by: null });
    current = null;
  }
  const incident =
    current === null ? openIncident(alert, now, baseline ?? null) : joinIncident(current, alert, now);
  await recordRaised(context, alert);
  await keep(context, incident);
  await announce(context, incident, guarded, current === null ? null : severityOf(current));
  return incident;
}

/** Ends an incident and tells everybody who was told about it. */
export async function close(context: JobContext, incident: Incident, ending: Ending): Promise<void> {
  const ended = endIncident(incident, ending, context.environment.clock.now());
  await announce(context, ended, false, null);
  await keep(context, ended);
  context.log.info({ incident: incident.id, how: ending.how }, 'The incident is over');
}

/** Brings the issue up to date with what is remembered, and nobody else. */
export async function update(context: JobContext, incident: Incident): Promise<void> {
  await enqueueIssue(context, incident, false);
  await keep(context, incident);
}

async function recordRaised(context: JobContext, alert: Alert): Promise<void> {
  const findings = alert.kind === 'direct-push' ? (alert.review?.findings ?? []) : [];
  await context.environment.audit([
    {
      action: 'alert-raised',
      actor: actorOf(alert),
      ...factsOf(context),
      subject: subjectOf(alert),
      reason:
        alert.kind === 'weakened-protection'
          ? alert.weakenings.map(({ what }) => what).join(' ')
          : alert.evidence,
      detail: {
        alert: alert.kind,
        before: 'before' in alert ? alert.before : null,
        after: 'after' in alert ? alert.after : null,
        findings: findings.map(auditFinding),
      },
    },
  ]);
}

/** Each of these jobs is kept once, however often this runs: what is told is named by the incident and its sequence. */
async function announce(
  context: JobContext,
  incident: Incident,
  guarded: boolean,
  earlier: AlertSeverity | null,
): Promise<void> {
  if (incident.ending?.how !== 'closed-by-person') await enqueueIssue(context, incident, guarded);
  const { environment, installationId } = context;
  if (weight(severityOf(incident)) < weight(environment.alertMinSeverity)) return;
  const notice = noticeOf(incident, earlier);
  for (const { name: receiver } of environment.receivers) {
    await environment.enqueue({
      kind: 'deliver-alert',
      key: `alert/${receiver}/${incident.id}`,
      supersedes: true,
      delivery: deliveryOf(incident, receiver),
      installationId,
      receiver,
      notice,
    });
  }
}

async function enqueueIssue(context: JobContext, incident: Incident, guarded: boolean): Promise<void> {
  await context.environment.enqueue({
    kind: 'publish-alert',
    key: `alert/github-issue/${incident.id}`,
    supersedes: true,
    delivery: deliveryOf(incident, 'github-issue'),
    installationId: context.installationId,
    repository: context.repository,
    incident,
    guarded,
  });
}

function deliveryOf({ id, sequence }: Incident, receiver: string): string {
  return `alert/${id}/${String(sequence)}/${receiver}`;
}

function weight(severity: AlertSeverity): number {
  return ALERT_SEVERITIES.indexOf(severity);
}

/** Remembers an open incident, and forgets one that is over. */
async function keep(context: JobContext, incident: Incident): Promise<void> {
  const { ledger } = context.environment;
  const others = (await openIncidents(context, incident.subject)).filter(({ id }) => id !== incident.id);
  const open = incident.ending === null ? [...others, incident] : others;
  await ledger.setMark(nameOf(context, incident.subject), JSON.stringify(open.slice(-MAX_OPEN)));
}

async function isClosedByPerson(context: JobContext, incident: Incident): Promise<boolean> {
  const { environment, api } = context;
  const number = await issueNumberOf(context, incident);
  if (number === null) return false;
  const issue = await createIssuePort(api, await environment.botLogin()).get(number);
  return issue !== null && !issue.open;
}

/** The number of an incident's issue; null while it is not known. */
export async function issueNumberOf(context: JobContext, { id, subject }: Incident): Promise<number | null> {
  return (await knownIssues(context, subject)).find(([incident]) => incident === id)?.[1] ?? null;
}

/** Remembers an incident's issue. One that is forgotten is found again by its marker. */
export async function rememberIssue(
  context: JobContext,
  { id, subject }: Incident,
  number: number,
): Promise<void> {
  const others = (await knownIssues(context, subject)).filter(([incident]) => incident !== id);
  const known = JSON.stringify([...others, [id, number]].slice(-MAX_OPEN));
  await context.environment.ledger.setMark(nameOf(context, subject, 'alert-issues'), known);
}

async function knownIssues(
  context: JobContext,
  subject: string,
): Promise<readonly (readonly [string, number])[]> {
  const stored = await context.environment.ledger.mark(nameOf(context, subject, 'alert-issues'));
  return stored === null ? [] : (JSON.parse(stored) as readonly (readonly [string, number])[]);
}

function nameOf({ repository }: JobContext, subject: string, what = 'incidents'): string {
  return `${what}/${String(repository.id)}/${subject}`;
}
