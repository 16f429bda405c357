import type { IndexedObject } from '../../engine/object-index.ts';

type Named = Pick<IndexedObject, 'name'>;

const known = new WeakMap<readonly Named[], ReadonlyMap<string | null, readonly Named[]>>();

/** The objects of a list that have a name. Lists that live as long as their revision are gone through once. */
export function withName<Object extends Named>(objects: readonly Object[], name: string): readonly Object[] {
  let byName = known.get(objects) as ReadonlyMap<string | null, readonly Object[]> | undefined;
  if (byName === undefined) {
    byName = Map.groupBy(objects, (object) => object.name);
    known.set(objects, byName);
  }
  return byName.get(name) ?? [];
}
