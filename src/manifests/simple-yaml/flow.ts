import {
  APOSTROPHE,
  CLOSE_LIST,
  CLOSE_MAP,
  COLON,
  COMMA,
  DASH,
  DOT,
  isInKey,
  NEWLINE,
  OPEN_LIST,
  OPEN_MAP,
  QUOTE,
  SPACE,
  startsKey,
} from './characters.ts';
import { MAX_DEPTH, type SimpleReader } from './reader.ts';
import { Unclear } from './unclear.ts';

/** Reads `[…]` and `{…}`, on one line or several. */
export class FlowReader<N, M extends N, L extends N> {
  readonly #reader: SimpleReader<N, M, L>;

  constructor(reader: SimpleReader<N, M, L>) {
    this.#reader = reader;
  }

  /** The collection at the reader's place, which then is behind it. */
  read(): N {
    const reader = this.#reader;
    if ((reader.depth += 1) > MAX_DEPTH) throw Unclear.error;
    const value = reader.text.charCodeAt(reader.at) === OPEN_MAP ? this.#map() : this.#list();
    reader.depth -= 1;
    return value;
  }

  #map(): M {
    const reader = this.#reader;
    const { builder } = reader;
    const map = builder.map(reader.at);
    reader.at += 1;
    while (this.#next() !== CLOSE_MAP) {
      const start = reader.at;
      const key = this.#key();
      const end = reader.at;
      this.#spaces();
      if (reader.text.charCodeAt(reader.at) !== COLON) throw Unclear.error;
      reader.at += 1;
      const code = reader.text.charCodeAt(reader.at);
      if (code !== SPACE && code !== NEWLINE && !isQuote(reader.text.charCodeAt(start))) throw Unclear.error;
      this.#next();
      if (!builder.put(map, key, start, end, this.#value())) throw Unclear.error;
      this.#comma(CLOSE_MAP);
    }
    reader.at += 1;
    builder.end(map, reader.at);
    return map;
  }

  #list(): L {
    const reader = this.#reader;
    const { builder, at: start } = reader;
    const first = reader.items.length;
    reader.at += 1;
    while (this.#next() !== CLOSE_LIST) {
      reader.items.push(this.#value());
      this.#comma(CLOSE_LIST);
    }
    reader.at += 1;
    const list = builder.list(start, reader.items.splice(first));
    builder.end(list, reader.at);
    return list;
  }

  #comma(close: number): void {
    const code = this.#next();
    if (code === COMMA) this.#reader.at += 1;
    else if (code !== close) throw Unclear.error;
  }

  #key(): string {
    const reader = this.#reader;
    const { text, at: start } = reader;
    if (isQuote(text.charCodeAt(start))) {
      reader.quoted();
    } else {
      if (!startsKey(text.charCodeAt(start))) throw Unclear.error;
      while (isInKey(text.charCodeAt(reader.at))) reader.at += 1;
    }
    return reader.keyText(start, reader.at);
  }

  #value(): N {
    const reader = this.#reader;
    const { text, at: start, builder } = reader;
    const code = text.charCodeAt(start);
    if (code === OPEN_MAP || code === OPEN_LIST) return this.read();
    if (isQuote(code)) return builder.scalar(reader.quoted(), 'quoted', start, reader.at);
    const end = this.#plainEnd(start);
    reader.at = end;
    return builder.scalar(reader.resolve(text.slice(start, end)), 'plain', start, end);
  }

  /** Behind a plain scalar, which is on one line and has nothing in it that could mean more. */
  #plainEnd(start: number): number {
    const { text } = this.#reader;
    const first = text.charCodeAt(start);
    if (!startsKey(first) && (first !== DASH || !isInKey(text.charCodeAt(start + 1)))) throw Unclear.error;
    let end = start;
    for (let at = start; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === SPACE) continue;
      if (code === COMMA || code === CLOSE_LIST || code === CLOSE_MAP || code === NEWLINE) break;
      if (!isInKey(code) && code !== COLON) throw Unclear.error;
      if (code === COLON && !isInKey(text.charCodeAt(at + 1))) throw Unclear.error;
      end = at + 1;
    }
    return end;
  }

  #spaces(): void {
    const reader = this.#reader;
    while (reader.text.charCodeAt(reader.at) === SPACE) reader.at += 1;
  }

  /** Passes spaces and line breaks. Returns the character behind them. */
  #next(): number {
    const reader = this.#reader;
    const { text } = reader;
    for (;;) {
      this.#spaces();
      const code = text.charCodeAt(reader.at);
      if (code !== NEWLINE) return code;
      reader.at += 1;
      const first = text.charCodeAt(reader.at);
      // What looks like a document marker.
      if (first === DASH || first === DOT) throw Unclear.error;
    }
  }
}

function isQuote(code: number): boolean {
  return code === QUOTE || code === APOSTROPHE;
}
