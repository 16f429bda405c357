import { posix } from 'node:path';
import type { Snapshot } from '../engine/change.ts';
import { decodeText, isYamlName } from '../engine/judged-file.ts';
import type { Widening } from '../engine/rule.ts';
import { isRemoteReference, resolveReference } from '../manifests/kustomize-references.ts';
import { isRecord } from '../manifests/manifest.ts';
import { TextSearch } from '../manifests/word-index.ts';
import { mayMakeObjects } from './known-kinds.ts';
import { kustomizeTreeOf, type Closure, type Files, type KustomizationNode } from './kustomize-tree.ts';

/** Files that are deployed together: what a kustomization reaches that no other one deploys, else a folder. */
export interface DeploymentUnit {
  /** The folder of the kustomization, or the folder itself; `.` for the root of the repository. */
  readonly folder: string;
  /** Each file with the namespace that its kustomizations give it; null when none does. */
  readonly files: ReadonlyMap<string, string | null>;
  /** True when it holds objects, or makes some, that the repository does not show. */
  readonly open: boolean;
  readonly kustomizations: readonly KustomizationNode[];
  /** Labels that kustomizations add to pods, by key. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether a patch speaks of something, by a text that stands in it then. */
  readonly patches: (text: string) => boolean;
}

/** The units of a revision, by the files in them. */
export class DeploymentUnits {
  readonly all: readonly DeploymentUnit[];
  readonly #byPath = new Map<string, DeploymentUnit[]>();

  constructor(files: Files, snapshot: Snapshot) {
    const tree = kustomizeTreeOf(files, snapshot);
    const units = tree.roots().map((root) => unitOf(tree.closureOf(root), files, snapshot));
    for (const unit of units) this.#add(unit);
    const folders = folderUnits(files, snapshot, this.#byPath, new Set(tree.byFolder.keys()));
    for (const unit of folders) this.#add(unit);
    // A list that grew keeps room for sixteen more, and there is one for each file.
    for (const [path, list] of this.#byPath) this.#byPath.set(path, list.slice());
    this.all = [...units, ...folders];
  }

  /** The units that deploy a file; empty when nothing is known to. */
  of(path: string): readonly DeploymentUnit[] {
    return this.#byPath.get(path) ?? [];
  }

  #add(unit: DeploymentUnit): void {
    for (const path of unit.files.keys()) {
      const known = this.#byPath.get(path);
      if (known === undefined) this.#byPath.set(path, [unit]);
      else known.push(unit);
    }
  }
}

const known = new WeakMap<Files, DeploymentUnits>();

/** Made once for all rules that judge a revision. Needs `KUSTOMIZATION_GLOBS` as the rule's context. */
export function deploymentUnitsOf(files: Files, snapshot: Snapshot): DeploymentUnits {
  let units = known.get(files);
  if (units === undefined) known.set(files, (units = new DeploymentUnits(files, snapshot)));
  return units;
}

/** The objects that stand with a changed file, of whatever kind they are. */
export function unitWidening(path: string): Widening | null {
  if (!isYamlName(path)) return null;
  const parts = posix.dirname(path).split('/');
  const layer = parts.findIndex((part) =>
    /^(?:bases?|overlays?|components?|envs?|environments?)$/.test(part),
  );
  const under = (layer > 0 ? parts.slice(0, layer) : parts).join('/');
  return under === '.' || layer === 0 ? null : { under, containing: 'apiVersion' };
}

function unitOf(closure: Closure, files: Files, snapshot: Snapshot): DeploymentUnit {
  return {
    folder: closure.root.folder,
    files: closure.files,
    open: !closure.complete || [...closure.files.keys()].some((path) => isOpen(path, files)),
    kustomizations: closure.kustomizations,
    labels: labelsOf(closure.kustomizations),
    patches: patchSearch(closure.kustomizations, snapshot),
  };
}

/** Manifests beside each other that no kustomization names, where the folder has none. */
function folderUnits(
  files: Files,
  snapshot: Snapshot,
  placed: ReadonlyMap<string, unknown>,
  kustomized: ReadonlySet<string>,
): DeploymentUnit[] {
  const byFolder = new Map<string, string[]>();
  for (const path of files.keys()) {
    const folder = posix.dirname(path);
    if (placed.has(path) || kustomized.has(folder) || !isYamlName(path) || !snapshot.paths.has(path))
      continue;
    const known = byFolder.get(folder);
    if (known === undefined) byFolder.set(folder, [path]);
    else known.push(path);
  }
  return [...byFolder].map(([folder, paths]) => ({
    folder,
    files: new Map(paths.map((path) => [path, null])),
    open: paths.some((path) => isOpen(path, files)),
    kustomizations: [],
    labels: new Map(),
    patches: () => false,
  }));
}

/** A file that was not loaded holds nothing that could be compared, and perhaps something that makes objects. */
function isOpen(path: string, files: Files): boolean {
  const file = files.get(path)?.();
  return (
    file === undefined ||
    file.template ||
    file.manifests.some(({ group, kind }) => mayMakeObjects(group, kind))
  );
}

function labelsOf(nodes: readonly KustomizationNode[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (pairs: unknown): void => {
    if (!isRecord(pairs)) return;
    for (const [key, value] of Object.entries(pairs)) {
      const known = found.get(key) ?? new Set();
      known.add(String(value));
      found.set(key, known);
    }
  };
  for (const { value } of nodes) {
    add(value['commonLabels']);
    if (Array.isArray(value['labels'])) {
      for (const item of value['labels'] as unknown[]) if (isRecord(item)) add(item['pairs']);
    }
  }
  return found;
}

const PATCH_FIELDS: ReadonlySet<string> = new Set([
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'replacements',
]);

/** Searched only when somebody asks. */
function patchSearch(nodes: readonly KustomizationNode[], snapshot: Snapshot): (text: string) => boolean {
  const search = new TextSearch(() => nodes.flatMap((node) => patchTexts(node, snapshot)));
  return (text) => search.has(text);
}

function patchTexts({ folder, value, references }: KustomizationNode, { files }: Snapshot): string[] {
  const inline = [...PATCH_FIELDS].flatMap((field) =>
    value[field] === undefined ? [] : [JSON.stringify(value[field])],
  );
  const named = references.flatMap(({ field, text }) => {
    if (!PATCH_FIELDS.has(field) || isRemoteReference(text)) return [];
    const content = files.get(resolveReference(folder, text))?.content ?? null;
    return content === null ? [] : [decodeText(content) ?? ''];
  });
  return [...inline, ...named];
}
