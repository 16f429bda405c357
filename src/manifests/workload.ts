import { composedPodsOf } from './composed-pods.ts';
import { isRecord, type Manifest } from './manifest.ts';
import { CONTAINER_LISTS, podPlacesOf, valueAt } from './pod-places.ts';
import type { Pointer } from './position.ts';

export { CONTAINER_LISTS, listAt, valueAt } from './pod-places.ts';

/** What a workload says about the pods that it makes, beside their spec. */
export interface PodMetadata {
  /** Where it stands, or would stand. */
  readonly pointer: Pointer;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly annotations: Readonly<Record<string, unknown>>;
}

/** A pod template's `spec`, or what a workflow engine makes one of. */
export interface PodSpec {
  /** Where it stands; of one that is put together from several places, where most of it stands. */
  readonly pointer: Pointer;
  readonly value: Readonly<Record<string, unknown>>;
  readonly metadata: PodMetadata;
  /** Init containers first, then the pod's own, then ephemeral ones. */
  readonly containers: readonly Container[];
  /** False where other objects add to it: what is missing here need not be missing in the pod. */
  readonly complete: boolean;
  /** The way from the root of the manifest to a place in `value`. */
  pointerTo(inner: Pointer): Pointer;
}

export type ContainerList = (typeof CONTAINER_LISTS)[number];

export interface Container {
  readonly pointer: Pointer;
  readonly value: Readonly<Record<string, unknown>>;
  /** Null in a patch that names none. */
  readonly name: string | null;
  readonly list: ContainerList;
  readonly podSpec: PodSpec;
}

const known = new WeakMap<Manifest, readonly PodSpec[]>();

/** The pod specs of any workload kind, of custom ones too where they embed a pod template. */
export function podSpecsOf(manifest: Manifest): readonly PodSpec[] {
  let specs = known.get(manifest);
  if (specs === undefined) {
    specs = [...embeddedPods(manifest), ...composedPods(manifest)];
    known.set(manifest, specs);
  }
  return specs;
}

/** Init containers, containers and ephemeral containers of all its pod specs. */
export function containersOf(manifest: Manifest): readonly Container[] {
  const specs = podSpecsOf(manifest);
  return specs.length === 1 ? (specs[0]?.containers ?? []) : specs.flatMap(({ containers }) => containers);
}

function embeddedPods(manifest: Manifest): PodSpec[] {
  return podPlacesOf(manifest).flatMap((pointer) => {
    const value = valueAt(manifest.value, pointer);
    if (!isRecord(value)) return [];
    const metadata = [...pointer.slice(0, -1), 'metadata'];
    return [
      podSpec({
        pointer,
        value,
        metadata: metadataOf(metadata, [valueAt(manifest.value, metadata)]),
        complete: true,
        // Exact in size, as is not what a spread makes: two are kept for each container.
        pointerTo: (inner) => pointer.concat(inner),
      }),
    ];
  });
}

function composedPods(manifest: Manifest): PodSpec[] {
  return composedPodsOf(manifest).map(({ metadata, ...pod }) =>
    podSpec({ ...pod, metadata: metadataOf(metadata.pointer, metadata.values) }),
  );
}

/** @param values the later ones win */
function metadataOf(pointer: Pointer, values: readonly unknown[]): PodMetadata {
  const merged = (key: string): Record<string, unknown> =>
    Object.assign(
      {},
      ...values.map((value) => (isRecord(value) && isRecord(value[key]) ? value[key] : {})),
    ) as Record<string, unknown>;
  return { pointer, labels: merged('labels'), annotations: merged('annotations') };
}

function podSpec(parts: Omit<PodSpec, 'containers'>): PodSpec {
  const containers: Container[] = [];
  const spec: PodSpec = { ...parts, containers };
  for (const list of CONTAINER_LISTS) {
    const items = spec.value[list];
    if (!Array.isArray(items)) continue;
    (items as unknown[]).forEach((value, index) => {
      if (!isRecord(value)) return;
      containers.push({
        pointer: spec.pointerTo([list, String(index)]),
        value,
        name: typeof value['name'] === 'string' ? value['name'] : null,
        list,
        podSpec: spec,
      });
    });
  }
  return spec;
}
