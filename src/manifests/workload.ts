import { isRecord, type Manifest } from './manifest.ts';
import type { Pointer } from './position.ts';

/** A pod template's `spec`. */
export interface PodSpec {
  readonly pointer: Pointer;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface Container {
  readonly pointer: Pointer;
  readonly value: Readonly<Record<string, unknown>>;
  /** Null in a patch that names none. */
  readonly name: string | null;
}

const TEMPLATE: Pointer = ['spec', 'template', 'spec'];
const POD_SPEC_OF_KIND: Readonly<Record<string, Pointer>> = {
  Pod: ['spec'],
  PodTemplate: ['template', 'spec'],
  ReplicationController: TEMPLATE,
  ReplicaSet: TEMPLATE,
  Deployment: TEMPLATE,
  StatefulSet: TEMPLATE,
  DaemonSet: TEMPLATE,
  Job: TEMPLATE,
  Rollout: TEMPLATE,
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};
/** Custom workloads embed the same template; they are known by the containers in it. */
const USUAL_PLACES: readonly Pointer[] = [
  TEMPLATE,
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ['spec', 'jobTargetRef', 'template', 'spec'],
  ['spec', 'workloadTemplate', 'spec', 'template', 'spec'],
];
export const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

const podSpecs = new WeakMap<Manifest, readonly PodSpec[]>();
const containers = new WeakMap<Manifest, readonly Container[]>();

/** The pod specs of any workload kind, of custom ones too where they embed a pod template. */
export function podSpecsOf(manifest: Manifest): readonly PodSpec[] {
  let found = podSpecs.get(manifest);
  if (found === undefined) podSpecs.set(manifest, (found = findPodSpecs(manifest)));
  return found;
}

function findPodSpecs(manifest: Manifest): PodSpec[] {
  const known = Object.hasOwn(POD_SPEC_OF_KIND, manifest.kind) ? POD_SPEC_OF_KIND[manifest.kind] : undefined;
  if (known !== undefined) {
    const value = valueAt(manifest.value, known);
    return isRecord(value) ? [{ pointer: known, value }] : [];
  }
  return USUAL_PLACES.flatMap((pointer) => {
    const value = valueAt(manifest.value, pointer);
    const holdsContainers = isRecord(value) && CONTAINER_LISTS.some((list) => Array.isArray(value[list]));
    return holdsContainers ? [{ pointer, value }] : [];
  });
}

/** Containers, init containers and ephemeral containers. */
export function containersOf(manifest: Manifest): readonly Container[] {
  let found = containers.get(manifest);
  if (found === undefined) containers.set(manifest, (found = findContainers(manifest)));
  return found;
}

function findContainers(manifest: Manifest): Container[] {
  return podSpecsOf(manifest).flatMap((spec) =>
    CONTAINER_LISTS.flatMap((list) => {
      const items = spec.value[list];
      if (!Array.isArray(items)) return [];
      return (items as unknown[]).flatMap((value, index) =>
        isRecord(value)
          ? [
              {
                pointer: [...spec.pointer, list, String(index)],
                value,
                name: typeof value['name'] === 'string' ? value['name'] : null,
              },
            ]
          : [],
      );
    }),
  );
}

/** The value at `pointer`, or undefined. */
export function valueAt(root: unknown, pointer: Pointer): unknown {
  let value = root;
  for (const step of pointer) {
    if (Array.isArray(value)) value = (value as unknown[])[Number(step)];
    else if (isRecord(value) && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}
