import type { Manifest } from '../manifests/manifest.ts';
import { compileEnvironments, type EnvironmentsOf } from './environments.ts';
import type { Severity } from './finding.ts';
import { compileGlobs, type PathMatcher } from './globs.ts';
import type { Level, Policy } from './policy.ts';
import type { Rule, RuleDefinition } from './rule.ts';

/** A rule that the policy has switched on, with its conditions compiled. */
export interface ActiveRule {
  readonly rule: Rule;
  readonly id: string;
  readonly severity: Severity;
  /** As the policy sets them, else their defaults. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly appliesToPath: PathMatcher;
  readonly appliesToManifest: (manifest: Manifest) => boolean;
}

/** The level of a rule under a policy: the repository's setting, else the profile's, else the rule's own. */
export function levelOf(definition: RuleDefinition, policy: Policy): Level {
  return (
    policy.rules.get(definition.id)?.severity ??
    definition.profiles.get(policy.profile) ??
    definition.severity
  );
}

export function activeRules(rules: readonly Rule[], policy: Policy): ActiveRule[] {
  const environmentsOf = compileEnvironments(policy);
  return rules.flatMap((rule) => {
    const severity = levelOf(rule.definition, policy);
    return severity === 'off' ? [] : [activate(rule, severity, policy, environmentsOf)];
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
  policy: Policy,
  environmentsOf: EnvironmentsOf,
): ActiveRule {
  const { id, match } = rule.definition;
  const included = match.paths.length === 0 ? () => true : compileGlobs(match.paths);
  const setting = policy.rules.get(id);
  const excluded = compileGlobs([
    ...(setting?.enforced === true ? [] : policy.exclude),
    ...(setting?.exclude ?? []),
  ]);
  const wanted = new Set(match.environments);
  const inEnvironment = (path: string, manifest?: Manifest): boolean =>
    wanted.size === 0 || environmentsOf(path, manifest).some((name) => wanted.has(name));
  const kinds = match.kinds.map(compileKind);
  const ofKind = (manifest: Manifest): boolean =>
    kinds.length === 0 || kinds.some((matches) => matches(manifest));
  const byManifest = rule.definition.scope === 'manifest';
  return {
    rule,
    id,
    severity,
    parameters: parametersOf(rule.definition, policy),
    appliesToPath: (path) => included(path) && !excluded(path) && (byManifest || inEnvironment(path)),
    appliesToManifest: (manifest) => ofKind(manifest) && inEnvironment(manifest.path, manifest),
  };
}

/** `group/version/Kind`, or `version/Kind` in the core group; `*` stands for any one part. */
function compileKind(pattern: string): (manifest: Manifest) => boolean {
  const parts = pattern.split('/');
  const [group, version, kind] = parts.length === 3 ? parts : ['', ...parts];
  const matches = (want: string | undefined, have: string): boolean => want === '*' || want === have;
  return (manifest) =>
    matches(group, manifest.group) && matches(version, manifest.version) && matches(kind, manifest.kind);
}
