import type { Manifest } from '../manifests/manifest.ts';
import { compileEnvironments, type EnvironmentsOf } from './environments.ts';
import type { Severity } from './finding.ts';
import { compileGlobs, type PathMatcher } from './globs.ts';
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
  readonly appliesToPath: PathMatcher;
  readonly appliesToManifest: (manifest: Manifest) => boolean;
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
  return rules.flatMap((rule) => {
    const base = levelOf(rule.definition, policy);
    const setting = policy.rules.get(rule.definition.id) ?? NO_SETTING;
    const severity = [...setting.overrides, ...(setting.least?.overrides ?? [])]
      .map((override) => override.severity)
      .reduce(stronger, base);
    if (severity === 'off') return [];
    return [activate(rule, severity, setting, policy, environmentsOf)];
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
  environmentsOf: EnvironmentsOf,
): ActiveRule {
  const { id, match } = rule.definition;
  const included = match.paths.length === 0 ? () => true : compileGlobs(match.paths);
  const excluded = compileGlobs([...(setting.enforced ? [] : policy.exclude), ...setting.exclude]);
  const wanted = new Set(match.environments);
  const inEnvironment = (path: string, manifest?: Manifest): boolean =>
    wanted.size === 0 || environmentsOf(path, manifest).some((name) => wanted.has(name));
  const ofKind = match.kinds.length === 0 ? () => true : compileKinds(match.kinds);
  const byManifest = rule.definition.scope === 'manifest';
  return {
    rule,
    id,
    levelOf: compileLevels(ownLevelOf(rule.definition, policy), setting, environmentsOf),
    severity,
    parameters: parametersOf(rule.definition, policy),
    appliesToPath: (path) => included(path) && !excluded(path) && (byManifest || inEnvironment(path)),
    appliesToManifest: (manifest) => ofKind(manifest) && inEnvironment(manifest.path, manifest),
  };
}
