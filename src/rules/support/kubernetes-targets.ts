import type { Policy } from '../../engine/policy.ts';
import { ANY_MINOR, targetOf, type Target } from '../../manifests/kubernetes/catalogue.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { environmentsOf } from './environments.ts';

/** The versions of Kubernetes that an object must fit: those of its environments, else of the policy, else any known. */
export function targetsFor(manifest: Manifest, policy: Policy): readonly Target[] {
  const special = environmentsOf(manifest, policy).flatMap(
    (name) => policy.environments.get(name)?.kubernetes ?? [],
  );
  const minors = special.length > 0 ? special : policy.kubernetes;
  return minors.length === 0 ? [ANY_MINOR] : [...new Set(minors)].map(targetOf);
}

/** `Kubernetes 1.31 (by the schemas of 1.30 and 1.32)`. */
export function nameTargets(targets: readonly Target[]): string {
  const names = targets.map(({ minor, standIns }) =>
    standIns.length === 0 ? minor : `${minor} (by the schemas of ${standIns.join(' and ')})`,
  );
  return `Kubernetes ${names.join(', ')}`;
}
