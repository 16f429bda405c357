import { policyHash } from '../config/policy.ts';
import type { Repository } from '../git/repository.ts';
import type { JobContext } from './dependencies.ts';

/** The hash of what decides at a revision: its policy, raised to the floor, and the rules. */
export async function policyHashAt(
  { environment }: JobContext,
  repository: Repository,
  revision: string,
): Promise<string> {
  return policyHash(await environment.policyAt(repository, revision), environment.rules.hash);
}
