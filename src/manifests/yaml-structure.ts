import { isMap, isNode, isScalar, isSeq, visit, type Document, type Node } from 'yaml';

/** Offsets in the text. */
export type Stretch = [start: number, end: number];

/** Keys that stand in their map already; what is merged in does not count. */
export function repeatedKeys(document: Document, limit: number): Stretch[] {
  const found: Stretch[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        const value = isScalar(key) ? key.value : null;
        if (value === null || (isScalar(key) && key.source === '<<')) continue;
        if (seen.has(value) && isNode(key)) found.push([key.range?.[0] ?? 0, key.range?.[1] ?? 0]);
        seen.add(value);
      }
      return found.length > limit ? visit.BREAK : undefined;
    },
  });
  return found;
}

/** Where a value would have to hold itself; null when there is no such place. */
export function aliasInItself(document: Document): Stretch | null {
  let place: Stretch | null = null;
  visit(document, {
    Alias(_key, alias, path) {
      const within = path.some((node) => (isMap(node) || isSeq(node)) && node.anchor === alias.source);
      if (!within || !path.includes(alias.resolve(document) as Node)) return undefined;
      place = [alias.range?.[0] ?? 0, alias.range?.[1] ?? 0];
      return visit.BREAK;
    },
  });
  return place;
}
