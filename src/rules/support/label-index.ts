import { matches, type Selector } from './label-selector.ts';
import { push } from './placed-objects.ts';

/** Labels with all values that each may have; null when they are filled in later. */
export type Labels = ReadonlyMap<string, ReadonlySet<string>> | null;

/** Things with labels, to be asked which of them a selector may select. */
export class LabelIndex<Item extends { readonly labels: Labels }> {
  readonly #all: readonly Item[];
  readonly #unknown: readonly Item[];
  readonly #byLabel = new Map<string, Item[]>();

  constructor(all: readonly Item[]) {
    this.#all = all;
    this.#unknown = all.filter(({ labels }) => labels === null);
    for (const item of all) {
      for (const [key, values] of item.labels ?? [])
        for (const value of values) push(this.#byLabel, `${key}=${value}`, item);
    }
  }

  /** In their order, but for those of unknown labels, which come last. */
  select(selector: Selector): Item[] {
    const matching = this.#candidates(selector).filter(
      ({ labels }) => labels !== null && matches(selector, labels),
    );
    return [...matching, ...this.#unknown];
  }

  /** Narrowed down by the first label that must have one of some values, or by one that fewer have. */
  #candidates({ requirements }: Selector): readonly Item[] {
    const usable = requirements.filter(
      ({ key, operator }) => operator === 'In' && !key.endsWith('-name') && !key.includes('pod-'),
    );
    const first = usable[0];
    if (first === undefined) return this.#all;
    if (first.values.length !== 1)
      return [...new Set(first.values.flatMap((value) => this.#having(first.key, value)))];
    return usable
      .filter(({ values }) => values.length === 1)
      .map(({ key, values: [value = ''] }) => this.#having(key, value))
      .reduce((fewest, some) => (some.length < fewest.length ? some : fewest));
  }

  #having(key: string, value: string): readonly Item[] {
    return this.#byLabel.get(`${key}=${value}`) ?? [];
  }
}
