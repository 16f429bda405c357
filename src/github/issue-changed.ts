import type { Incident } from '../alerts/incident.ts';
import { ALERT_MARKER } from '../alerts/render.ts';
import { createIssuePort } from './api/issues.ts';
import type { JobContext } from './dependencies.ts';
import { issueNumberOf } from './incident-issues.ts';
import { allIncidents, close, publishAgain, reopen } from './incidents.ts';
import type { IssueChangedJob, RepositoryRef } from './job.ts';
import { POSTURE_MARKER } from './posture/dashboard.ts';
import { postureJob } from './posture/posture-job.ts';

export function isOurMarker(line: string): boolean {
  return line === POSTURE_MARKER || ALERT_MARKER.test(line);
}

/**
 * Follows what people do with our issues: to close the issue of an alert ends its incident everywhere, to open it again
 * goes on with it, and one that was removed is written anew. Of the issue about settings it asks for a look at them.
 * What counts is how the issue is now: events come late, twice and out of order.
 */
export async function issueChanged(context: JobContext, job: IssueChangedJob): Promise<void> {
  const { environment, api } = context;
  const botLogin = await environment.botLogin();
  if (job.author !== botLogin || job.actor === botLogin) return;
  if (job.marker === POSTURE_MARKER) {
    await lookAgain(context, job);
    return;
  }
  const incident = await incidentOf(context, job);
  if (incident === null) return;
  const key = keyOf(context.repository, incident);
  if (job.key !== key) {
    // In line with whatever else happens to the incident.
    await environment.enqueue({ ...job, key, delivery: `${job.delivery}/incident` });
    return;
  }
  const issue = await createIssuePort(api, botLogin).get(job.number);
  const isOpen = incident.ending === null;
  if (issue === null) {
    if (isOpen) await publishAgain(context, incident);
  } else if (isOpen && !issue.open) {
    await close(context, incident, { how: 'closed-by-person', by: job.actor });
  } else if (!isOpen && issue.open) {
    await reopen(context, incident, job.actor);
  }
}

async function lookAgain({ environment }: JobContext, job: IssueChangedJob): Promise<void> {
  if (environment.postureMs === null) return;
  const { installationId, repository, delivery } = job;
  await environment.enqueue(postureJob(installationId, repository, `${delivery}/posture`));
}

/** The incident of the issue, open or ended by a person; null when it is over for good. */
async function incidentOf(
  context: JobContext,
  { number, marker }: IssueChangedJob,
): Promise<Incident | null> {
  const id = marker === null ? undefined : ALERT_MARKER.exec(marker)?.[1];
  for (const incident of await allIncidents(context.environment.ledger, context.repository.id)) {
    if (incident.id === id || (await issueNumberOf(context, incident)) === number) return incident;
  }
  return null;
}

/** The key of the jobs that raise alerts about the same subject. */
function keyOf({ id }: RepositoryRef, { kind, subject }: Incident): string {
  return kind === 'weakened-protection' ? `${String(id)}/protection` : `${String(id)}/push/${subject}`;
}
