import { compileEnvironments } from '../../engine/environments.ts';
import type { Policy } from '../../engine/policy.ts';
import type { Manifest } from '../../manifests/manifest.ts';

/** The environments to which an object belongs. */
export function environmentsOf(manifest: Manifest, policy: Policy): readonly string[] {
  return compileEnvironments(policy)(manifest.path, manifest);
}
