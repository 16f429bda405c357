import type { DiffFile, DiffLine, Hunk, Side } from './git-diff.ts';

/** Where somebody wants a comment to stand. */
export interface Anchor {
  readonly path: string;
  readonly line: number;
  readonly side: Side;
  readonly startLine: number | null;
  readonly startSide: Side | null;
}

export type AnchorResult =
  { readonly ok: true; readonly diffHunk: string } | { readonly ok: false; readonly error: string };

export function isSide(value: unknown): value is Side {
  return value === 'LEFT' || value === 'RIGHT';
}

function numberOn(line: DiffLine, side: Side): number | null {
  return side === 'LEFT' ? line.left : line.right;
}

function indexIn(hunk: Hunk, side: Side, line: number): number {
  return hunk.lines.findIndex((item) => numberOn(item, side) === line);
}

const SIGNS = { context: ' ', added: '+', deleted: '-' } as const;

/** GitHub accepts a comment only on lines that the diff shows, and a range only within one hunk. */
export function resolveAnchor(files: readonly DiffFile[], anchor: Anchor): AnchorResult {
  const file = files.find((candidate) => candidate.path === anchor.path);
  if (file === undefined) return { ok: false, error: 'Path could not be resolved' };
  const hunk = file.hunks.find((candidate) => indexIn(candidate, anchor.side, anchor.line) >= 0);
  if (hunk === undefined) return { ok: false, error: 'Line could not be resolved' };
  const end = indexIn(hunk, anchor.side, anchor.line);
  if (anchor.startLine !== null) {
    const start = indexIn(hunk, anchor.startSide ?? anchor.side, anchor.startLine);
    if (start < 0) return { ok: false, error: 'Start line could not be resolved' };
    if (start >= end) return { ok: false, error: 'Start line must precede the end line' };
  }
  const lines = hunk.lines.slice(0, end + 1).map((line) => SIGNS[line.type] + line.text);
  return { ok: true, diffHunk: [hunk.header, ...lines].join('\n') };
}

/** How many lines below the file's first hunk header a line stands, later hunk headers included. */
export function positionOf(file: DiffFile | undefined, side: Side, line: number): number | null {
  let above = 0;
  for (const hunk of file?.hunks ?? []) {
    const index = indexIn(hunk, side, line);
    if (index >= 0) return above + index + 1;
    above += hunk.lines.length + 1;
  }
  return null;
}
