import type { ManifestRule } from '../../engine/rule.ts';
import { podSpecsOf, type Container } from '../../manifests/workload.ts';
import { isMissingForGood, KUSTOMIZE_GLOBS } from '../support/kustomize.ts';
import { isAbsent, lastingContainersOf, portsOf } from '../support/pods.ts';

/** Ports that are asked by monitoring and by the kubelet, and by no user. */
const INTERNAL = /metric|prom|health|probe|monitor|debug|admin|peer|gossip|raft|cluster/i;

export const readinessProbe: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  judge(manifest, context) {
    const containers = lastingContainersOf(manifest);
    // Of a pod with sidecars, one that says when it is ready is enough.
    if (containers.some(({ value }) => !isAbsent(value['readinessProbe']))) return [];
    if (podSpecsOf(manifest).some(({ value }) => !isAbsent(value['readinessGates']))) return [];
    const serving = containers.find(serves);
    if (serving === undefined || !isMissingForGood(manifest, context, 'readinessProbe')) return [];
    return [{ pointer: serving.pointer, judged: null }];
  },
};

function serves(container: Container): boolean {
  return portsOf(container).some(
    ({ name, protocol }) =>
      (protocol ?? 'TCP') === 'TCP' && !(typeof name === 'string' && INTERNAL.test(name)),
  );
}
