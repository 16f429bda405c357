import { actorOf, subjectOf, type Alert } from '../alerts/alert.ts';
import {
  belongsTo,
  endIncident,
  isLatest,
  isWorth,
  joinIncident,
  openIncident,
  reopenIncident,
  severityOf,
  type Ending,
  type Incident,
} from '../alerts/incident.ts';
import { noticeOf } from '../alerts/notice.ts';
import type { Ledger } from '../store/ledger.ts';
import { APP_ACTOR } from '../store/audit-trail.ts';
import { createIssuePort } from './api/issues.ts';
import type { JobContext } from './dependencies.ts';
import { issueNumberOf } from './incident-issues.ts';
import { auditFinding, factsOf } from './record.ts';

/** Incidents of one subject that are remembered. */
const MAX_KEPT = 5;
const INCIDENTS = 'incidents/';

/** Open incidents about a ref or a rule of the repository, oldest first. */
export async function openIncidents(context: JobContext, subject: string): Promise<readonly Incident[]> {
  return (await keptIncidents(context, subject)).filter(({ ending }) => ending === null);
}

/** Also those that a person ended by closing the issue, who may open it again. */
async function keptIncidents(context: JobContext, subject: string): Promise<readonly Incident[]> {
  return incidentsIn(await context.environment.ledger.mark(nameOf(context, subject)));
}

/** What is remembered of all incidents of all repositories, or of one. */
export async function allIncidents(ledger: Ledger, repositoryId?: number): Promise<readonly Incident[]> {
  const marks = await ledger.marksUnder(
    repositoryId === undefined ? INCIDENTS : `${INCIDENTS}${String(repositoryId)}/`,
  );
  return [...marks.values()].flatMap(incidentsIn);
}

function incidentsIn(stored: string | null): readonly Incident[] {
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
    await announce(context, known, guarded);
    return known;
  }
  let current = open.find((one) => one.kind === alert.kind && belongsTo(one, now)) ?? null;
  if (current !== null && (await isClosedByPerson(context, current))) {
    await close(context, current, { how: 'closed-by-person', by: null });
    current = null;
  }
  const incident =
    current === null
      ? { ...openIncident(alert, now, baseline ?? null), installation: context.installationId }
      : joinIncident(current, alert, now);
  await recordRaised(context, alert);
  await keep(context, incident);
  await announce(context, incident, guarded);
  return incident;
}

/** Ends an incident and tells everybody who was told about it. */
export async function close(context: JobContext, incident: Incident, ending: Ending): Promise<void> {
  const ended = endIncident(incident, ending, context.environment.clock.now());
  await announce(context, ended, false);
  await record(context, ended, ending.by, { action: 'alert-ended', how: ending.how });
  await keep(context, ended);
  context.log.info({ incident: incident.id, how: ending.how }, 'The incident is over');
}

/** Goes on with an incident that a person had ended, and tells everybody again. */
export async function reopen(context: JobContext, incident: Incident, by: string): Promise<void> {
  const opened = reopenIncident(incident, context.environment.clock.now());
  await announce(context, opened, false);
  await record(context, opened, by, { action: 'alert-reopened' });
  await keep(context, opened);
  context.log.warn({ incident: incident.id, by }, 'The incident is open again');
}

async function record(
  context: JobContext,
  { subject, kind }: Incident,
  by: string | null,
  what: { readonly action: 'alert-ended'; readonly how: string } | { readonly action: 'alert-reopened' },
): Promise<void> {
  const facts = { actor: by ?? APP_ACTOR, ...factsOf(context), subject, reason: null };
  await context.environment.audit([
    what.action === 'alert-ended'
      ? { action: what.action, ...facts, detail: { alert: kind, how: what.how } }
      : { action: what.action, ...facts, detail: { alert: kind } },
  ]);
}

/** Writes the issue of an incident anew after somebody removed it. */
export async function publishAgain(context: JobContext, incident: Incident): Promise<void> {
  await enqueueIssue(context, incident, false, `/${context.delivery}`);
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
async function announce(context: JobContext, incident: Incident, guarded: boolean): Promise<void> {
  if (incident.ending?.how !== 'closed-by-person') await enqueueIssue(context, incident, guarded);
  const { environment, installationId } = context;
  if (!isWorth(severityOf(incident), environment.alertMinSeverity)) return;
  const notice = noticeOf(incident);
  for (const { name: receiver } of environment.receivers) {
    await environment.enqueue({
      ...DELIVERY,
      key: `alert/${receiver}/${incident.id}`,
      delivery: deliveryOf(incident, receiver),
      ...{ installationId, receiver, notice },
    });
  }
}

/** What all jobs that tell a receiver have in common. */
export const DELIVERY = { kind: 'deliver-alert', supersedes: true } as const;

async function enqueueIssue(
  context: JobContext,
  incident: Incident,
  guarded: boolean,
  again = '',
): Promise<void> {
  await context.environment.enqueue({
    kind: 'publish-alert',
    key: `alert/github-issue/${incident.id}`,
    supersedes: true,
    delivery: `${deliveryOf(incident, 'github-issue')}${again}`,
    installationId: context.installationId,
    repository: context.repository,
    incident,
    guarded,
  });
}

/** Names what is told of one thing that happened. */
export function deliveryOf({ id, sequence }: Incident, receiver: string): string {
  return `alert/${id}/${String(sequence)}/${receiver}`;
}

/** Remembers an incident, and forgets one that is over for good. */
async function keep(context: JobContext, incident: Incident): Promise<void> {
  const { ledger } = context.environment;
  const others = (await keptIncidents(context, incident.subject)).filter(({ id }) => id !== incident.id);
  const isOver = incident.ending !== null && incident.ending.how !== 'closed-by-person';
  const all = isOver ? others : [...others, incident];
  // One that is open is never forgotten for one that is not.
  const ended = all.filter(({ ending }) => ending !== null);
  const open = all.filter(({ ending }) => ending === null);
  const kept = [...ended, ...open].slice(-MAX_KEPT);
  await ledger.setMark(nameOf(context, incident.subject), JSON.stringify(kept));
}

async function isClosedByPerson(context: JobContext, incident: Incident): Promise<boolean> {
  const { environment, api } = context;
  const number = await issueNumberOf(context, incident);
  if (number === null) return false;
  const issue = await createIssuePort(api, await environment.botLogin()).get(number);
  return issue !== null && !issue.open;
}

function nameOf({ repository }: JobContext, subject: string): string {
  return `${INCIDENTS}${String(repository.id)}/${subject}`;
}
