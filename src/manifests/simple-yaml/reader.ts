import type { Builder } from './builder.ts';
import {
  APOSTROPHE,
  BACKSLASH,
  BAR,
  COLON,
  DASH,
  DOT,
  GREATER,
  HASH,
  isInKey,
  LESS,
  NEWLINE,
  OPEN_LIST,
  OPEN_MAP,
  QUOTE,
  SPACE,
  startsKey,
  startsPlain,
} from './characters.ts';
import { readBlockText } from './block-text.ts';
import { FlowReader } from './flow.ts';
import { unquoteDouble, unquoteSingle } from './quoted.ts';
import type { Resolve } from '../yaml-scalars.ts';
import { Unclear } from './unclear.ts';

/** Nesting deeper than this is left to others. */
export const MAX_DEPTH = 100;
/** YAML's limit for a key and its colon on one line, in characters. */
const MAX_KEY = 1_000;

/**
 * Reads YAML as nearly everybody writes it: block maps and lists, flow collections, block texts, scalars in a line. Whatever
 * is less common, or might be wrong, is `Unclear`; so what is read has one meaning only, and no mistakes.
 */
export class SimpleReader<N, M extends N, L extends N> {
  readonly text: string;
  readonly builder: Builder<N, M, L>;
  readonly resolve: Resolve;
  /** Of the next character. */
  at = 0;
  /** Behind the last value, the rest of its line and its line break. */
  lineDone = 0;
  depth = 0;
  readonly #flow: FlowReader<N, M, L>;
  /** Of the line on which `at` stands. */
  #lineStart = 0;
  /** Column of its first character. -1 behind the last line of a document. */
  #indent = -1;
  /** Largest column of the comments that stand on the lines before; -1: there are none. */
  #commentColumn = -1;
  #atMarker = false;

  constructor(text: string, builder: Builder<N, M, L>, resolve: Resolve) {
    this.text = text;
    this.builder = builder;
    this.resolve = resolve;
    this.#flow = new FlowReader(this);
  }

