import type { Resolve } from '../yaml-scalars.ts';
import {
  APOSTROPHE,
  BACKSLASH,
  COLON,
  DASH,
  HASH,
  isInKey,
  LESS,
  NEWLINE,
  QUOTE,
  SPACE,
  startsKey,
  startsPlain,
} from './characters.ts';
import { LineReader } from './line-reader.ts';
import { unquoteDouble, unquoteSingle } from './quoted.ts';
import { Unclear } from './unclear.ts';

/** YAML's limit for a key and its colon on one line, in characters. */
const MAX_KEY = 1_000;

/** Reads keys, and what stands in quotes or without. */
export class ScalarReader extends LineReader {
  readonly resolve: Resolve;

  constructor(text: string, resolve: Resolve) {
    super(text);
    this.resolve = resolve;
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

  /** A text without quotes, also on several lines. @param column of its key or dash @returns behind its last character */
  plain(column: number): { readonly content: string; readonly end: number } {
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
    while (this.indent > column) {
      if (hasComment || this.commentColumn >= 0) throw Unclear.error;
      const breaks = this.#breaksBetween(end, this.lineStart);
      const begin = this.at;
      end = this.#plainEnd(begin);
      if (this.#hasCommentBehind(end)) throw Unclear.error;
      content += (breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)) + text.slice(begin, end);
      this.at = end;
      this.endLine();
    }
    return { content, end };
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
}
