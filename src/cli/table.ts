import { oneLine } from '../report/plain.ts';
import { displayWidth } from '../report/terminal.ts';

/** Lines of columns, each as wide as its widest cell; the last is not filled up. Cells are made fit for a terminal. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(oneLine));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => displayWidth(row[column] ?? ''))),
  );
  return cells
    .map((row) => row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell))))
    .map((row) => `${row.join('  ').trimEnd()}\n`)
    .join('');
}
