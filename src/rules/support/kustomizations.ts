import type { Snapshot } from '../../engine/change.ts';
import type { Kustomization } from '../../manifests/kustomization.ts';
import { kustomizationsOf } from './kustomize.ts';

const components = new WeakMap<Snapshot, readonly Kustomization[]>();

/** Those that are applied to what others deploy. */
export function componentsOf(snapshot: Snapshot): readonly Kustomization[] {
  const kept = components.get(snapshot) ?? kustomizationsOf(snapshot).filter(({ component }) => component);
  components.set(snapshot, kept);
  return kept;
}

const indexes = new WeakMap<Snapshot, ReadonlyMap<string, readonly Kustomization[]>>();

/** The kustomizations that name a file or folder themselves, whether as a resource or as a patch. */
export function kustomizationsNaming(path: string, snapshot: Snapshot): readonly Kustomization[] {
  let index = indexes.get(snapshot);
  if (index === undefined) {
    const byPath = new Map<string, Kustomization[]>();
    for (const kustomization of kustomizationsOf(snapshot)) {
      for (const reference of new Set(kustomization.references)) {
        const there = byPath.get(reference);
        if (there === undefined) byPath.set(reference, [kustomization]);
        else there.push(kustomization);
      }
    }
    index = byPath;
    indexes.set(snapshot, index);
  }
  return index.get(path) ?? [];
}
