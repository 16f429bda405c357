import type { Range } from '../manifests/position.ts';
import { visible } from './plain.ts';
import { maskLine, type SourceDisplay } from './source-mask.ts';
import { charWidth, displayWidth } from './terminal.ts';

const TAB_STOP = 4;
/** UTF-16 units around the start of a range that are looked at in a line of any length. */
const UNITS_BEFORE = 500;
const UNITS_BEHIND = 2_000;

export interface ExcerptOptions {
  readonly path: string;
  readonly display: SourceDisplay;
  /** Columns. */
  readonly width: number;
}

export interface Excerpt {
  readonly lineNumber: string;
  readonly source: string;
  readonly carets: string;
}

/** The line in which a range starts, with carets under what the range covers of it. Null when there is nothing to show. */
export function excerptOf(lines: readonly string[], range: Range, options: ExcerptOptions): Excerpt | null {
  const { start, end } = range;
  const line = lines[start.line - 1];
  if (line === undefined || options.display === 'none') return null;
  const { text, kept } =
    options.display === 'full'
      ? { text: line, kept: line.length }
      : maskLine(lines, start.line - 1, options.path);
  if (text === '') return null;
  const last = end.line > start.line ? line.length : end.column - 1;
  // What stands behind `kept` is the mask: the last character.
  const from = start.column - 1 < kept ? start.column - 1 : Math.min(start.column - 1, text.length - 1);
  const to = last <= kept ? last : text.length;
  const lineNumber = String(start.line);
  const cells = windowOf(cellsOf(text, from, Math.max(to, from + 1)), options.width - lineNumber.length - 3);
  return { lineNumber, source: cells.map((cell) => cell.text).join(''), carets: caretsUnder(cells) };
}

/** A character as it is shown. */
interface Cell {
  readonly text: string;
  readonly width: number;
  readonly marked: boolean;
}

const CUT: Cell = { text: '…', width: 1, marked: false };

function cellsOf(text: string, from: number, to: number): Cell[] {
  let index = Math.max(0, from - UNITS_BEFORE);
  if (/[\udc00-\udfff]/.test(text.charAt(index))) index += 1;
  const cells: Cell[] = [];
  let column = 0;
  for (const char of text.slice(index, from + UNITS_BEHIND)) {
    const shown = char === '\t' ? ' '.repeat(TAB_STOP - (column % TAB_STOP)) : visible(char);
    const width = shown === char ? charWidth(char) : displayWidth(shown);
    cells.push({ text: shown, width, marked: index >= from && index < to });
    index += char.length;
    column += width;
  }
  return cells;
}

/** The cells that fit, with a third of the room in front of the first marked one. */
function windowOf(cells: readonly Cell[], width: number): readonly Cell[] {
  if (widthOf(cells) <= width) return cells;
  const marked = cells.findIndex((cell) => cell.marked);
  let first = Math.max(0, marked);
  for (let room = Math.floor(width / 3); first > 0; first -= 1) {
    room -= cells[first - 1]?.width ?? 0;
    if (room < 0) break;
  }
  let last = first;
  for (let room = width - 2; last < cells.length; last += 1) {
    room -= cells[last]?.width ?? 0;
    if (room < 0) break;
  }
  return [...(first > 0 ? [CUT] : []), ...cells.slice(first, last), ...(last < cells.length ? [CUT] : [])];
}

function caretsUnder(cells: readonly Cell[]): string {
  const first = cells.findIndex((cell) => cell.marked);
  const before = first === -1 ? cells : cells.slice(0, first);
  const marked = cells.filter((cell) => cell.marked);
  return `${' '.repeat(widthOf(before))}${'^'.repeat(Math.max(1, widthOf(marked)))}`;
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}
