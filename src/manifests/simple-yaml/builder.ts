/** A scalar as it stands in a text. */
export type Style = 'plain' | 'quoted' | 'literal' | 'folded';

/**
 * What a reader makes of a text: values, or nodes with positions. Offsets are those of the text.
 *
 * @template N a node
 * @template M a map while it is filled
 * @template L a list while it is filled
 */
export interface Builder<N, M extends N, L extends N> {
  /** Whether it matters where blocks end. */
  readonly exact: boolean;
  /** @param end behind its last character */
  scalar(value: unknown, style: Style, start: number, end: number): N;
  map(start: number): M;
  list(start: number, items: N[]): L;
  /** False when the map has such a key already, or one that looks like it. */
  put(map: M, key: string, start: number, end: number, value: N): boolean;
  /** @param end behind the collection; of a block, where the lines of its last value end */
  end(collection: M | L, end: number): void;
}
