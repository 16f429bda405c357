import { nearestName } from '../../engine/document-schema.ts';
import type { Snapshot } from '../../engine/change.ts';
import { patchTextsOf, kustomizationsOf } from '../../engine/kustomizations.ts';
import type { Problem } from '../../engine/rule.ts';
import { kustomizeTreeOf, type Files, type KustomizationNode } from '../../graph/kustomize-tree.ts';
import { readOperation, stepsPresent, type Operation } from '../../manifests/json-patch.ts';
import { isRecord, Manifest } from '../../manifests/manifest.ts';
import { holdsExpression } from '../../manifests/placeholder.ts';
import { formatPointer, type Pointer } from '../../manifests/position.ts';
import { containersOf, valueAt } from '../../manifests/workload.ts';
import type { Patch } from './patches.ts';
import { patchObjectsOf, targetPartsOf, type Known, type Patchable } from './patch-objects.ts';

const MISSING =
  'The patch has the operation `{op}` for `{place}` of {object}, which has no `{missing}`: kustomize stops there, so nothing of ' +
  'the kustomization is deployed any more.';
const NO_CONTAINER =
  'The patch changes a container `{container}`, and {object} has none of this name: one without an image is added in its place, and the ' +
  'server refuses the object.';
const NAME_CONTAINER = 'Write the name of the container that is meant, or give the new one an image.';
const ADD_FIRST = 'Correct the path, or add `{missing}` with an operation before this one.';
const TAKE_OUT = 'Correct the path, or take the operation out.';
/** Objects that one operation is compared with; the first that lacks something is named. */
const MAX_OBJECTS = 200;
/** The number of an item, or the end of a list. */
const INDEX = /^(?:-|-?\d+)$/;
/** kustomize makes these where they are missing. */
const MADE: readonly string[] = ['/metadata/annotations', '/metadata/labels'];
/** Fields of a kustomization that may make parts of an object. */
const MAKING = [
  'commonAnnotations',
  'commonLabels',
  'images',
  'labels',
  'namespace',
  'patches',
  'patchesJson6902',
  'patchesStrategicMerge',
  'replacements',
  'replicas',
];

/** Finds operations of JSON patches for places that their objects do not have. */
export class MissingPlaces {
  readonly #files: Files;
  readonly #snapshot: Snapshot;
  readonly #patchable = new Map<KustomizationNode, Patchable | null>();

  constructor(files: Files, snapshot: Snapshot) {
    this.#files = files;
    this.#snapshot = snapshot;
  }

  problemsOf(node: KustomizationNode, patch: Patch): Problem[] {
    const value = patch.yaml.documents[0]?.value;
    if (!Array.isArray(value) || node.value['kind'] === 'Component') return [];
    const read = (value as unknown[]).map(readOperation);
    const operations = read.flatMap((one) => ('reason' in one ? [] : [one]));
    if (operations.length < read.length) return [];
    const objects = this.#objectsFor(node, patch.target);
    return operations.flatMap((operation, index) => {
      const before = operations.slice(0, index);
      const earlier = before.flatMap(({ path, from }) => [path, ...(from === null ? [] : [from])]);
      return this.#problemOf(operation, index, earlier, { node, patch, objects }) ?? [];
    });
  }

