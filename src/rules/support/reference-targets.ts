import { NearNames } from './near-names.ts';
import type { ReferenceTarget } from './object-references.ts';
import type { PlacedObject, PlacedObjects } from './placed-objects.ts';

/** The objects of one kind that references may mean, by their names. */
export class TargetNames {
  readonly #names: ReadonlySet<string | null>;
  readonly #objects: readonly PlacedObject[];
  #near: NearNames<PlacedObject> | null = null;

  constructor(objects: readonly PlacedObject[]) {
    this.#objects = objects;
    this.#names = new Set(objects.map(({ object }) => object.name));
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Whether one of them has no name that is known: it may be any. */
  get isOpen(): boolean {
    return this.#names.has(null);
  }

  /** Those whose names differ by one letter, or by two in the wrong order; some may be further away. */
  around(name: string): PlacedObject[] {
    this.#near ??= new NearNames(this.#objects, ({ object }) => object.name ?? '');
    return this.#near.around(name);
  }
}

const known = new WeakMap<PlacedObjects, Map<string, TargetNames>>();

/** Patches are left out: they are not what they change. */
export function targetNames({ group, kind }: ReferenceTarget, placed: PlacedObjects): TargetNames {
  const all = known.get(placed) ?? new Map<string, TargetNames>();
  known.set(placed, all);
  const key = `${group}/${kind}`;
  let names = all.get(key);
  if (names === undefined) {
    const objects = placed.ofKind(kind, (one) => one === group);
    names = new TargetNames(objects.filter(({ object }) => object.form !== 'partial'));
    all.set(key, names);
  }
  return names;
}
