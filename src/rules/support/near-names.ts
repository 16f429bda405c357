import { push } from './placed-objects.ts';

/** Things by name, to be asked for those whose names differ by one letter, or by two in the wrong order. */
export class NearNames<Item> {
  readonly #byVariant = new Map<string, (readonly [name: string, item: Item])[]>();

  constructor(items: readonly Item[], nameOf: (item: Item) => string) {
    for (const item of items) {
      const name = nameOf(item);
      for (const variant of variantsOf(name)) push(this.#byVariant, variant, [name, item] as const);
    }
  }

  /** In their order; some of them may be further away. */
  around(name: string): Item[] {
    const found = new Set<Item>();
    for (const variant of variantsOf(name))
      for (const [other, item] of this.#byVariant.get(variant) ?? []) if (other !== name) found.add(item);
    return [...found];
  }
}

/** The name, and what is left of it without one of its letters: names that are alike have one of them in common. */
function variantsOf(name: string): Set<string> {
  const variants = new Set([name]);
  for (let at = 0; at < name.length; at += 1) variants.add(name.slice(0, at) + name.slice(at + 1));
  return variants;
}
