import type { Alert } from '../alerts/alert.ts';
import { raiseIssue } from '../alerts/github-issue.ts';
import type { Finding } from '../engine/finding.ts';
import type { Repository } from '../git/repository.ts';
import { createIssuePort } from './api/issues.ts';
import type { JobContext } from './dependencies.ts';
import { describeForOperator } from './failure.ts';
import type { JudgePushJob } from './job.ts';
import { auditFinding, factsOf } from './record.ts';
import { rejudgeBranch, rejudgeOthers } from './rejudge/after-push.ts';

/** A push that gives a branch another policy, or other keys, has its pull requests judged again and is noted, whoever made it and however: any branch can be a base. */
export async function recordPolicyChange(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
  missing: readonly string[],
): Promise<void> {
  await rejudgeOthers(context, job, repository, missing);
  if (job.created || job.deleted) return;
  // What was there before a forced push may be gone.
  const hashAt = async (sha: string): Promise<string | null> =>
    missing.includes(sha) ? null : (await context.environment.policyAt(repository, sha)).hash;
  const [before, after] = [await hashAt(job.before), await hashAt(job.after)];
  if (before === after) return;
  await rejudgeBranch(context, job);
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
  alert: Alert,
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
