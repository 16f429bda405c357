import { actorsOf } from '../alerts/incident.ts';
import { publishIncident } from '../alerts/github-issue.ts';
import { createIssuePort } from './api/issues.ts';
import { mayRepeat, troubleResult, withCheckRun } from './check-lifecycle.ts';
import type { JobContext } from './dependencies.ts';
import { describeForOperator, describeUnjudgedPush } from './failure.ts';
import { issueNumberOf, rememberIssue } from './incident-issues.ts';
import type { PublishAlertJob } from './job.ts';
import { factsOf } from './record.ts';
import { isHandedOn } from './stop.ts';

const RECEIVER = 'github-issue';

/**
 * Brings the issue of an incident up to date. A push to a guarded branch that cannot be told about this way gets a
 * failed check, so that it is never passed over in silence.
 */
export async function publishAlert(context: JobContext, job: PublishAlertJob): Promise<void> {
  const { environment, api } = context;
  const { incident } = job;
  try {
    const port = createIssuePort(api, await environment.botLogin());
    const issue = await publishIncident(port, incident, await issueNumberOf(context, incident));
    if (issue === null) return;
    await rememberIssue(context, incident, issue.number);
    if (issue.done === 'left') return;
    environment.metrics.alert(incident.kind, RECEIVER, 'sent');
    await environment.audit([
      {
        action: 'alert-delivered',
        ...subjectOf(context, job),
        detail: { alert: incident.kind, channel: RECEIVER, destination: issue.url },
      },
    ]);
    context.log.warn(
      { issue: issue.url, done: issue.done, incident: incident.id },
      'Alert in the repository',
    );
  } catch (error) {
    if (isHandedOn(context.signal) || mayRepeat(context, error)) throw error;
    await fail(context, job, error);
  }
}

async function fail(context: JobContext, job: PublishAlertJob, error: unknown): Promise<void> {
  const { environment } = context;
  const { incident, repository, guarded } = job;
  environment.metrics.alert(incident.kind, RECEIVER, 'failed');
  await environment.audit([
    {
      action: 'alert-failed',
      ...subjectOf(context, job),
      detail: {
        alert: incident.kind,
        channel: RECEIVER,
        destination: `${environment.serverUrl}/${repository.owner}/${repository.name}`,
        error: describeForOperator(error),
      },
    },
  ]);
  const last = incident.alerts.at(-1);
  if (!guarded || last?.kind !== 'direct-push' || last.deleted) throw error;
  context.log.error({ err: error }, 'The alert about a push could not be raised');
  await withCheckRun(context, last.after, () => Promise.resolve(troubleResult(describeUnjudgedPush(error))));
}

function subjectOf(context: JobContext, { incident }: PublishAlertJob) {
  return {
    actor: actorsOf(incident).at(-1) ?? '',
    ...factsOf(context),
    subject: incident.subject,
    reason: null,
  };
}
