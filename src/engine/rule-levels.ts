import type { Manifest } from '../manifests/manifest.ts';
import type { EnvironmentsOf } from './environments.ts';
import { compileGlobs } from './globs.ts';
import { compileKinds } from './kind-pattern.ts';
import { LEVELS, type Level, type RuleOverride, type RuleSetting } from './policy.ts';
import type { Problem } from './rule.ts';

/** The level of a problem in a file, or in an object of it, or of something that is no file. */
export type LevelOf = (problem: Problem, path: string | null, manifest: Manifest | null) => Level;

/** What somebody asks of a rule: a repository's policy, or the organisation's floor. */
interface Demand {
  readonly level: Level;
  /** Whether the rule itself was named, and not only a profile that has it. */
  readonly stated: boolean;
  readonly overrides: readonly RuleOverride[];
}

/**
 * What a policy makes of a rule's problems: what the repository asks, raised to what the floor asks.
 *
 * @param own the rule's level under the repository's policy alone
 */
export function compileLevels(own: Level, setting: RuleSetting, environmentsOf: EnvironmentsOf): LevelOf {
  const { severity, overrides, least } = setting;
  const asked = compileDemand({ level: own, stated: severity !== null, overrides }, environmentsOf);
  if (least === null) return asked;
  const floor = compileDemand({ ...least, level: least.severity }, environmentsOf);
  return (...about) => stronger(asked(...about), floor(...about));
}

/**
 * An override that matches comes first. Else a rule may give single problems a level of their own, which a level that
 * was stated can lower and not raise; credentials have theirs from the policy already.
 */
function compileDemand({ level, stated, overrides }: Demand, environmentsOf: EnvironmentsOf): LevelOf {
  const override = compileOverrides(overrides, environmentsOf);
  return (problem, path, manifest) => {
    const { severity, secret } = problem;
    const usual =
      level === 'off' || severity === undefined || (stated && secret === undefined)
        ? weaker(level, severity ?? 'error')
        : severity;
    return override(path, manifest) ?? usual;
  };
}

type Condition = (path: string, manifest: Manifest | null) => boolean;

function compileOverrides(
  overrides: readonly RuleOverride[],
  environmentsOf: EnvironmentsOf,
): (path: string | null, manifest: Manifest | null) => Level | null {
  const compiled = overrides.map((override) => ({
    severity: override.severity,
    conditions: conditionsOf(override, environmentsOf),
  }));
  return (path, manifest) => {
    if (path === null) return null;
    const first = compiled.find(({ conditions }) => conditions.every((holds) => holds(path, manifest)));
    return first?.severity ?? null;
  };
}

function conditionsOf(
  { paths, environments, kinds, namespaces }: RuleOverride,
  environmentsOf: EnvironmentsOf,
): Condition[] {
  const inPaths = compileGlobs(paths);
  const ofKinds = compileKinds(kinds);
  const inNamespaces = compileGlobs(namespaces);
  const all: (readonly [readonly string[], Condition])[] = [
    [paths, (path) => inPaths(path)],
    [
      environments,
      (path, manifest) =>
        environmentsOf(path, manifest ?? undefined).some((name) => environments.includes(name)),
    ],
    [kinds, (_path, manifest) => manifest !== null && ofKinds(manifest)],
    [namespaces, (_path, manifest) => manifest?.namespace != null && inNamespaces(manifest.namespace)],
  ];
  return all.flatMap(([wanted, condition]) => (wanted.length === 0 ? [] : [condition]));
}

export function stronger(a: Level, b: Level): Level {
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b;
}

export function weaker(a: Level, b: Level): Level {
  return LEVELS.indexOf(a) <= LEVELS.indexOf(b) ? a : b;
}