  /** Containers that a part of an object would add, because the object has none of their name: without an image. */
  containerProblems(node: KustomizationNode, patch: Patch): Problem[] {
    const [document] = patch.yaml.documents;
    if (document === undefined || !isRecord(document.value) || node.value['kind'] === 'Component') return [];
    const part = new Manifest('', document, [], document.value);
    const named = containersOf(part).filter(({ name, value }) => name !== null && addsNothing(value));
    if (named.length === 0) return [];
    const own = { kind: part.kind, name: part.name ?? '' };
    const objects = this.#objectsFor(node, patch.target ?? own).flatMap(({ source }) => {
      const file = source === null ? undefined : this.#files.get(source.path)?.();
      return (source === null ? undefined : file?.manifests[source.position]) ?? [];
    });
    return named.flatMap(({ name, list, pointer }): Problem[] => {
      const container = name ?? '';
      const lacking = objects.find(
        (object) => !containersOf(object).some((one) => one.list === list && one.name === container),
      );
      if (lacking === undefined || holdsExpression(container)) return [];
      if (this.#isMentionedElsewhere(container, node, patch.text)) return [];
      const near = nearestName(
        container,
        containersOf(lacking).flatMap(({ name: one }) => one ?? []),
      );
      const values = { container, object: `${lacking.kind} ${lacking.name ?? ''}`, near: near ?? '' };
      return [
        {
          ...patch.at([...pointer, 'name']),
          judged: [container, lacking.kind, lacking.name],
          message: NO_CONTAINER,
          remediation: near === null ? NAME_CONTAINER : 'Did you mean `{near}`?',
          values,
        },
      ];
    });
  }

  #problemOf(
    operation: Operation,
    index: number,
    earlier: readonly Pointer[],
    { node, patch, objects }: { node: KustomizationNode; patch: Patch; objects: readonly Known[] },
  ): Problem | null {
    for (const needed of neededBy(operation)) {
      for (const { kind, name, source } of objects) {
        const root = source && this.#files.get(source.path)?.().manifests[source.position]?.value;
        const present = stepsPresent(root ?? null, needed);
        if (present === null || present >= needed.length) continue;
        const missing = needed.slice(0, present + 1);
        const mayBeMade = (): boolean =>
          earlier.some((place) => makes(place, missing)) || this.#mayMake(missing, node, patch);
        if (!isNoIndex(root, missing) && mayBeMade()) continue;
        return {
          ...patch.at([String(index), needed === operation.from ? 'from' : 'path']),
          judged: [operation.op, needed, kind, name],
          message: MISSING,
          remediation: operation.op === 'add' || operation.op === 'replace' ? ADD_FIRST : TAKE_OUT,
          values: {
            op: operation.op,
            place: formatPointer(needed === operation.from ? needed : operation.path),
            object: `${kind} ${name}`,
            missing: formatPointer(missing),
          },
        };
      }
    }
    return null;
  }

  /** Objects that the target certainly means; none where a part of the kustomization cannot be seen. */
  #objectsFor(node: KustomizationNode, target: unknown): readonly Known[] {
    if (
      !isRecord(target) ||
      ['labelSelector', 'annotationSelector', 'namespace'].some((key) => key in target)
    )
      return [];
    const parts = targetPartsOf(target);
    if (parts.length === 0 || parts.some(({ pattern }) => holdsExpression(pattern))) return [];
    let patchable = this.#patchable.get(node);
    if (patchable === undefined) {
      patchable = patchObjectsOf(this.#files, this.#snapshot).of(node);
      this.#patchable.set(node, patchable);
    }
    try {
      return patchable === null ? [] : [...patchable.meeting(parts)].slice(0, MAX_OBJECTS);
    } catch {
      return [];
    }
  }

  /** Whether another patch, or something else that kustomize does before, may make a place that a file does not have. */
  #mayMake(missing: Pointer, node: KustomizationNode, { text: own }: Patch): boolean {
    const last = missing.at(-1) ?? '';
    // Of an item of a list: whoever speaks of the list may lengthen it.
    const word = (INDEX.test(last) ? missing.at(-2) : last) ?? '';
    if (MADE.some((place) => `${formatPointer(missing)}/`.startsWith(`${place}/`))) return true;
    return this.#isMentionedElsewhere(word, node, own);
  }

  /** Whether anything that changes the objects has a word that does not stand in the patch itself. */
  #isMentionedElsewhere(word: string, node: KustomizationNode, own: string): boolean {
    const { kustomizations } = kustomizeTreeOf(this.#files, this.#snapshot).closureOf(node);
    const texts = kustomizations.flatMap(({ folder, value }) => {
      const file = kustomizationsOf(this.#snapshot).byFolder.get(folder);
      const written = MAKING.filter((field) => value[field] !== undefined).map((field) => [
        field,
        value[field],
      ]);
      return [JSON.stringify(written), ...(file === undefined ? [] : patchTextsOf(file, this.#snapshot))];
    });
    const all = texts.reduce((sum, text) => sum + (text === null ? 1 : timesIn(text, word)), 0);
    return all > timesIn(own, word);
  }
}

/** A list has no names, whatever else is done to it. */
function isNoIndex(root: unknown, missing: Pointer): boolean {
  return Array.isArray(valueAt(root, missing.slice(0, -1))) && !INDEX.test(missing.at(-1) ?? '');
}

/** A container that has no image of its own, and is not taken away. */
function addsNothing(container: Readonly<Record<string, unknown>>): boolean {
  return container['image'] === undefined && container['$patch'] === undefined;
}

function timesIn(text: string, word: string): number {
  return text
    .replaceAll('\\n', ' ')
    .split(/[^\w.-]+/)
    .filter((one) => one === word).length;
}

/** The places that must be there for an operation. */
function neededBy({ op, path, from }: Operation): Pointer[] {
  const parent = path.slice(0, -1);
  switch (op) {
    case 'add':
    case 'replace':
      return [parent];
    case 'remove':
    case 'test':
      return [path];
    case 'move':
    case 'copy':
      return [...(from === null ? [] : [from]), parent];
  }
}

/** Whether an operation at a place may make what is missing, or give the items on the way to it other numbers. */
function makes(place: Pointer, missing: Pointer): boolean {
  return (
    place.length <= missing.length &&
    place.every(
      (step, index) =>
        step === missing[index] ||
        (index === place.length - 1 && INDEX.test(step) && INDEX.test(missing[index] ?? '')),
    )
  );
}
