import type { ChangeSet } from '../../engine/change.ts';
import type { ConfigProblem, Policy } from '../../engine/policy.ts';
import type { RuleSetData } from '../../secrets/rule-set.ts';
import { isConfigFile, treeAfter, type ConfigTree } from '../config-files.ts';
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

/** Adds what is wrong with the rule files on either side, when a change touches one, for the rule about them. */
export async function withSecretProblems(
  change: ChangeSet,
  { problems, files }: ResolvedSetup,
  policies: { readonly before: Policy; readonly after: Policy },
  defaults: RuleSetData,
  { base, head }: Sides,
): Promise<ChangeSet> {
  const touched = touchedPaths(change);
  const concerned = [...touched].some((path) => files.includes(path) || isConfigFile(path, policies.before));
  if (!concerned) return change;
  const after = treeAfter(base, touched, head);
  const changed = await resolveSetup(policies.after.secrets, defaults, after.read);
  return {
    ...change,
    before: { ...change.before, secretProblems: problems },
    after: { ...change.after, secretProblems: changed.problems },
  };
}
