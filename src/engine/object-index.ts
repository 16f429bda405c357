import type { Manifest } from '../manifests/manifest.ts';
import type { Snapshot } from './change.ts';
import { formOf, type ObjectForm } from './object-form.ts';
import type { JudgedFile } from './rule.ts';
import type { Steps } from './steps.ts';

/** An object of the judged revision, as rules that compare objects with each other see it. */
export interface IndexedObject {
  readonly path: string;
  /** Which of the file's manifests it is, from 0; see `Problem.manifest`. */
  readonly position: number;
  readonly apiVersion: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string | null;
  /** As written; null when a kustomization, Argo CD or Flux may still set one. */
  readonly namespace: string | null;
  readonly value: Readonly<Record<string, unknown>>;
  readonly manifest: Manifest;
  readonly form: ObjectForm;
}

/**
 * The objects of the kinds that rules asked for with `CodeRule.kinds`, in all files of the revision that were loaded.
 * Files that the policy calls never deployed are left out.
 */
export class ObjectIndex {
  readonly all: readonly IndexedObject[];
  readonly #byKind = new Map<string, IndexedObject[]>();

  constructor(objects: readonly IndexedObject[]) {
    this.all = objects;
    for (const object of objects) {
      const key = `${object.group}/${object.kind}`;
      const known = this.#byKind.get(key);
      if (known === undefined) this.#byKind.set(key, [object]);
      else known.push(object);
    }
  }

  /** Objects of a kind in any version of its group; the core group is the empty text. */
  of(group: string, kind: string): readonly IndexedObject[] {
    return this.#byKind.get(`${group}/${kind}`) ?? [];
  }
}

/** @param files each opened once, when it is its turn, which takes a step */
export function* indexObjects(
  files: Iterable<() => JudgedFile>,
  kinds: ReadonlySet<string>,
  snapshot: Snapshot,
  isDeployed: (path: string) => boolean,
): Steps<ObjectIndex> {
  const objects: IndexedObject[] = [];
  if (kinds.size > 0) {
    for (const open of files) {
      yield;
      const file = open();
      if (!isDeployed(file.path)) continue;
      file.manifests.forEach((manifest, position) => {
        if (kinds.has(manifest.kind)) objects.push(indexed(manifest, position, file, snapshot));
      });
    }
  }
  // Whoever is named first must not depend on the order in which files were loaded.
  objects.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.position - b.position));
  return new ObjectIndex(objects);
}

function indexed(manifest: Manifest, position: number, file: JudgedFile, snapshot: Snapshot): IndexedObject {
  return {
    path: manifest.path,
    position,
    apiVersion: manifest.apiVersion,
    group: manifest.group,
    kind: manifest.kind,
    name: manifest.name,
    namespace: manifest.namespace,
    value: manifest.value,
    manifest,
    form: formOf(manifest, { file, snapshot }),
  };
}
