import type { PolicyFile } from '../engine/policy-file.ts';
import type { EnvironmentSelector, Policy } from '../engine/policy.ts';
import type { RuleDefinition } from '../engine/rule.ts';

type Environments = Policy['environments'];

/**
 * What belongs to an environment under a floor: what the repository says, and what the floor does. Where rules of the floor
 * look at an environment that it does not define, that is the usual one: else a repository could define it away.
 *
 * @param floor the policy that the floor alone comes to
 */
export function raiseEnvironments(
  own: Environments,
  floor: Pick<Policy, 'environments' | 'kubernetes'>,
  floorFile: PolicyFile,
  definitions: readonly RuleDefinition[],
): Environments {
  const named = namedIn(floorFile, definitions);
  const stated = new Map(
    [...floor.environments].filter(([name]) => floorFile.environments !== undefined || named.has(name)),
  );
  return withVersions(joined(own, stated), stated, floor.kubernetes);
}

/** Environments that the floor's rules are about, or that they treat in another way. */
function namedIn({ rules = {} }: PolicyFile, definitions: readonly RuleDefinition[]): ReadonlySet<string> {
  const byId = new Map(definitions.map((definition) => [definition.id, definition]));
  return new Set(
    Object.entries(rules).flatMap(([id, setting]) => [
      ...(byId.get(id)?.match.environments ?? []),
      ...(typeof setting === 'string' ? [] : (setting.overrides ?? [])).flatMap(
        ({ environments }) => environments ?? [],
      ),
    ]),
  );
}

function joined(own: Environments, floor: Environments): Environments {
  const result = new Map(own);
  for (const [name, selector] of floor) {
    const existing = result.get(name);
    result.set(name, {
      words: [...new Set([...(existing?.words ?? []), ...(selector.words ?? [])])],
      paths: [...(existing?.paths ?? []), ...selector.paths],
      clusters: [...(existing?.clusters ?? []), ...selector.clusters],
      kubernetes: [...new Set([...(existing?.kubernetes ?? []), ...selector.kubernetes])],
    });
  }
  return result;
}

/** Versions of an environment stand in the place of the policy's: those of a floor have to be fitted all the same. */
function withVersions(
  environments: Environments,
  floor: Environments,
  versions: readonly string[],
): Environments {
  const raised = (name: string, one: EnvironmentSelector): EnvironmentSelector => {
    const isFloors = (floor.get(name)?.kubernetes.length ?? 0) > 0;
    if (one.kubernetes.length === 0 || isFloors) return one;
    return { ...one, kubernetes: [...new Set([...one.kubernetes, ...versions])] };
  };
  return new Map([...environments].map(([name, one]) => [name, raised(name, one)]));
}
