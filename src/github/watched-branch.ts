import { compileGlobs } from '../engine/globs.ts';
import type { Repository } from '../git/repository.ts';
import { isProtectedBranch } from './api/commits.ts';
import type { JobContext } from './dependencies.ts';
import { GitHubError } from './errors.ts';

/**
 * Whether GitHub watches over a branch: the default branch, or a protected one. A branch that is gone has no
 * protection any more that could be asked for.
 */
export async function isGuarded(context: JobContext, branch: string): Promise<boolean> {
  if (branch === context.repository.defaultBranch) return true;
  try {
    return await isProtectedBranch(context.api, branch);
  } catch (error) {
    if (error instanceof GitHubError && error.kind === 'not-found') return false;
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
