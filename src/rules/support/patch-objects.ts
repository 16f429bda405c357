import type { Snapshot } from '../../engine/change.ts';
import { noteCut } from '../../engine/cuts.ts';
import { compilePattern } from '../../engine/re2.ts';
import type { Files, KustomizationNode, KustomizeTree } from '../../graph/kustomize-tree.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { listAt } from '../../manifests/workload.ts';

/** An object that patches may change. */
interface Known {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
}

/** A condition on one part of an object, as the target of a patch states it: an anchored pattern. */
export interface TargetPart {
  readonly part: keyof Known;
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
    for (const { group, version, kind, name } of file.manifests) {
      if (name === null) return null;
      found.push({ group, version, kind, name });
    }
    return found;
  }
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
   * Whether an object meets all parts of a target.
   *
   * @throws {Error} when a pattern cannot be used
   */
  someMeets(target: readonly TargetPart[]): boolean {
    const tests = target.map(({ part, pattern }) => ({ part, test: this.#testOf(pattern) }));
    const meets = (object: Known): boolean => tests.every(({ part, test }) => test(object[part]));
    const name = target.find(({ part }) => part === 'name')?.pattern;
    if (name !== undefined && LITERAL.test(name)) return this.#byName.get(name)?.some(meets) === true;
    for (const objects of this.#byName.values()) if (objects.some(meets)) return true;
    return false;
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
      return name === null ? [] : [{ group: '', version: 'v1', kind, name }];
    }),
  );
}
