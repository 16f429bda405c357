import type { PushPolicy } from '../engine/policy.ts';
import type { Repository } from '../git/repository.ts';
import type { JobContext } from './dependencies.ts';
import type { JudgePushJob, PushSender } from './job.ts';

const BOT = '[bot]';

/**
 * Whether the policy lets whoever pushed push. The account that authenticated with GitHub counts; what commits say of
 * their author is free text. The policy of the default branch decides, for the default branch itself as it was before
 * the push: who pushes must not be able to let himself.
 */
export async function isAllowedPush(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
): Promise<boolean> {
  if (job.deleted || job.forced || job.sender == null) return false;
  const main = `refs/heads/${context.repository.defaultBranch}`;
  const revision = await repository.tryResolve(job.ref === main ? job.before : main);
  if (revision === null) return false;
  const { policy } = await context.environment.policyAt(repository, revision);
  return isAllowed(policy.pushes, job.sender);
}

/** Only GitHub itself gives out logins with brackets: no person can have the name of an App. */
export function isAllowed({ users, apps }: PushPolicy, { login, id, type }: PushSender): boolean {
  const name = login.toLowerCase();
  if (type === 'Bot')
    return apps.includes(id) || (name.endsWith(BOT) && apps.includes(name.slice(0, -BOT.length)));
  return type === 'User' && (users.includes(id) || users.includes(name));
}
