import { compileEnvironments, type EnvironmentsOf } from '../../engine/environments.ts';
import type { Policy } from '../../engine/policy.ts';
import type { Manifest } from '../../manifests/manifest.ts';

const compiled = new WeakMap<Policy, EnvironmentsOf>();

/** The environments to which an object belongs. */
export function environmentsOf(manifest: Manifest, policy: Policy): readonly string[] {
  let of = compiled.get(policy);
  if (of === undefined) {
    of = compileEnvironments(policy);
    compiled.set(policy, of);
  }
  return of(manifest.path, manifest);
}
