import type { Repository } from '../git/repository.ts';
import type { JobContext } from './dependencies.ts';
import type { JudgePushJob } from './job.ts';
import { factsOf } from './record.ts';
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
