import { WordIndex } from '../../manifests/word-index.ts';

/** Something that deploys objects which no file shows. */
export interface Supplier {
  /** Null when nobody says into which namespace. */
  readonly namespace: string | null;
  /** Names that its objects have in theirs. */
  readonly names: readonly string[];
}

/** All that deploys unseen objects in a revision. */
export class Suppliers {
  readonly #namespaces: ReadonlySet<string>;
  readonly #anywhere: WordIndex;
  readonly #all: WordIndex;

  constructor(suppliers: readonly Supplier[]) {
    const namesOf = (some: readonly Supplier[]): string[] =>
      // A single letter stands in any name.
      some.flatMap(({ names }) => names.filter((name) => name.length > 1));
    this.#namespaces = new Set(suppliers.flatMap(({ namespace }) => namespace ?? []));
    this.#anywhere = new WordIndex(namesOf(suppliers.filter(({ namespace }) => namespace === null)));
    this.#all = new WordIndex(namesOf(suppliers));
  }

  /**
   * Whether one of them may have brought what has one of these names: it deploys into one of the namespaces; or, where
   * that cannot be told, the names look like its own.
   *
   * @param near empty namespaces: they are unknown
   */
  some({ namespaces }: { readonly namespaces: ReadonlySet<string> }, names: readonly string[]): boolean {
    for (const namespace of namespaces) if (this.#namespaces.has(namespace)) return true;
    const words = namespaces.size === 0 ? this.#all : this.#anywhere;
    return names.some((name) => words.someIn(name) || words.someWith(name));
  }
}
