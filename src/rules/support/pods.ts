import type { RuleContext } from '../../engine/rule.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { containersOf, podSpecsOf, type Container, type PodSpec } from '../../manifests/workload.ts';
import { isMissingForGood } from './kustomize.ts';

/** Workloads whose pods run until somebody stops them. */
const LONG_RUNNING: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Rollout',
]);

export function isLongRunning({ kind }: Pick<Manifest, 'kind'>): boolean {
  return LONG_RUNNING.has(kind);
}

/** Containers that run as long as the pod does: the main ones, and sidecars among the init containers. */
export function lastingContainersOf(manifest: Manifest): Container[] {
  return containersOf(manifest).filter(({ pointer, value }) => {
    const list = pointer.at(-2);
    return list === 'containers' || (list === 'initContainers' && value['restartPolicy'] === 'Always');
  });
}

/** A container's ports, as maps. */
export function portsOf({ value }: Container): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value['ports']) ? (value['ports'] as unknown[]).filter(isRecord) : [];
}

/** The pod specs in which `field` is missing, whatever kustomizations may add. */
export function podSpecsWithout(manifest: Manifest, context: RuleContext, field: string): PodSpec[] {
  const lacking = podSpecsOf(manifest).filter(({ value }) => isAbsent(value[field]));
  return lacking.length > 0 && isMissingForGood(manifest, context, field) ? lacking : [];
}

/** Not written, or `null`, which the API server takes as not written. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
