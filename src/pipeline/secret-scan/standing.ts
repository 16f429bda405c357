import type { ChangeSet } from '../../engine/change.ts';
import type { ConfigProblem, Policy } from '../../engine/policy.ts';
import type { RuleSetData } from '../../secrets/rule-set.ts';
import { treeAfter, type ConfigTree } from '../config-files.ts';
import { isRepair, touchedPaths } from '../configuration.ts';
import { resolveSetup, type ResolvedSetup } from './setup.ts';

/** The trees between which a change stands. */
export interface Sides {
  readonly base: ConfigTree;
  readonly head: ConfigTree;
}

/**
 * The problems of the base's rule files for credentials, unless this change is what mends them: it touches
 * configuration files only, and leaves none of the problems.
 */
export async function standingSecretProblems(
  { problems, files }: ResolvedSetup,
  change: ChangeSet,
  policy: Policy,
  defaults: RuleSetData,
  { base, head }: Sides,
): Promise<readonly ConfigProblem[]> {
  if (problems.length === 0 || change.base === null || !isRepair(change, [policy], files)) return problems;
  const after = treeAfter(base, touchedPaths(change), head);
  const mended = await resolveSetup(policy.secrets, defaults, after.read);
  return mended.problems.length === 0 ? [] : problems;
}
