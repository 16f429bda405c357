import type { Manifest } from '../manifests/manifest.ts';
import { compileEnvironments, type EnvironmentsOf } from './environments.ts';
import type { Severity } from './finding.ts';
import { shareGlobs, type CompileGlobs, type PathMatcher } from './globs.ts';
import { compileKinds } from './kind-pattern.ts';
import { NO_SETTING, type Level, type Policy, type RuleSetting } from './policy.ts';
import { compileLevels, stronger, type LevelOf } from './rule-levels.ts';
import type { Rule, RuleDefinition } from './rule.ts';

/** A rule that the policy has switched on, with its conditions compiled. */
export interface ActiveRule {
  readonly rule: Rule;
  readonly id: string;
  /** The level of a problem that it finds; `off`: it is none. */
  readonly levelOf: LevelOf;
  /** Its highest level, whatever it looks at. */
  readonly severity: Severity;
  /** As the policy sets them, else their defaults. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Rules with the same conditions have the same function. */
  readonly appliesToPath: PathMatcher;
  /** By kind and API version alone. */
  readonly isAbout: (manifest: Manifest) => boolean;
  /** Whether the object, or the file when there is none, is in an environment that the rule is about. */
  readonly inEnvironment: (path: string, manifest?: Manifest) => boolean;
}

/** The level of a rule under a policy: the repository's setting, else the profile's, raised to the floor's. */
export function levelOf(definition: RuleDefinition, policy: Policy): Level {
  const least = policy.rules.get(definition.id)?.least?.severity ?? 'off';
  return stronger(ownLevelOf(definition, policy), least);
}

function ownLevelOf(definition: RuleDefinition, policy: Policy): Level {
  return (
    policy.rules.get(definition.id)?.severity ??
    definition.profiles.get(policy.profile) ??
    definition.severity
  );
}

export function activeRules(rules: readonly Rule[], policy: Policy): ActiveRule[] {
  const environmentsOf = compileEnvironments(policy);
  const shared: Shared = { environmentsOf, compileGlobs: shareGlobs(), pathMatchers: new Map() };
  return rules.flatMap((rule) => {
    const base = levelOf(rule.definition, policy);
    const setting = policy.rules.get(rule.definition.id) ?? NO_SETTING;
    const severity = [...setting.overrides, ...(setting.least?.overrides ?? [])]
      .map((override) => override.severity)
      .reduce(stronger, base);
    if (severity === 'off') return [];
    return [activate(rule, severity, setting, policy, shared)];
  });
}

function parametersOf(definition: RuleDefinition, policy: Policy): Readonly<Record<string, unknown>> {
  const given = policy.rules.get(definition.id)?.parameters;
  return Object.fromEntries(
    [...definition.parameters].map(([name, parameter]) => [
      name,
      given?.has(name) === true ? given.get(name) : parameter.default,
    ]),
  );
}

function activate(
  rule: Rule,
  severity: Severity,
  setting: RuleSetting,
  policy: Policy,
  shared: Shared,
): ActiveRule {
  const { id, match } = rule.definition;
  const exclude = [...(setting.enforced ? [] : policy.exclude), ...setting.exclude];
  // Of a manifest rule, each object is asked for its environment.
  const environments = rule.definition.scope === 'manifest' ? [] : match.environments;
  return {
    rule,
    id,
    levelOf: compileLevels(ownLevelOf(rule.definition, policy), setting, shared.environmentsOf),
    severity,
    parameters: parametersOf(rule.definition, policy),
    appliesToPath: pathMatcher(match.paths, exclude, environments, shared),
    isAbout: match.kinds.length === 0 ? () => true : compileKinds(match.kinds),
    inEnvironment: environmentTest(match.environments, shared.environmentsOf),
  };
}

/** What rules have in common. */
interface Shared {
  readonly environmentsOf: EnvironmentsOf;
  readonly compileGlobs: CompileGlobs;
  readonly pathMatchers: Map<string, PathMatcher>;
}

function pathMatcher(
  include: readonly string[],
  exclude: readonly string[],
  environments: readonly string[],
  { environmentsOf, compileGlobs, pathMatchers }: Shared,
): PathMatcher {
  const key = JSON.stringify([include, exclude, environments]);
  let matcher = pathMatchers.get(key);
  if (matcher === undefined) {
    const included = include.length === 0 ? () => true : compileGlobs(include);
    const excluded = compileGlobs(exclude);
    const inEnvironment = environmentTest(environments, environmentsOf);
    matcher = (path) => included(path) && !excluded(path) && inEnvironment(path);
    pathMatchers.set(key, matcher);
  }
  return matcher;
}

function environmentTest(
  names: readonly string[],
  environmentsOf: EnvironmentsOf,
): ActiveRule['inEnvironment'] {
  if (names.length === 0) return () => true;
  const wanted = new Set(names);
  return (path, manifest) => environmentsOf(path, manifest).some((name) => wanted.has(name));
}
