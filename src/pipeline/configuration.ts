import { policyHash } from '../config/policy.ts';
import type { ChangeSet, FileVersion } from '../engine/change.ts';
import { decodeText } from '../engine/judged-file.ts';
import type { ConfigProblem, Policy } from '../engine/policy.ts';
import { knownRulesOf } from '../engine/rule.ts';
import { resolvePolicy, type PolicyPlaces, type ResolvedPolicy } from './base-policy.ts';
import {
  isConfigFile,
  objectionsTo,
  readConfigFiles,
  treeAfter,
  type ConfigProblems,
  type ConfigTree,
  type ConfigValues,
} from './config-files.ts';
import { extendedPath } from '../secrets/gitleaks/extended-path.ts';
import { withRepositoryRules } from './repository-rules.ts';
import { GITLEAKS_CONFIG, GITLEAKS_IGNORE } from './secret-scan/setup.ts';
import type { RuleSet } from './rule-set.ts';

/** Everything that decides how a change is judged: the policy, and the configuration files that it places. */
export interface Configuration extends ResolvedPolicy {
  /** With those that the tree brings. */
  readonly rules: RuleSet;
  readonly values: ConfigValues;
  /** Those of `problems` that are in files beside the policy, by their kind. */
  readonly fileProblems: ConfigProblems;
}

export interface ConfigurationOptions extends PolicyPlaces {
  readonly tree: ConfigTree;
}

/** Reads the policy of a tree, and the configuration files beside it. What cannot be read is a problem. */
export async function resolveConfiguration(
  given: RuleSet,
  { tree, ...places }: ConfigurationOptions,
): Promise<Configuration> {
  const rules = await withRepositoryRules(given, tree);
  const find = { ...places, findInTree: tree.read };
  const resolved = await resolvePolicy(rules, find);
  const read = await readConfigFiles(tree, resolved.policy, knownRulesOf(rules.rules));
  const { policy, asked } =
    read.withdrawn.length === 0 ? resolved : await resolvePolicy(rules, { ...find, without: read.withdrawn });
  const deciding = [...read.files, ...(await secretFiles(tree, policy))];
  const files = deciding.map(({ path, oid }) => `${path} ${oid}`).join('\n');
  return {
    ...resolved,
    rules,
    policy,
    asked,
    source: {
      ...resolved.source,
      hash:
        files === '' && policy === resolved.policy ? resolved.source.hash : hashed(policy, resolved, files),
    },
    problems: [...resolved.problems, ...Object.values(read.problems).flat()],
    fileProblems: read.problems,
    values: read.values,
  };
}

/** Files that extend files that extend a rule file: as deep as they are read. */
const MAX_EXTENDED = 2;

/** Files that say what a secret is, or which ones are known, with those that they extend. */
async function secretFiles(tree: ConfigTree, { secrets }: Policy): Promise<readonly FileVersion[]> {
  const found = new Map<string, FileVersion>();
  const look = async (path: string, deeper: number): Promise<void> => {
    const file = found.has(path) ? null : await tree.read(path);
    if (file === null) return;
    found.set(path, file);
    const text = deeper === 0 || file.content === null ? null : decodeText(file.content);
    const next = text === null ? null : extendedPath(path, text);
    if (next !== null) await look(next, deeper - 1);
  };
  for (const path of [GITLEAKS_CONFIG, ...secrets.rules]) await look(path, MAX_EXTENDED);
  for (const path of [GITLEAKS_IGNORE, secrets.baseline]) if (path !== null) await look(path, 0);
  return [...found.values()];
}

function hashed(policy: Policy, { source }: ResolvedPolicy, files: string): string {
  return policyHash(policy, `${source.hash}\n${files}`);
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
  options: PolicyPlaces & {
    readonly base: ConfigTree;
    readonly head: ConfigTree;
  },
): Promise<ConfigurationChange | null> {
  const touched = touchedPaths(change);
  // New places of files can only come with the policy, which is such a file.
  if (change.base === null || ![...touched].some((path) => isConfigFile(path, current.policy))) return null;
  const { base, head, override, ...places } = options;
  const resolve = (tree: ConfigTree): Promise<Configuration> =>
    resolveConfiguration(rules, { ...places, override: null, tree });
  return {
    before: override === null ? current : await resolve(base),
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
