import { asList, isRecord, type Manifest } from './manifest.ts';
import type { Pointer } from './position.ts';

export const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

const TEMPLATE: Pointer = ['spec', 'template', 'spec'];
const JOB_TEMPLATE: Pointer = ['spec', 'jobTemplate', 'spec', 'template', 'spec'];

const ANALYSIS_JOB: Pointer = ['spec', 'metrics', '*', 'provider', 'job', ...TEMPLATE];

/** Kinds of Kubernetes, and those of other groups that take over their name with their form. */
const BY_KIND: Readonly<Record<string, Pointer>> = {
  Pod: ['spec'],
  PodTemplate: ['template', 'spec'],
  ReplicationController: TEMPLATE,
  ReplicaSet: TEMPLATE,
  Deployment: TEMPLATE,
  StatefulSet: TEMPLATE,
  DaemonSet: TEMPLATE,
  Job: TEMPLATE,
  Rollout: TEMPLATE,
  CronJob: JOB_TEMPLATE,
};

/** Custom workloads with their templates in places of their own; `*` is any item of a list or value of a map. */
const BY_GROUP_AND_KIND: Readonly<Record<string, readonly Pointer[]>> = {
  'apps.kruise.io/AdvancedCronJob': [
    ['spec', 'template', 'jobTemplate', 'spec', 'template', 'spec'],
    ['spec', 'template', 'broadcastJobTemplate', 'spec', 'template', 'spec'],
  ],
  'apps.kruise.io/UnitedDeployment': [
    ['spec', 'template', 'statefulSetTemplate', ...TEMPLATE],
    ['spec', 'template', 'advancedStatefulSetTemplate', ...TEMPLATE],
    ['spec', 'template', 'cloneSetTemplate', ...TEMPLATE],
    ['spec', 'template', 'deploymentTemplate', ...TEMPLATE],
  ],
  'argoproj.io/AnalysisRun': [ANALYSIS_JOB],
  'argoproj.io/AnalysisTemplate': [ANALYSIS_JOB],
  'argoproj.io/ClusterAnalysisTemplate': [ANALYSIS_JOB],
  'argoproj.io/Experiment': [['spec', 'templates', '*', 'template', 'spec']],
  'batch.volcano.sh/Job': [['spec', 'tasks', '*', 'template', 'spec']],
  'jobset.x-k8s.io/JobSet': [['spec', 'replicatedJobs', '*', 'template', 'spec', 'template', 'spec']],
  'kubeflow.org/MPIJob': [['spec', 'mpiReplicaSpecs', '*', 'template', 'spec']],
  'kubeflow.org/PyTorchJob': [['spec', 'pytorchReplicaSpecs', '*', 'template', 'spec']],
  'kubeflow.org/TFJob': [['spec', 'tfReplicaSpecs', '*', 'template', 'spec']],
  'kubeflow.org/XGBoostJob': [['spec', 'xgbReplicaSpecs', '*', 'template', 'spec']],
  'leaderworkerset.x-k8s.io/LeaderWorkerSet': [
    ['spec', 'leaderWorkerTemplate', 'leaderTemplate', 'spec'],
    ['spec', 'leaderWorkerTemplate', 'workerTemplate', 'spec'],
  ],
  'ray.io/RayCluster': rayGroups(['spec']),
  'ray.io/RayJob': [...rayGroups(['spec', 'rayClusterSpec']), ['spec', 'submitterPodTemplate', 'spec']],
  'ray.io/RayService': [...rayGroups(['spec', 'rayClusterConfig']), ...rayGroups(['spec', 'rayClusterSpec'])],
  'serving.knative.dev/Revision': [['spec']],
};

/** Other custom workloads embed the same template; they are known by the containers in it. */
const USUAL_PLACES: readonly Pointer[] = [
  TEMPLATE,
  JOB_TEMPLATE,
  ['spec', 'jobTargetRef', 'template', 'spec'],
  ['spec', 'workloadTemplate', 'spec', 'template', 'spec'],
];

function rayGroups(cluster: Pointer): Pointer[] {
  return [
    [...cluster, 'headGroupSpec', 'template', 'spec'],
    [...cluster, 'workerGroupSpecs', '*', 'template', 'spec'],
  ];
}

/** Where an object embeds pod specs, as far as its kind or the containers in them tell. */
export function podPlacesOf(manifest: Manifest): readonly Pointer[] {
  const { group, kind } = manifest;
  const own = ownEntry(BY_GROUP_AND_KIND, `${group}/${kind}`);
  if (own !== undefined) return own.flatMap((pattern) => placesOf(manifest.value, pattern));
  const usual = ownEntry(BY_KIND, kind);
  if (usual !== undefined) return [usual];
  return USUAL_PLACES.filter((pointer) => {
    const spec = valueAt(manifest.value, pointer);
    return isRecord(spec) && CONTAINER_LISTS.some((list) => Array.isArray(spec[list]));
  });
}

function ownEntry<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Every place that a pattern with `*` leads to. */
export function placesOf(root: unknown, pattern: Pointer): Pointer[] {
  const star = pattern.indexOf('*');
  if (star < 0) return [pattern];
  const before = pattern.slice(0, star);
  const holder = valueAt(root, before);
  if (typeof holder !== 'object' || holder === null) return [];
  return Object.entries(holder).flatMap(([key, value]) =>
    placesOf(value, pattern.slice(star + 1)).map((rest) => [...before, key, ...rest]),
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

/** The list at `pointer`; empty when there is none. */
export function listAt(root: unknown, pointer: Pointer): readonly unknown[] {
  return asList(valueAt(root, pointer));
}
