import { BAR, DASH, NEWLINE, SPACE } from './characters.ts';
import type { SimpleReader } from './reader.ts';
import { Unclear } from './unclear.ts';

/** Reads a literal or folded text below its header, at the reader's place. @param column of its key or dash */
export function readBlockText<N, M extends N, L extends N>(reader: SimpleReader<N, M, L>, column: number): N {
  const { text, at: start } = reader;
  const isLiteral = text.charCodeAt(start) === BAR;
  reader.at += 1;
  const strips = text.charCodeAt(reader.at) === DASH;
  if (strips) reader.at += 1;
  reader.endLine();
  // `endLine` has gone too far: what looks like a comment may belong to the text.
  const first = firstLine(text, endOfLine(text, start) + 1);
  if (first === null || first.indent <= column) throw Unclear.error;
  const { content, end } = linesOf(text, first, isLiteral);
  reader.lineDone = end;
  reader.nextLine(end);
  if (!strips) content.push('\n');
  // Joined, because what is put together piece by piece keeps every piece.
  return reader.builder.scalar(content.join(''), isLiteral ? 'literal' : 'folded', start, end);
}

function linesOf(
  text: string,
  { start, indent, blank: before }: FirstLine,
  isLiteral: boolean,
): { readonly content: string[]; readonly end: number } {
  const content = ['\n'.repeat(before)];
  let end = start;
  let blank = 0;
  for (let at = start; at < text.length;) {
    const newline = text.indexOf('\n', at);
    if (newline < 0) throw Unclear.error;
    let begin = at;
    while (text.charCodeAt(begin) === SPACE && begin - at < indent) begin += 1;
    if (begin === newline) {
      blank += 1;
    } else {
      if (begin - at < indent) break;
      // Lines of spaces, and those that folding leaves alone.
      const isOdd = text.charCodeAt(begin) === SPACE && (!isLiteral || isBlank(text, begin, newline));
      if (isOdd) throw Unclear.error;
      if (end > start) content.push(breakBetween(blank, isLiteral));
      content.push(text.slice(begin, newline));
      blank = 0;
      end = newline + 1;
    }
    at = newline + 1;
  }
  return { content, end };
}

/** What stands for the line break between two lines, and the empty lines there. */
function breakBetween(blank: number, isLiteral: boolean): string {
  if (isLiteral) return '\n'.repeat(blank + 1);
  return blank === 0 ? ' ' : '\n'.repeat(blank);
}

interface FirstLine {
  readonly start: number;
  readonly indent: number;
  /** Empty lines before it. */
  readonly blank: number;
}

function firstLine(text: string, offset: number): FirstLine | null {
  let start = offset;
  let blank = 0;
  while (text.charCodeAt(start) === NEWLINE) {
    blank += 1;
    start += 1;
  }
  let at = start;
  while (text.charCodeAt(at) === SPACE) at += 1;
  return at >= text.length || text.charCodeAt(at) === NEWLINE ? null : { start, indent: at - start, blank };
}

function endOfLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline;
}

function isBlank(text: string, from: number, to: number): boolean {
  let at = from;
  while (at < to && text.charCodeAt(at) === SPACE) at += 1;
  return at === to;
}