  /** The roots of all documents. */
  documents(): N[] {
    const roots: N[] = [];
    this.nextLine(0);
    if (this.#atMarker) this.#passMarker();
    while (this.#indent >= 0) {
      roots.push(this.#startOfLine());
      if (this.#indent >= 0) throw Unclear.error;
      if (!this.#atMarker) return roots;
      this.#passMarker();
    }
    throw Unclear.error;
  }

  /** Goes to the first line at or behind an offset that holds more than a comment. @param offset where a line begins */
  nextLine(offset: number): void {
    const { text } = this;
    this.#commentColumn = -1;
    this.#atMarker = false;
    for (let start = offset; start < text.length;) {
      let at = start;
      while (text.charCodeAt(at) === SPACE) at += 1;
      const code = text.charCodeAt(at);
      if (code === HASH) {
        this.#commentColumn = Math.max(this.#commentColumn, at - start);
      } else if (code !== NEWLINE && at < text.length) {
        this.at = at;
        this.#lineStart = start;
        this.#indent = at - start;
        if (at === start) this.#lookForMarker();
        return;
      }
      const newline = text.indexOf('\n', at);
      start = newline < 0 ? text.length : newline + 1;
    }
    this.at = text.length;
    this.#indent = -1;
  }

  /** Whether a line at its left edge is a document marker, or looks like one. */
  #lookForMarker(): void {
    const { text, at } = this;
    const code = text.charCodeAt(at);
    if (code !== DASH && code !== DOT) return;
    if (text.startsWith('...', at)) throw Unclear.error;
    if (!text.startsWith('---', at)) return;
    this.#atMarker = true;
    this.#indent = -1;
  }

  #passMarker(): void {
    this.at += 3;
    if (this.text.charCodeAt(this.at) === DASH) throw Unclear.error;
    this.endLine();
    if (this.#atMarker) throw Unclear.error;
  }

  /** Passes what may stand behind a value on its line, and goes to the next one. */
  endLine(): void {
    const { text } = this;
    let { at } = this;
    while (text.charCodeAt(at) === SPACE) at += 1;
    if (at < text.length && text.charCodeAt(at) !== NEWLINE) {
      if (text.charCodeAt(at) !== HASH || text.charCodeAt(at - 1) !== SPACE) throw Unclear.error;
      at = text.indexOf('\n', at);
      if (at < 0) at = text.length;
    }
    this.lineDone = Math.min(text.length, at + 1);
    this.nextLine(this.lineDone);
  }

  /** A collection that begins a line. */
  #startOfLine(): N {
    return this.#isFlow() ? this.#flowValue() : this.#collection(this.#indent, this.keyEnd());
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
    if (this.builder.exact && this.#commentColumn >= Math.max(1, column)) throw Unclear.error;
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
      if (this.#indent !== column) break;
    }
    if (this.#indent > column) throw Unclear.error;
    return map;
  }

  #list(column: number): L {
    const { builder } = this;
    const list = builder.list(this.at);
    do {
      this.at += 1;
      builder.add(list, this.#value(column, false));
    } while (this.#indent === column && this.#isItem());
    if (this.#indent > column) throw Unclear.error;
    return list;
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
      if (keyEnd >= 0) return this.#collection(start - this.#lineStart, keyEnd);
      const value = this.quoted();
      const scalar = builder.scalar(value, 'quoted', start, this.at);
      this.endLine();
      return scalar;
    }
    if (this.#isFlow()) return this.#flowValue();
    if (code === BAR || code === GREATER) return readBlockText(this, column);
    if (!ofKey) {
      const keyEnd = this.keyEnd();
      if (keyEnd >= 0 || this.#isItem()) return this.#collection(start - this.#lineStart, keyEnd);
    }
    return this.#plain(column);
  }

  /** A collection on the lines below a key; null when nothing stands there. */
  #below(column: number): N {
    const empty = this.at;
    this.endLine();
    if (this.#indent > column) return this.#startOfLine();
    if (this.#indent === column && this.#isItem()) return this.#collection(column, -1);
    // Whether a comment belongs to what is missing or to what follows depends on more than is known here.
    const hasComment = this.#commentColumn >= 0 || this.text.charCodeAt(empty) === HASH;
    if (this.builder.exact && hasComment) throw Unclear.error;
    this.lineDone = empty;
    return this.builder.scalar(null, 'plain', empty, empty);
  }

  #plain(column: number): N {
    const { text, at: start } = this;
    const code = text.charCodeAt(start);
    const next = text.charCodeAt(start + 1);
    const isItem = code === DASH && (next === SPACE || next === NEWLINE || start + 1 >= text.length);
    if (!startsPlain(code) || isItem || (code === LESS && next === LESS)) throw Unclear.error;
    let end = this.#plainEnd(start);
    let content = text.slice(start, end);
    this.at = end;
    const hasComment = this.#hasCommentBehind(end);
    this.endLine();
    while (this.#indent > column) {
      if (hasComment || this.#commentColumn >= 0) throw Unclear.error;
      const breaks = this.#breaksBetween(end, this.#lineStart);
      const begin = this.at;
      end = this.#plainEnd(begin);
      if (this.#hasCommentBehind(end)) throw Unclear.error;
      content += (breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)) + text.slice(begin, end);
      this.at = end;
      this.endLine();
    }
    return this.builder.scalar(this.resolve(content), 'plain', start, end);
  }

  #breaksBetween(from: number, to: number): number {
    let count = 0;
    for (let at = this.text.indexOf('\n', from); at >= 0 && at < to; at = this.text.indexOf('\n', at + 1))
      count += 1;
    return count;
  }

  #hasCommentBehind(end: number): boolean {
    const { text } = this;
    let at = end;
    while (text.charCodeAt(at) === SPACE) at += 1;
    return text.charCodeAt(at) === HASH;
  }

  /** Behind the last character of a plain scalar on this line. */
  #plainEnd(start: number): number {
    const { text } = this;
    let end = start;
    for (let at = start; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE || at >= text.length) return end;
      if (code === SPACE) continue;
      if (code === HASH && at > end) return end;
      if (code === COLON) {
        const next = text.charCodeAt(at + 1);
        if (next === SPACE || next === NEWLINE || at + 1 >= text.length) throw Unclear.error;
      }
      end = at + 1;
    }
  }

  /** Where the colon stands that ends the key at `at`; -1 when there is none, or it is no plain matter. */
  keyEnd(): number {
    const { text, at: start } = this;
    const code = text.charCodeAt(start);
    let at = start;
    if (code === QUOTE || code === APOSTROPHE) {
      at = text.indexOf(code === QUOTE ? '"' : "'", start + 1) + 1;
      if (at === 0 || text.charCodeAt(at) === code) return -1;
    } else {
      if (!startsKey(code)) return -1;
      while (isInKey(text.charCodeAt(at))) at += 1;
    }
    if (text.charCodeAt(at) !== COLON || at - start > MAX_KEY) return -1;
    const next = text.charCodeAt(at + 1);
    return next === SPACE || next === NEWLINE || at + 1 >= text.length ? at : -1;
  }

  /** A key as a text. @throws {Unclear} when it is, or might be, no text */
  keyText(start: number, end: number): string {
    const { text } = this;
    const code = text.charCodeAt(start);
    if (code === QUOTE || code === APOSTROPHE) {
      const key = text.slice(start + 1, end - 1);
      if (key === '' || key === 'null' || key === '~' || key === '<<' || /[\n\\]/.test(key))
        throw Unclear.error;
      return key;
    }
    const key = text.slice(start, end);
    if (this.resolve(key) !== key) throw Unclear.error;
    return key;
  }

  /** A scalar in quotes that ends on its line. */
  quoted(): string {
    const { text, at: start } = this;
    const isDouble = text.charCodeAt(start) === QUOTE;
    const quote = isDouble ? QUOTE : APOSTROPHE;
    let special = false;
    for (let at = start + 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) break;
      if (code === BACKSLASH && isDouble) {
        special = true;
        at += 1;
      } else if (code === quote) {
        if (!isDouble && text.charCodeAt(at + 1) === APOSTROPHE) {
          special = true;
          at += 1;
          continue;
        }
        this.at = at + 1;
        const inner = text.slice(start + 1, at);
        return special ? (isDouble ? unquoteDouble : unquoteSingle)(inner) : inner;
      }
    }
    throw Unclear.error;
  }
}
