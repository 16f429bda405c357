import type { Snapshot } from '../../engine/change.ts';
import { kustomizationsOf, patchTextsOf, type KustomizationFile } from '../../engine/kustomizations.ts';
import type { IndexedObject } from '../../engine/object-index.ts';
import { asText } from '../../manifests/manifest.ts';
import { isClusterScoped } from './scopes.ts';

/** An object that is deployed a second time under the same name. */
export interface Twin {
  readonly first: IndexedObject;
  readonly second: IndexedObject;
  /** The kustomization, folder or file that deploys both. */
  readonly deployedBy: string;
}

/** An object with the name and namespace that kustomizations on the way gave it. */
interface Placed {
  readonly object: IndexedObject;
  readonly name: string;
  readonly namespace: string | null;
}

/** kustomize leaves the names of these alone. */
const FIXED_NAME = new Set(['Namespace', 'CustomResourceDefinition']);
/** A patch with one of these may remove an object or give it another name. */
const REMOVES_OR_RENAMES = /\$patch|\/metadata\/name/;
/** More objects than this in one kustomization are not compared. */
const MAX_OBJECTS = 20_000;

/** Objects that one kustomization deploys twice: kustomize refuses to build it. */
export function twinsInKustomizations(objects: readonly IndexedObject[], snapshot: Snapshot): Twin[] {
  const { all, byFolder } = kustomizationsOf(snapshot);
  const byPath = Map.groupBy(objects, ({ path }) => path);
  const built = new Map<KustomizationFile, readonly Placed[]>();
  const twins: Twin[] = [];

  const build = (one: KustomizationFile): readonly Placed[] => {
    const known = built.get(one);
    if (known !== undefined) return known;
    // Whatever refers back to it finds nothing, so a circle ends.
    built.set(one, []);
    const patches = new Set(one.patches);
    const deployed = one.references.filter((reference) => !patches.has(reference));
    const placed = [...new Set(deployed)].flatMap((reference) => {
      const child = byFolder.get(reference);
      return child === undefined ? (byPath.get(reference) ?? []).flatMap(placedAsWritten) : build(child);
    });
    const kept = placed.length > MAX_OBJECTS ? [] : placed;
    twins.push(...twinsAmong(kept, one.path));
    const result = changesNames(one, snapshot) ? [] : kept.map((object) => transformed(object, one));
    built.set(one, result);
    return result;
  };
  for (const one of all) build(one);
  return twins;
}

export function placedAsWritten(object: IndexedObject): Placed[] {
  const { name, namespace, form } = object;
  return name === null || form === 'template' ? [] : [{ object, name, namespace }];
}

export function twinsAmong(placed: readonly Placed[], deployedBy: string): Twin[] {
  const seen = new Map<string, IndexedObject>();
  return placed.flatMap(({ object, name, namespace }) => {
    const place = isClusterScoped(object.kind) ? null : namespace;
    const id = JSON.stringify([object.group, object.kind, place, name]);
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, object);
      return [];
    }
    const same = first.path === object.path && first.position === object.position;
    return same ? [] : [{ first, second: object, deployedBy }];
  });
}

function transformed({ object, name, namespace }: Placed, { value }: KustomizationFile): Placed {
  const [prefix, suffix] = [asText(value['namePrefix']) ?? '', asText(value['nameSuffix']) ?? ''];
  return {
    object,
    name: FIXED_NAME.has(object.kind) ? name : `${prefix}${name}${suffix}`,
    namespace: asText(value['namespace']) ?? namespace,
  };
}

/** Whether what comes out of a kustomization may be called otherwise, or be gone; also when that cannot be told. */
function changesNames(one: KustomizationFile, snapshot: Snapshot): boolean {
  const { value } = one;
  if (['replacements', 'transformers', 'vars'].some((key) => value[key] !== undefined)) return true;
  const inline = ['patches', 'patchesJson6902', 'patchesStrategicMerge'].map((key) => value[key]);
  if (REMOVES_OR_RENAMES.test(JSON.stringify(inline))) return true;
  return patchTextsOf(one, snapshot).some((text) => text === null || REMOVES_OR_RENAMES.test(text));
}
