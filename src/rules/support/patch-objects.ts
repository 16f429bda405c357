import type { Snapshot } from '../../engine/change.ts';
import { noteCut } from '../../engine/cuts.ts';
import { compilePattern } from '../../engine/re2.ts';
import {
  kustomizeTreeOf,
  type Files,
  type KustomizationNode,
  type KustomizeTree,
} from '../../graph/kustomize-tree.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { listAt } from '../../manifests/workload.ts';

/** An object that patches may change. */
export interface Known {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  /** Where it is written; null for one that kustomize makes. */
  readonly source: { readonly path: string; readonly position: number } | null;
}

/** A condition on one part of an object, as the target of a patch states it: an anchored pattern. */
export interface TargetPart {
  readonly part: Exclude<keyof Known, 'source'>;
  readonly pattern: string;
}

/** Such patterns mean themselves. */
const LITERAL = /^[\w-]+$/;
/** A revision may ask so often whether a pattern matches; what is asked after that counts as matched, and that is said. */
const MAX_MATCHES = 200_000;

/** What the kustomizations of a revision have to patch; each file is read once, whatever number of them deploy it. */
export class PatchObjects {
  readonly #tree: KustomizeTree;
  readonly #files: Files;
  readonly #inFiles = new Map<string, readonly Known[] | null>();
  readonly #snapshot: Snapshot;
  #matchesLeft: number;

  /** @param maxMatches how often a pattern may be matched */
  constructor(tree: KustomizeTree, files: Files, snapshot: Snapshot, maxMatches = MAX_MATCHES) {
    this.#tree = tree;
    this.#files = files;
    this.#snapshot = snapshot;
    this.#matchesLeft = maxMatches;
  }

  /** Everything that a kustomization has to patch; null when a part of it cannot be seen. */
  of(node: KustomizationNode): Patchable | null {
    const { complete, files: reached, kustomizations } = this.#tree.closureOf(node);
    const affixed = kustomizations.some(
      ({ value }) => value['namePrefix'] !== undefined || value['nameSuffix'] !== undefined,
    );
    if (!complete || affixed || kustomizations.some(({ value }) => value['kind'] === 'Component'))
      return null;
    const found: (readonly Known[])[] = [];
    for (const path of reached.keys()) {
      const known = this.#inFile(path);
      if (known === null) return null;
      found.push(known);
    }
    return new Patchable([...found.flat(), ...kustomizations.flatMap(generated)], () => this.#mayMatch(node));
  }

  #mayMatch({ path }: KustomizationNode): boolean {
    this.#matchesLeft -= 1;
    if (this.#matchesLeft >= 0) return true;
    const reason =
      'has patches whose targets were not looked for: the patches of this repository have too many patterns';
    noteCut(this.#snapshot, { path, reason, blocks: true });
    return false;
  }

  #inFile(path: string): readonly Known[] | null {
    let known = this.#inFiles.get(path);
    if (known === undefined) {
      known = this.#read(path);
      this.#inFiles.set(path, known);
    }
    return known;
  }

  #read(path: string): Known[] | null {
    const file = this.#files.get(path)?.();
    if (file === undefined || file.template || (file.yaml?.problems.length ?? 1) > 0) return null;
    const found: Known[] = [];
    for (const [position, { group, version, kind, name }] of file.manifests.entries()) {
      if (name === null) return null;
      found.push({ group, version, kind, name, source: { path, position } });
    }
    return found;
  }
}

const known = new WeakMap<Files, PatchObjects>();

/** Made once for all rules that judge a revision. */
export function patchObjectsOf(files: Files, snapshot: Snapshot): PatchObjects {
  let objects = known.get(files);
  if (objects === undefined)
    known.set(files, (objects = new PatchObjects(kustomizeTreeOf(files, snapshot), files, snapshot)));
  return objects;
}

/** The parts of a patch's target that are patterns; what else it may ask for is left out. */
export function targetPartsOf(target: Readonly<Record<string, unknown>>): TargetPart[] {
  return (['group', 'version', 'kind', 'name'] as const).flatMap((part) => {
    const pattern = asText(target[part]);
    return pattern === null ? [] : [{ part, pattern }];
  });
}

/** What a target asks for, in words: `kind Deployment, name web`. */
export function describeTarget(parts: readonly TargetPart[]): string {
  return parts.map(({ part, pattern }) => `${part} ${pattern}`).join(', ');
}

/** The objects of one kustomization. */
export class Patchable {
  readonly #byName: ReadonlyMap<string, readonly Known[]>;
  readonly #mayMatch: () => boolean;

  /** @param mayMatch counts the patterns that are matched; false when there were too many */
  constructor(objects: readonly Known[], mayMatch: () => boolean) {
    this.#byName = Map.groupBy(objects, ({ name }) => name);
    this.#mayMatch = mayMatch;
  }

  has(kind: string, name: string): boolean {
    return this.#byName.get(name)?.some((object) => object.kind === kind) === true;
  }

  /**
   * Whether an object meets all parts of a target. True, too, where a pattern cannot be used.
   */
  someMeets(target: readonly TargetPart[]): boolean {
    try {
      return this.meeting(target).next().done !== true;
    } catch {
      return true;
    }
  }

  /**
   * The objects that meet all parts of a target.
   *
   * @throws {Error} when a pattern cannot be used
   */
  *meeting(target: readonly TargetPart[]): Generator<Known, undefined> {
    const tests = target.map(({ part, pattern }) => ({ part, test: this.#testOf(pattern) }));
    const name = target.find(({ part }) => part === 'name')?.pattern;
    const lists =
      name !== undefined && LITERAL.test(name) ? [this.#byName.get(name) ?? []] : this.#byName.values();
    for (const objects of lists)
      for (const object of objects) if (tests.every(({ part, test }) => test(object[part]))) yield object;
  }

  #testOf(pattern: string): (text: string) => boolean {
    if (LITERAL.test(pattern)) return (text) => text === pattern;
    const test = compilePattern(`^(?:${pattern})$`);
    const known = new Map<string, boolean>();
    return (text) => {
      let answer = known.get(text);
      if (answer === undefined) {
        answer = !this.#mayMatch() || test(text);
        known.set(text, answer);
      }
      return answer;
    };
  }
}

function generated({ value }: KustomizationNode): Known[] {
  const kinds = { configMapGenerator: 'ConfigMap', secretGenerator: 'Secret' };
  return Object.entries(kinds).flatMap(([field, kind]) =>
    listAt(value, [field]).flatMap((generator) => {
      const name = isRecord(generator) ? asText(generator['name']) : null;
      return name === null ? [] : [{ group: '', version: 'v1', kind, name, source: null }];
    }),
  );
}
