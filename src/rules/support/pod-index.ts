import { posix } from 'node:path';
import type { RuleContext } from '../../engine/rule.ts';
import type { Files } from '../../graph/kustomize-tree.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { CONTAINER_LISTS, listAt, podSpecsOf, valueAt } from '../../manifests/workload.ts';
import { lostManifests } from './lost-objects.ts';
import { LabelIndex, type Labels } from './label-index.ts';
import { readLabels, type Selector } from './label-selector.ts';
import { mayMeet, type PlacedObject, type PlacedObjects } from './placed-objects.ts';

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
  readonly labels: Labels;
}

/** Every pod that the repository shows, by its labels. */
export class PodIndex {
  readonly all: readonly Pods[];
  readonly #byLabel: LabelIndex<Pods>;
  readonly #folders = new Set<string>();

  constructor(placed: PlacedObjects) {
    this.all = WORKLOAD_KINDS.flatMap((kind) => placed.ofKind(kind)).flatMap(podsOf);
    this.#byLabel = new LabelIndex(this.all);
    for (const { placed: workload } of this.all) {
      const { units, object } = workload;
      this.#folders.add(posix.dirname(object.path));
      for (const { folder } of units) this.#folders.add(folder);
    }
  }

  /** Pods that a selector may select from the namespace of an object. */
  select(selector: Selector, near: PlacedObject): Pods[] {
    return this.#byLabel.select(selector).filter(({ placed }) => mayMeet(placed, near));
  }

  /** Whether an object stands where pods stand, so that one without any is a mistake and not a habit. */
  standBeside({ object, units }: PlacedObject): boolean {
    return (
      this.#folders.has(posix.dirname(object.path)) || units.some(({ folder }) => this.#folders.has(folder))
    );
  }
}

/** The pods that one of some selectors may select, each from where it stands; null: a selector nobody can read. */
export function selectedBy(
  selections: readonly { readonly from: PlacedObject; readonly selector: Selector | null }[],
  pods: PodIndex,
): (one: Pods) => boolean {
  const selected = new Set(
    selections.flatMap(({ from, selector }) => (selector === null ? [] : pods.select(selector, from))),
  );
  const unreadable = selections.filter(({ selector }) => selector === null);
  return (one) => selected.has(one) || unreadable.some(({ from }) => mayMeet(from, one.placed));
}

const known = new WeakMap<Files, PodIndex>();

/** Made once for all rules that judge a revision. */
export function podIndexOf(placed: PlacedObjects, files: Files): PodIndex {
  let index = known.get(files);
  if (index === undefined) known.set(files, (index = new PodIndex(placed)));
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

function podsOf(placed: PlacedObject): Pods[] {
  const { manifest, form } = placed.object;
  if (form === 'partial') return [];
  return podSpecsOf(manifest).map(({ pointer }) => ({
    placed,
    manifest,
    spec: pointer,
    labels: form === 'template' ? null : labelsOf(placed, manifest, pointer),
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
