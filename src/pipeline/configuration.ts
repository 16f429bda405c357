import { policyHash } from '../config/policy.ts';
import type { ChangeSet } from '../engine/change.ts';
import type { ConfigProblem, Policy } from '../engine/policy.ts';
import { knownRulesOf } from '../engine/rule.ts';
import { resolvePolicy, type ResolvedPolicy, type TextFile } from './base-policy.ts';
import {
  isConfigFile,
  objectionsTo,
  readConfigFiles,
  treeAfter,
  type ConfigProblems,
  type ConfigTree,
  type ConfigValues,
} from './config-files.ts';
import { withRepositoryRules } from './repository-rules.ts';
import type { RuleSet } from './rule-set.ts';

/** Everything that decides how a change is judged: the policy, and the configuration files that it places. */
export interface Configuration extends ResolvedPolicy {
  /** With those that the tree brings. */
  readonly rules: RuleSet;
  readonly values: ConfigValues;
  /** Those of `problems` that are in files beside the policy, by their kind. */
  readonly fileProblems: ConfigProblems;
}

export interface ConfigurationOptions {
  readonly override: TextFile | null;
  readonly floor: TextFile | null;
  readonly tree: ConfigTree;
}

/** Reads the policy of a tree, and the configuration files beside it. What cannot be read is a problem. */
export async function resolveConfiguration(
  given: RuleSet,
  { override, floor, tree }: ConfigurationOptions,
): Promise<Configuration> {
  const rules = await withRepositoryRules(given, tree);
  const find = { override, floor, findInTree: tree.read };
  const resolved = await resolvePolicy(rules, find);
  const read = await readConfigFiles(tree, resolved.policy, knownRulesOf(rules.rules));
  const policy =
    read.withdrawn.length === 0
      ? resolved.policy
      : (await resolvePolicy(rules, { ...find, without: read.withdrawn })).policy;
  const files = read.files.map(({ path, oid }) => `${path} ${oid}`).join('\n');
  return {
    rules,
    policy,
    own: resolved.own,
    source: {
      source: resolved.source.source,
      hash: policyHash(policy, files === '' ? rules.hash : `${rules.hash}\n${files}`),
    },
    problems: [...resolved.problems, ...Object.values(read.problems).flat()],
    fileProblems: read.problems,
    values: read.values,
  };
}

/** Both sides of a change to configuration files, each as its files say it: an override would hide that. */
export interface ConfigurationChange {
  readonly before: Configuration;
  readonly after: Configuration;
}

/** The configuration of the base, and as a change leaves it there; null when it touches none of its files. */
export async function configurationChange(
  change: ChangeSet,
  current: Configuration,
  rules: RuleSet,
  options: Pick<ConfigurationOptions, 'override' | 'floor'> & {
    readonly base: ConfigTree;
    readonly head: ConfigTree;
  },
): Promise<ConfigurationChange | null> {
  const touched = touchedPaths(change);
  // New places of files can only come with the policy, which is such a file.
  if (change.base === null || ![...touched].some((path) => isConfigFile(path, current.policy))) return null;
  const { base, head, floor } = options;
  const resolve = (tree: ConfigTree): Promise<Configuration> =>
    resolveConfiguration(rules, { override: null, floor, tree });
  return {
    before: options.override === null ? current : await resolve(base),
    after: await resolve(treeAfter(base, touched, head)),
  };
}

/**
 * The base's configuration problems, unless this change is what mends them: it touches configuration files only,
 * and its own version of them is valid.
 *
 * @param others configuration files of kinds that are read elsewhere: a change may mend them together with these
 */
export function standingProblems(
  change: ChangeSet,
  current: Configuration,
  after: Configuration | null,
  others: readonly string[] = [],
): readonly ConfigProblem[] {
  if (current.problems.length === 0 || after === null) return current.problems;
  const policies = [current.policy, after.policy];
  const inFile = (path: string): boolean => policies.some((policy) => isConfigFile(path, policy));
  if (!isRepair(change, policies, others)) return current.problems;
  const elsewhere = current.problems.filter((problem) => !inFile(problem.path));
  const isMended = !after.problems.some((problem) => inFile(problem.path));
  if (!isMended) return elsewhere.length > 0 ? elsewhere : current.problems;
  return [...elsewhere, ...objectionsTo(current.values, after.values)];
}

/**
 * Whether a change touches configuration files only.
 *
 * @param others configuration files of kinds that are read elsewhere
 */
export function isRepair(change: ChangeSet, policies: readonly Policy[], others: readonly string[]): boolean {
  return [...touchedPaths(change)].every(
    (path) => others.includes(path) || policies.some((policy) => isConfigFile(path, policy)),
  );
}

export function touchedPaths(change: ChangeSet): ReadonlySet<string> {
  return new Set(
    change.files.flatMap(({ before, after }) => [before, after].flatMap((side) => side?.path ?? [])),
  );
}
