import { posix } from 'node:path';
import type { Snapshot } from '../engine/change.ts';
import { noteCut } from '../engine/cuts.ts';
import { kustomizationsOf, type KustomizationFile } from '../engine/kustomizations.ts';
import type { JudgedFile } from '../engine/rule.ts';
import { hasActions } from '../engine/template.ts';
import {
  isRemoteReference,
  kustomizeReferences,
  resolveReference,
  type KustomizeReference,
} from '../manifests/kustomize-references.ts';
import { isRecord } from '../manifests/manifest.ts';

export type Files = ReadonlyMap<string, () => JudgedFile>;

/** A kustomization that was loaded and is no template. */
export interface KustomizationNode {
  readonly path: string;
  /** `.` for the root of the repository. */
  readonly folder: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly references: readonly KustomizeReference[];
}

/** What a kustomization deploys, through all that it names. */
export interface Closure {
  readonly root: KustomizationNode;
  readonly kustomizations: readonly KustomizationNode[];
  /** Files of resources, each with the namespace that a kustomization gives it; null when none does. */
  readonly files: ReadonlyMap<string, string | null>;
  /** False when something remote, generated, rendered or missing adds objects that nobody can see here. */
  readonly complete: boolean;
}

/** Fields by which a kustomization makes or changes objects with programs of its own. */
const PROGRAMS = [
  'generators',
  'transformers',
  'helmCharts',
  'helmChartInflationGenerator',
  'configurations',
  'vars',
];
const DEPLOYED: ReadonlySet<string> = new Set(['resources', 'bases', 'components']);

/** Overlays over one base repeat what is in it. */
const MAX_REACHED = 1_000_000;

/** The kustomizations of a revision and what they name. */
export class KustomizeTree {
  readonly byFolder = new Map<string, KustomizationNode>();
  readonly #closures = new Map<string, Closure>();
  readonly #snapshot: Snapshot;
  #left: number;

  /** @param maxReached files that all closures together may hold */
  constructor(files: Files, snapshot: Snapshot, maxReached = MAX_REACHED) {
    this.#snapshot = snapshot;
    this.#left = maxReached;
    for (const one of kustomizationsOf(snapshot).all) {
      const { path, folder } = one;
      const value = valueOf(one, files);
      if (value !== null)
        this.byFolder.set(folder, { path, folder, value, references: kustomizeReferences(value) });
    }
  }

  /** Kustomizations that no other one deploys, sorted by path; those of a cycle are all left out. */
  roots(): KustomizationNode[] {
    const deployed = new Set(
      [...this.byFolder.values()].flatMap((node) => this.children(node).map(({ folder }) => folder)),
    );
    return [...this.byFolder.values()]
      .filter(({ folder, value }) => !deployed.has(folder) && value['kind'] !== 'Component')
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The kustomizations that one names as resources or components. */
  children(node: KustomizationNode): KustomizationNode[] {
    return node.references.flatMap(({ field, text }) => {
      if (!DEPLOYED.has(field) || isRemoteReference(text)) return [];
      return this.byFolder.get(resolveReference(node.folder, text)) ?? [];
    });
  }

  closureOf(root: KustomizationNode): Closure {
    let closure = this.#closures.get(root.folder);
    if (closure === undefined) this.#closures.set(root.folder, (closure = this.#walk(root)));
    return closure;
  }

  #walk(root: KustomizationNode): Closure {
    const files = new Map<string, string | null>();
    const kustomizations = new Set<KustomizationNode>();
    let complete = true;
    const waiting = [{ node: root, namespace: namespaceOf(root, null) }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { node, namespace } = next;
      if (kustomizations.has(node)) continue;
      kustomizations.add(node);
      complete &&= PROGRAMS.every((field) => node.value[field] === undefined);
      for (const { field, text } of node.references) {
        if (!DEPLOYED.has(field)) continue;
        const path = resolveReference(node.folder, text);
        const child = this.byFolder.get(path);
        if (child !== undefined) waiting.push({ node: child, namespace: namespaceOf(child, namespace) });
        else if (this.#snapshot.paths.has(path) && this.#mayReach(node)) files.set(path, namespace);
        else complete = false;
      }
    }
    return { root, kustomizations: [...kustomizations], files, complete };
  }

  #mayReach({ path }: KustomizationNode): boolean {
    this.#left -= 1;
    if (this.#left >= 0) return true;
    const reason =
      'deploys files that were not compared with each other: the kustomizations of this repository reach too many';
    noteCut(this.#snapshot, { path, reason, blocks: true });
    return false;
  }
}

/** What is written in it; null for a template, and for what is no kustomization. */
function valueOf(
  { path, text, value, readable }: KustomizationFile,
  files: Files,
): KustomizationNode['value'] | null {
  if (!hasActions(text)) return readable ? value : null;
  const file = files.get(path)?.();
  const beside = file?.template === false ? file.yaml?.documents[0]?.value : undefined;
  return isRecord(beside) ? beside : null;
}

/** The outermost kustomization decides. */
function namespaceOf({ value }: KustomizationNode, outer: string | null): string | null {
  if (outer !== null) return outer;
  return typeof value['namespace'] === 'string' && value['namespace'] !== '' ? value['namespace'] : null;
}

const known = new WeakMap<Files, KustomizeTree>();

/** Made once for all rules that judge a revision. */
export function kustomizeTreeOf(files: Files, snapshot: Snapshot): KustomizeTree {
  let tree = known.get(files);
  if (tree === undefined) known.set(files, (tree = new KustomizeTree(files, snapshot)));
  return tree;
}

const folders = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

/** Every folder of a revision, `.` among them. */
export function foldersIn(paths: ReadonlySet<string>): ReadonlySet<string> {
  let found = folders.get(paths);
  if (found === undefined) {
    const all = new Set(['.']);
    for (const path of paths) {
      for (let at = posix.dirname(path); !all.has(at); at = posix.dirname(at)) all.add(at);
    }
    folders.set(paths, (found = all));
  }
  return found;
}

/** Whether a path leads through a symbolic link or a submodule, behind which nothing can be seen. */
export function leadsElsewhere(path: string, paths: ReadonlySet<string>): boolean {
  for (let at = posix.dirname(path); at !== '.' && at !== '/'; at = posix.dirname(at)) {
    if (paths.has(at)) return true;
  }
  return false;
}
