import { posix } from 'node:path';
import type { RuleContext } from '../../engine/rule.ts';
import type { Files } from '../../graph/kustomize-tree.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { CONTAINER_LISTS, listAt, podSpecsOf, valueAt } from '../../manifests/workload.ts';
import { lostManifests } from './lost-objects.ts';
import { matches, readLabels, type Selector } from './label-selector.ts';
import { mayMeet, push, type PlacedObject, type PlacedObjects } from './placed-objects.ts';

/** Kinds that make pods. */
export const WORKLOAD_KINDS = [
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'Pod',
  'ReplicaSet',
  'ReplicationController',
  'Rollout',
  'StatefulSet',
] as const;

const LASTING_KINDS: ReadonlySet<string> = new Set([
  'DaemonSet',
  'Deployment',
  'ReplicaSet',
  'Rollout',
  'StatefulSet',
]);

/** Kinds that say what else a namespace holds, for rules that look for what is not there. */
export const SUPPLIER_KINDS = ['Application', 'HelmRelease', 'Kustomization'] as const;

/** The pods of one workload. */
export interface Pods {
  readonly placed: PlacedObject;
  readonly manifest: Manifest;
  readonly spec: Pointer;
  /** As a kustomization may add to them; null when they are filled in later. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>> | null;
}

/** Every pod that the repository shows, by its labels. */
export class PodIndex {
  readonly all: readonly Pods[];
  readonly #byLabel = new Map<string, Pods[]>();
  readonly #unknown: readonly Pods[];
  readonly #folders = new Set<string>();

  constructor(placed: PlacedObjects, files: Files) {
    this.all = WORKLOAD_KINDS.flatMap((kind) => placed.ofKind(kind)).flatMap((one) => podsOf(one, files));
    this.#unknown = this.all.filter(({ labels }) => labels === null);
    for (const pods of this.all) {
      const { units, object } = pods.placed;
      this.#folders.add(posix.dirname(object.path));
      for (const { folder } of units) this.#folders.add(folder);
      for (const [key, values] of pods.labels ?? []) {
        for (const value of values) push(this.#byLabel, `${key}=${value}`, pods);
      }
    }
  }

  /** Pods that a selector may select from the namespace of an object. */
  select(selector: Selector, near: PlacedObject): Pods[] {
    return [...this.#candidates(selector), ...this.#unknown].filter(
      ({ labels, placed }) => (labels === null || matches(selector, labels)) && mayMeet(placed, near),
    );
  }

  /** Whether an object stands where pods stand, so that one without any is a mistake and not a habit. */
  standBeside({ object, units }: PlacedObject): boolean {
    return (
      this.#folders.has(posix.dirname(object.path)) || units.some(({ folder }) => this.#folders.has(folder))
    );
  }

  /** Narrowed down by the first label that must have one of some values. */
  #candidates({ requirements }: Selector): readonly Pods[] {
    const first = requirements.find(
      ({ key, operator }) => operator === 'In' && !key.endsWith('-name') && !key.includes('pod-'),
    );
    if (first === undefined) return this.all.filter(({ labels }) => labels !== null);
    return [...new Set(first.values.flatMap((value) => this.#byLabel.get(`${first.key}=${value}`) ?? []))];
  }
}

const known = new WeakMap<Files, PodIndex>();

/** Made once for all rules that judge a revision. */
export function podIndexOf(placed: PlacedObjects, files: Files): PodIndex {
  let index = known.get(files);
  if (index === undefined) known.set(files, (index = new PodIndex(placed, files)));
  return index;
}

/** Whether the change took a workload out of the folder of an object. */
export function lostPods({ object, units }: PlacedObject, context: RuleContext): boolean {
  const folders = new Set([posix.dirname(object.path), ...units.map(({ folder }) => folder)]);
  return lostManifests(context).some(
    ({ path, kind }) =>
      LASTING_KINDS.has(kind) && !context.snapshot.paths.has(path) && folders.has(posix.dirname(path)),
  );
}

export function manifestOf({ object }: PlacedObject, files: Files): Manifest | null {
  return files.get(object.path)?.().manifests[object.position] ?? null;
}

function podsOf(placed: PlacedObject, files: Files): Pods[] {
  const manifest = manifestOf(placed, files);
  if (manifest === null || placed.object.form === 'partial') return [];
  return podSpecsOf(manifest).map(({ pointer }) => ({
    placed,
    manifest,
    spec: pointer,
    labels: placed.object.form === 'template' ? null : labelsOf(placed, manifest, pointer),
  }));
}

function labelsOf({ units }: PlacedObject, { value }: Manifest, spec: Pointer): Pods['labels'] {
  const labels = readLabels(valueAt(value, [...spec.slice(0, -1), 'metadata', 'labels']));
  for (const unit of units) {
    for (const [key, values] of unit.labels)
      labels?.set(key, new Set([...(labels.get(key) ?? []), ...values]));
  }
  return labels;
}

/** The names of the ports of all containers. */
export function portNames({ manifest, spec }: Pods): string[] {
  return CONTAINER_LISTS.flatMap((list) => listAt(manifest.value, [...spec, list])).flatMap((container) =>
    listAt(container, ['ports']).flatMap((port) => {
      const name = valueAt(port, ['name']);
      return typeof name === 'string' ? [name] : [];
    }),
  );
}
