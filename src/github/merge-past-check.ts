import { CHECK_NAME } from '../report/check-run.ts';
import { checksOfRule, listBranchRules } from './api/branch-rules.ts';
import { checkHistory, type CheckHistory } from './api/check-runs.ts';
import { listAssociatedPullRequests, requiredCheckApp } from './api/commits.ts';
import type { JobContext } from './dependencies.ts';
import { GitHubError } from './errors.ts';

/** How far our clock and GitHub's may be apart, in milliseconds. */
const SKEW = 60_000;

/**
 * Whether a push that is the merge of a pull request went past our check: the branch requires it, and it had not passed.
 * This needs none of the rights that GitHub's rule insights need. A sentence that says so; else null.
 */
export async function mergePastCheck(
  context: JobContext,
  { branch, after }: { readonly branch: string; readonly after: string },
): Promise<string | null> {
  const { api, environment, repository } = context;
  const merged = (await listAssociatedPullRequests(api, after)).find(
    (pull) =>
      pull.mergeCommit === after && pull.baseRef === branch && pull.baseRepositoryId === repository.id,
  );
  if (merged === undefined || merged.mergedAt === null) return null;
  const state = stateAt(await checkHistory(api, merged.headSha, environment.appId), merged.mergedAt);
  if (state === null) return null;
  // In the merge queue the group has the check.
  const onMerge = await checkHistory(api, after, environment.appId);
  if (stateAt(onMerge, merged.mergedAt) === null) return null;
  if (!(await isRequired(context, branch))) return null;
  return `The branch requires the check ${CHECK_NAME}, and it ${state} when pull request #${String(merged.number)} was merged.`;
}

/**
 * Why the check had not passed at a time, as the rest of a sentence; null when it had. A check that may have begun only
 * then says nothing while it is in progress.
 */
function stateAt(history: readonly CheckHistory[], at: number): string | null {
  const ended = ({ completedAt }: CheckHistory): boolean => completedAt !== null && completedAt <= at + SKEW;
  const [newest] = history.filter(
    (check) => check.conclusion !== 'cancelled' && (ended(check) || check.startedAt <= at - SKEW),
  );
  if (newest === undefined) return 'had not been reported';
  if (!ended(newest)) return 'had not ended';
  return newest.conclusion === 'failure' ? 'had failed' : null;
}

async function isRequired(context: JobContext, branch: string): Promise<boolean> {
  const { api, log } = context;
  try {
    if ((await requiredCheckApp(api, branch, CHECK_NAME)) !== undefined) return true;
    const { items } = await listBranchRules(api, branch);
    return items.some((rule) => checksOfRule(rule).some(({ name }) => name === CHECK_NAME));
  } catch (error) {
    if (!(error instanceof GitHubError) || !['permission', 'not-found', 'gone'].includes(error.kind))
      throw error;
    log.info({ err: error }, 'Whether the branch requires the check could not be asked');
    return false;
  }
}
