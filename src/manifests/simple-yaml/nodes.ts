import { Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Builder, Style } from './builder.ts';

const TYPES: Readonly<Record<Style, Scalar.Type>> = {
  plain: 'PLAIN',
  quoted: 'QUOTE_DOUBLE',
  literal: 'BLOCK_LITERAL',
  folded: 'BLOCK_FOLDED',
};

type Node = Scalar | YAMLMap | YAMLSeq;

/** Makes the nodes that the `yaml` package would make, as far as it takes to find places. */
export const NODES: Builder<Node, YAMLMap, YAMLSeq> = {
  exact: true,
  scalar: (value, style, start, end) => {
    const scalar = placed(new Scalar(value), start, end);
    scalar.type = TYPES[style];
    return scalar;
  },
  map: (start) => placed(new YAMLMap(), start, start),
  list: (start, items) => {
    const list = placed(new YAMLSeq(), start, start);
    list.items = items;
    return list;
  },
  put: (map, key, start, end, value) => {
    map.items.push(new Pair(placed(new Scalar(key), start, end), value));
    return true;
  },
  end: (collection, end) => {
    const start = collection.range?.[0] ?? 0;
    collection.range = [start, end, end];
  },
};

function placed<T extends Node>(node: T, start: number, end: number): T {
  node.range = [start, end, end];
  return node;
}
