import { DASH, HASH, NEWLINE, SPACE } from './characters.ts';
import { Unclear } from './unclear.ts';

/** Goes through a text from line to line: past comments, empty lines, and to the markers between documents. */
export class LineReader {
  readonly text: string;
  /** Of the next character. */
  at = 0;
  /** Behind the last value, the rest of its line and its line break. */
  lineDone = 0;
  /** Of the line on which `at` stands. */
  lineStart = 0;
  /** Column of its first character. -1 behind the last line of a document. */
  indent = -1;
  /** Largest column of the comments that stand on the lines before; -1: there are none. */
  commentColumn = -1;
  /** A document ends here, and another one begins. */
  atMarker = false;

  constructor(text: string) {
    this.text = text;
  }

  /** Goes to the first line at or behind an offset that holds more than a comment. @param offset where a line begins */
  nextLine(offset: number): void {
    const { text } = this;
    this.commentColumn = -1;
    this.atMarker = false;
    for (let start = offset; start < text.length;) {
      let at = start;
      while (text.charCodeAt(at) === SPACE) at += 1;
      const code = text.charCodeAt(at);
      if (code === HASH) {
        this.commentColumn = Math.max(this.commentColumn, at - start);
      } else if (code !== NEWLINE && at < text.length) {
        this.at = at;
        this.lineStart = start;
        this.indent = at - start;
        if (at === start) this.#lookForMarker();
        return;
      }
      const newline = text.indexOf('\n', at);
      start = newline < 0 ? text.length : newline + 1;
    }
    this.at = text.length;
    this.indent = -1;
  }

  /** Whether a line at its left edge is a document marker, or looks like one. */
  #lookForMarker(): void {
    if (!this.text.startsWith('---', this.at)) return;
    this.atMarker = true;
    this.indent = -1;
  }

  /** Goes behind a document marker, to the first line of the next document. */
  passMarker(): void {
    this.at += 3;
    if (this.text.charCodeAt(this.at) === DASH) throw Unclear.error;
    this.endLine();
    if (this.atMarker) throw Unclear.error;
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
}
