import type { DirectPushAlert } from '../alerts/alert.ts';
import { raiseIssue } from '../alerts/github-issue.ts';
import { branchName } from '../alerts/undo.ts';
import type { Finding } from '../engine/finding.ts';
import type { Repository } from '../git/repository.ts';
import { createIssuePort } from './api/issues.ts';
import type { JobContext } from './dependencies.ts';
import { describeForOperator } from './failure.ts';
import { policyHashAt } from './policy-hash.ts';
import type { JudgePushJob } from './job.ts';
import { auditFinding, factsOf } from './record.ts';

/** A push that gives the default branch another policy is noted, whoever made it and however. */
export async function recordPolicyChange(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
  missing: readonly string[],
): Promise<void> {
  const ofDefaultBranch = branchName(job.ref) === context.repository.defaultBranch;
  if (!ofDefaultBranch || job.created || job.deleted || missing.length > 0) return;
  const [before, after] = [
    await policyHashAt(context, repository, job.before),
    await policyHashAt(context, repository, job.after),
  ];
  if (before === after) return;
  await context.environment.audit([
    {
      action: 'policy-changed',
      actor: job.pusher,
      ...factsOf(context),
      subject: job.ref,
      reason: null,
      detail: { before, after },
    },
  ]);
}

/** Raises the alert, with an entry in the audit trail before and after. */
export async function raiseRecorded(
  context: JobContext,
  alert: DirectPushAlert,
  findings: readonly Finding[],
): Promise<{ readonly url: string; readonly opened: boolean }> {
  const { environment } = context;
  const receiver = 'github-issue';
  const facts = { actor: alert.pusher, ...factsOf(context), subject: alert.ref };
  const delivered = { alert: alert.kind, channel: receiver };
  await environment.audit([
    {
      action: 'alert-raised',
      ...facts,
      reason: alert.evidence,
      detail: {
        alert: alert.kind,
        before: alert.before,
        after: alert.after,
        findings: findings.map(auditFinding),
      },
    },
  ]);
  try {
    const issue = await raiseIssue(createIssuePort(context.api, await environment.botLogin()), alert);
    environment.metrics.alert(alert.kind, receiver, 'sent');
    await environment.audit([
      { action: 'alert-delivered', ...facts, reason: null, detail: { ...delivered, destination: issue.url } },
    ]);
    return issue;
  } catch (error) {
    environment.metrics.alert(alert.kind, receiver, 'failed');
    await environment.audit([
      {
        action: 'alert-failed',
        ...facts,
        reason: null,
        detail: { ...delivered, destination: alert.repository.url, error: describeForOperator(error) },
      },
    ]);
    throw error;
  }
}
