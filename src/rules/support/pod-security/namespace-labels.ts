import type { IndexedObject, ObjectIndex } from '../../../engine/object-index.ts';
import { asText, isRecord } from '../../../manifests/manifest.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { valueAt } from '../../../manifests/workload.ts';
import { LEVELS, type PodSecurityLevel } from './control.ts';

/** What the cluster does about a violation: `enforce` refuses the pod, the others only tell. */
export const MODES = ['enforce', 'warn', 'audit'] as const;
export type Mode = (typeof MODES)[number];

/** What the labels of a namespace ask of the pods in it. */
export interface NamespaceDemand {
  readonly mode: Mode;
  readonly level: PodSecurityLevel;
  /** Minor of Kubernetes whose version of the standard counts; null: that of the cluster. */
  readonly minor: number | null;
}

/** A namespace as an object of the repository declares it. */
export interface Declaration {
  readonly name: string;
  readonly object: IndexedObject;
  /** Where its labels stand in the object. */
  readonly labels: Pointer;
  readonly demands: readonly NamespaceDemand[];
}

export const POD_SECURITY_LABEL = 'pod-security.kubernetes.io/';
/** As the API server reads it; anything else means the latest. */
const VERSION = /^v1\.(\d{1,4})$/;

/** Kinds whose objects declare namespaces: `Application` does with `managedNamespaceMetadata`. */
export const DECLARING_KINDS = ['Namespace', 'Application'] as const;

const known = new WeakMap<ObjectIndex, ReadonlyMap<string, readonly Declaration[]>>();

/**
 * What the labels of a namespace ask, one demand a mode at most; null when the repository shows no such labels. Of
 * several declarations those that stand nearest to the file count, and of these the least strict: only that is certain.
 */
export function demandsOfNamespace(
  namespace: string,
  path: string,
  objects: ObjectIndex,
): readonly NamespaceDemand[] | null {
  const counting = countingDeclarations(namespace, path, objects);
  const demands = MODES.flatMap((mode) => leastStrict(counting, mode));
  return demands.length === 0 ? null : demands;
}

/** The declarations of a namespace that stand nearest to a file. */
export function countingDeclarations(
  namespace: string,
  path: string,
  objects: ObjectIndex,
): readonly Declaration[] {
  const declared = declarationsOf(objects).get(namespace) ?? [];
  const nearest = Math.max(...declared.map(({ object }) => sharedFolders(object.path, path)));
  return declared.filter(({ object }) => sharedFolders(object.path, path) === nearest);
}

/** The namespaces that objects of a revision declare, by name. Needs `DECLARING_KINDS` as a rule's kinds. */
export function declarationsOf(objects: ObjectIndex): ReadonlyMap<string, readonly Declaration[]> {
  let byName = known.get(objects);
  if (byName === undefined) {
    byName = Map.groupBy(
      [
        ...objects.of('', 'Namespace').flatMap((object) => fromNamespace(object)),
        ...objects.of('argoproj.io', 'Application').flatMap((object) => fromApplication(object)),
      ],
      ({ name }) => name,
    );
    known.set(objects, byName);
  }
  return byName;
}

function fromNamespace(object: IndexedObject): Declaration[] {
  if (object.form !== 'whole' || object.name === null) return [];
  return [declaration(object.name, object, ['metadata', 'labels'])];
}

function fromApplication(object: IndexedObject): Declaration[] {
  const name = asText(valueAt(object.value, ['spec', 'destination', 'namespace']));
  const labels = ['spec', 'syncPolicy', 'managedNamespaceMetadata', 'labels'];
  return object.form !== 'whole' || name === null || !isRecord(valueAt(object.value, labels))
    ? []
    : [declaration(name, object, labels)];
}

function declaration(name: string, object: IndexedObject, labels: Pointer): Declaration {
  return { name, object, labels, demands: demandsIn(valueAt(object.value, labels)) };
}

function demandsIn(labels: unknown): NamespaceDemand[] {
  if (!isRecord(labels)) return [];
  return MODES.flatMap((mode) => {
    const level = LEVELS.find((one) => one === labels[`${POD_SECURITY_LABEL}${mode}`]);
    if (level === undefined) return [];
    const version = VERSION.exec(asText(labels[`${POD_SECURITY_LABEL}${mode}-version`]) ?? '');
    return [{ mode, level, minor: version === null ? null : Number(version[1]) }];
  });
}

function leastStrict(declared: readonly Declaration[], mode: Mode): NamespaceDemand[] {
  const each = declared.map(({ demands }) => demands.find((demand) => demand.mode === mode));
  if (each.some((demand) => demand === undefined)) return [];
  const sorted = each
    .filter((demand) => demand !== undefined)
    .sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  return sorted.slice(0, 1);
}

/** How many folders, from the root on, two paths have in common. */
function sharedFolders(a: string, b: string): number {
  const [left, right] = [a, b].map((path) => path.split('/').slice(0, -1));
  const apart = left?.findIndex((folder, depth) => folder !== right?.[depth]) ?? 0;
  return apart < 0 ? (left?.length ?? 0) : apart;
}
