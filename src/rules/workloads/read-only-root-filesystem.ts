import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { podSpecsOf, valueAt, type PodSpec } from '../../manifests/workload.ts';
import { isContextUnknown, isWindows } from '../support/pod-security/control.ts';

export const readOnlyRootFilesystem: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  judge(manifest, context) {
    const problems = podSpecsOf(manifest).flatMap(writable);
    if (problems.length === 0 || formOf(manifest, context) === 'whole') return problems;
    return problems.filter(({ judged }) => judged === false);
  },
};

function writable(pod: PodSpec): Problem[] {
  if (isWindows(pod)) return [];
  return pod.containers.flatMap(({ list, pointer, value }) => {
    const set = valueAt(value, ['securityContext', 'readOnlyRootFilesystem']) ?? null;
    // Somebody who debugs wants to write, and then leaves.
    const told = set === null && pod.complete && list !== 'ephemeralContainers' && !isContextUnknown(value);
    if (set !== false && !told) return [];
    return [{ pointer: [...pointer, 'securityContext', 'readOnlyRootFilesystem'], judged: set }];
  });
}
