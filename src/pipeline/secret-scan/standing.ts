import type { ChangeSet } from '../../engine/change.ts';
import { compareSecretFiles } from '../../config/compare/secret-files.ts';
import type { ConfigProblem, Policy } from '../../engine/policy.ts';
import type { PolicyDifference } from '../../engine/policy-difference.ts';
import type { RuleSetData } from '../../secrets/rule-set.ts';
import { isConfigFile, treeAfter, type ConfigTree } from '../config-files.ts';
import { isRepair, touchedPaths } from '../configuration.ts';
import { GITLEAKS_CONFIG, GITLEAKS_IGNORE, resolveSetup, type ResolvedSetup } from './setup.ts';

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

/**
 * Adds what is wrong with the rule files on either side, when a change touches one, for the rule about them; and what an
 * edit of them does, in words.
 */
export async function withSecretProblems(
  change: ChangeSet,
  current: ResolvedSetup,
  policies: { readonly before: Policy; readonly after: Policy },
  defaults: RuleSetData,
  { base, head }: Sides,
): Promise<ChangeSet> {
  const { problems, files } = current;
  const touched = touchedPaths(change);
  const concerned = [...touched].some((path) => files.includes(path) || isConfigFile(path, policies.before));
  if (!concerned) return change;
  const after = treeAfter(base, touched, head);
  const changed = await resolveSetup(policies.after.secrets, defaults, after.read);
  return {
    ...change,
    before: { ...change.before, secretProblems: problems },
    after: { ...change.after, secretProblems: changed.problems },
    ...(await withSecretChanges(change, current, policies.before, defaults, after)),
  };
}

/** Under the policy that decides: what an edit of the policy itself does is told elsewhere. */
async function withSecretChanges(
  { base, policyReview, files }: ChangeSet,
  current: ResolvedSetup,
  { secrets }: Policy,
  defaults: RuleSetData,
  after: ConfigTree,
): Promise<Pick<ChangeSet, 'policyReview'>> {
  const touched = files.flatMap(({ before, after: now }) => now?.path ?? before?.path ?? []);
  const edited = touched.filter((path) => current.files.includes(path));
  if (base === null || policyReview === undefined || edited.length === 0) return {};
  const changed = await resolveSetup(secrets, defaults, after.read);
  // What is wrong with a file is said elsewhere, and nobody knows what it would come to.
  if (current.problems.length + changed.problems.length > 0) return {};
  const { rules, ignored, baseline } = compareSecretFiles(current.setup, changed.setup);
  const others: readonly (string | null)[] = [GITLEAKS_IGNORE, secrets.baseline];
  const ruleFile = edited.find((path) => !others.includes(path)) ?? GITLEAKS_CONFIG;
  const inFile = (path: string) => (one: PolicyDifference) => ({ ...one, path, line: null });
  const changes = [
    ...rules.map(inFile(ruleFile)),
    ...ignored.map(inFile(GITLEAKS_IGNORE)),
    ...baseline.map(inFile(secrets.baseline ?? '')),
  ];
  return { policyReview: { ...policyReview, changes: [...policyReview.changes, ...changes] } };
}
