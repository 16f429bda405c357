import { compileEnvironments } from '../../engine/environments.ts';
import type { Policy } from '../../engine/policy.ts';
import { ANY_MINOR, targetOf, type Target } from '../../manifests/kubernetes/catalogue.ts';
import type { Manifest } from '../../manifests/manifest.ts';

/** Whether any environment of a policy has versions of its own, and the targets of all others. */
interface Targets {
  readonly special: boolean;
  readonly usual: readonly Target[];
}

const known = new WeakMap<Policy, Targets>();

/** The versions of Kubernetes that an object must fit: those of its environments, else of the policy, else any known. */
export function targetsFor(manifest: Manifest, policy: Policy): readonly Target[] {
  let targets = known.get(policy);
  if (targets === undefined) {
    const special = [...policy.environments.values()].some(({ kubernetes }) => kubernetes.length > 0);
    targets = { special, usual: targetsOf(policy.kubernetes) };
    known.set(policy, targets);
  }
  if (!targets.special) return targets.usual;
  const minors = compileEnvironments(policy)(manifest.path, manifest).flatMap(
    (name) => policy.environments.get(name)?.kubernetes ?? [],
  );
  return minors.length === 0 ? targets.usual : targetsOf(minors);
}

function targetsOf(minors: readonly string[]): readonly Target[] {
  return minors.length === 0 ? [ANY_MINOR] : [...new Set(minors)].map(targetOf);
}

/** `Kubernetes 1.31 (by the schemas of 1.30 and 1.32)`. */
export function nameTargets(targets: readonly Target[]): string {
  const names = targets.map(({ minor, standIns }) =>
    standIns.length === 0 ? minor : `${minor} (by the schemas of ${standIns.join(' and ')})`,
  );
  return `Kubernetes ${names.join(', ')}`;
}
