import type { Resolve } from '../yaml-scalars.ts';
import { readBlockText } from './block-text.ts';
import type { Builder } from './builder.ts';
import {
  APOSTROPHE,
  BAR,
  DASH,
  GREATER,
  HASH,
  NEWLINE,
  OPEN_LIST,
  OPEN_MAP,
  QUOTE,
  SPACE,
} from './characters.ts';
import { FlowReader } from './flow.ts';
import { ScalarReader } from './scalar-reader.ts';
import { Unclear } from './unclear.ts';

/** Nesting deeper than this is left to others. */
export const MAX_DEPTH = 100;

/**
 * Reads YAML as nearly everybody writes it: block maps and lists, flow collections, block texts, scalars in a line. Whatever
 * is less common, or might be wrong, is `Unclear`; so what is read has one meaning only, and no mistakes.
 */
export class SimpleReader<N, M extends N, L extends N> extends ScalarReader {
  readonly builder: Builder<N, M, L>;
  depth = 0;
  /** Of the lists that are not at their end: a list that is made at once takes no more memory than it needs. */
  readonly items: N[] = [];
  readonly #flow: FlowReader<N, M, L>;

  constructor(text: string, builder: Builder<N, M, L>, resolve: Resolve) {
    super(text, resolve);
    this.builder = builder;
    this.#flow = new FlowReader(this);
  }

  /** The roots of all documents. */
  documents(): N[] {
    const roots: N[] = [];
    this.nextLine(0);
    if (this.atMarker) this.passMarker();
    while (this.indent >= 0) {
      roots.push(this.#startOfLine());
      // A line is left that belongs to no block.
      if (this.indent >= 0) throw Unclear.error;
      if (!this.atMarker) return roots;
      this.passMarker();
    }
    throw Unclear.error;
  }

  /** A collection that begins a line. */
  #startOfLine(): N {
    return this.#isFlow() ? this.#flowValue() : this.#collection(this.indent, this.keyEnd());
  }

  #isFlow(): boolean {
    const code = this.text.charCodeAt(this.at);
    return code === OPEN_MAP || code === OPEN_LIST;
  }

  #flowValue(): N {
    const value = this.#flow.read();
    this.endLine();
    return value;
  }

  #isItem(): boolean {
    return this.text.charCodeAt(this.at) === DASH && this.text.charCodeAt(this.at + 1) === SPACE;
  }

  /** A block map or list whose entries begin in a column. @param keyEnd behind its first key; -1: there is none */
  #collection(column: number, keyEnd: number): N {
    if ((this.depth += 1) > MAX_DEPTH) throw Unclear.error;
    if (keyEnd < 0 && !this.#isItem()) throw Unclear.error;
    const collection = keyEnd < 0 ? this.#list(column) : this.#map(column, keyEnd);
    this.depth -= 1;
    // A comment may belong to the block that ends before it, or to what follows.
    if (this.builder.exact && this.commentColumn >= Math.max(1, column)) throw Unclear.error;
    this.builder.end(collection, this.lineDone);
    return collection;
  }

  #map(column: number, firstEnd: number): M {
    const { builder } = this;
    const map = builder.map(this.at);
    for (let end = firstEnd; ; end = this.keyEnd()) {
      if (end < 0) throw Unclear.error;
      const start = this.at;
      const key = this.keyText(start, end);
      this.at = end + 1;
      const value = this.#value(column, true);
      if (!builder.put(map, key, start, end, value)) throw Unclear.error;
      if (this.indent !== column) break;
    }
    return map;
  }

  #list(column: number): L {
    const start = this.at;
    const first = this.items.length;
    do {
      this.at += 1;
      this.items.push(this.#value(column, false));
    } while (this.indent === column && this.#isItem());
    return this.builder.list(start, this.items.splice(first));
  }

  /** What stands behind a key's colon or an item's dash. @param column of the key or the dash */
  #value(column: number, ofKey: boolean): N {
    const { text, builder } = this;
    while (text.charCodeAt(this.at) === SPACE) this.at += 1;
    const start = this.at;
    const code = text.charCodeAt(start);
    if (start >= text.length || code === NEWLINE || code === HASH) {
      if (!ofKey) throw Unclear.error;
      return this.#below(column);
    }
    if (code === QUOTE || code === APOSTROPHE) {
      const keyEnd = ofKey ? -1 : this.keyEnd();
      if (keyEnd >= 0) return this.#collection(start - this.lineStart, keyEnd);
      const value = this.quoted();
      const scalar = builder.scalar(value, 'quoted', start, this.at);
      this.endLine();
      return scalar;
    }
    if (this.#isFlow()) return this.#flowValue();
    if (code === BAR || code === GREATER) return readBlockText(this, column);
    if (!ofKey) {
      const keyEnd = this.keyEnd();
      if (keyEnd >= 0 || this.#isItem()) return this.#collection(start - this.lineStart, keyEnd);
    }
    const { content, end } = this.plain(column);
    return builder.scalar(this.resolve(content), 'plain', start, end);
  }

  /** A collection on the lines below a key; null when nothing stands there. */
  #below(column: number): N {
    const empty = this.at;
    this.endLine();
    if (this.indent > column) return this.#startOfLine();
    if (this.indent === column && this.#isItem()) return this.#collection(column, -1);
    // Whether a comment belongs to what is missing or to what follows depends on more than is known here.
    const hasComment = this.commentColumn >= 0 || this.text.charCodeAt(empty) === HASH;
    if (this.builder.exact && hasComment) throw Unclear.error;
    this.lineDone = empty;
    return this.builder.scalar(null, 'plain', empty, empty);
  }
}
