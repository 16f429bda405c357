import { compileGlobs } from '../engine/globs.ts';
import type { Repository } from '../git/repository.ts';
import type { Api } from './api/api.ts';
import { listBranchRules } from './api/branch-rules.ts';
import { getBranchOutline, protectionAsksForReview } from './api/commits.ts';
import type { JobContext } from './dependencies.ts';
import { GitHubError, type GitHubErrorKind } from './errors.ts';

/** Rules of rulesets that keep people from pushing what nobody looked at. */
const REVIEWING: ReadonlySet<string> = new Set([
  'pull_request',
  'merge_queue',
  'required_status_checks',
  'required_deployments',
  'workflows',
  'code_scanning',
  'update',
]);

/**
 * Whether GitHub watches over a branch: the default branch, or one to which nobody is to push without a review or a
 * check. GitHub also calls branches protected of which a ruleset only asks for signed commits: to these people push all
 * day. What may not be asked counts as watched. A branch that is gone has no protection any more that could be asked for.
 */
export async function isGuarded(context: JobContext, branch: string): Promise<boolean> {
  if (branch === context.repository.defaultBranch) return true;
  const { api } = context;
  const outline = await unless(['not-found'], null, () => getBranchOutline(api, branch));
  if (outline?.isProtected !== true) return false;
  const rules = await unless(UNKNOWN, null, () => listBranchRules(api, branch));
  if (rules === null || rules.truncated || rules.items.some(({ type }) => REVIEWING.has(type))) return true;
  // Only branch protection can have made it a protected one, whatever the outline says.
  const isClassic = outline.isClassic || rules.items.length === 0;
  return isClassic && (await unless(UNKNOWN, true, () => asksForReview(api, branch)));
}

/** GitHub says so to whoever may know; to others it says that there is no such thing. */
const NO_PROTECTION = /branch not protected/i;

async function asksForReview(api: Api, branch: string): Promise<boolean> {
  try {
    return await protectionAsksForReview(api, branch);
  } catch (error) {
    if (error instanceof GitHubError && NO_PROTECTION.test(error.message)) return false;
    throw error;
  }
}

const UNKNOWN: readonly GitHubErrorKind[] = ['not-found', 'permission', 'gone'];

async function unless<T, U>(
  kinds: readonly GitHubErrorKind[],
  otherwise: U,
  ask: () => Promise<T>,
): Promise<T | U> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof GitHubError && kinds.includes(error.kind)) return otherwise;
    throw error;
  }
}

/**
 * Whether the policy names a branch. The policy of the default branch counts beside the branch's own earlier one,
 * which somebody who may push there could have changed.
 */
export async function isNamedInPolicy(
  context: JobContext,
  repository: Repository,
  branch: string,
  revisions: readonly string[],
): Promise<boolean> {
  for (const revision of revisions) {
    const { policy } = await context.environment.policyAt(repository, revision);
    if (compileGlobs(policy.protectedBranches)(branch)) return true;
  }
  return false;
}
