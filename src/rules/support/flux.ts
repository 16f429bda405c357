import type { IndexedObject } from '../../engine/object-index.ts';
import { asText } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { valueAt } from '../../manifests/workload.ts';
import { isTemplated } from './argo-application.ts';
import { withName } from './by-name.ts';

export const KUSTOMIZE_GROUP = 'kustomize.toolkit.fluxcd.io';
export const HELM_GROUP = 'helm.toolkit.fluxcd.io';
export const SOURCE_GROUP = 'source.toolkit.fluxcd.io';

/** A reference to an object of the cluster, as it is written. */
export interface Reference {
  readonly kind: string;
  readonly name: string;
  /** Null when it is that of the object which refers. */
  readonly namespace: string | null;
}

/** The reference at `pointer`; null when it is incomplete, or something else fills it in. */
export function referenceAt(root: unknown, pointer: Pointer, defaultKind = ''): Reference | null {
  const value = valueAt(root, pointer);
  const [kind, name, namespace] = ['kind', 'name', 'namespace'].map((key) => asText(valueAt(value, [key])));
  if (name === null || name === undefined) return null;
  if ([kind, name, namespace].some((text) => text !== null && text !== undefined && isTemplated(text)))
    return null;
  return { kind: kind ?? defaultKind, name, namespace: namespace ?? null };
}

/** The objects of a list that may be the one that is meant; a namespace that is not written may be any. */
export function meant<Object extends Pick<IndexedObject, 'name' | 'namespace'>>(
  objects: readonly Object[],
  reference: Reference,
  from: Pick<IndexedObject, 'namespace'>,
): Object[] {
  const namespace = reference.namespace ?? from.namespace;
  return withName(objects, reference.name).filter((one) => mayShareNamespace(one.namespace, namespace));
}

export function mayShareNamespace(a: string | null, b: string | null): boolean {
  return a === null || b === null || a === b || isTemplated(a) || isTemplated(b);
}

/** Whether every object of the list has a name that stands in the repository. */
export function areNamed(objects: readonly IndexedObject[]): boolean {
  return objects.every(({ name, form }) => name !== null && form !== 'template' && !isTemplated(name));
}

/** The Kustomizations or HelmReleases of the repository. */
export function reconciled(
  objects: { of: (group: string, kind: string) => readonly IndexedObject[] },
  kind: 'Kustomization' | 'HelmRelease',
): readonly IndexedObject[] {
  return objects.of(kind === 'Kustomization' ? KUSTOMIZE_GROUP : HELM_GROUP, kind);
}
