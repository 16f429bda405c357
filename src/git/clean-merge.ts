import { runGit, type GitContext } from './git-process.ts';
import type { ObjectReader } from './object-reader.ts';

/** The versions of a file that come together in a merge, as ids of blobs. */
export interface MergedFile {
  /** Where both sides parted. */
  readonly base: string;
  readonly left: string;
  readonly right: string;
  /** What the merge made of them. */
  readonly merged: string;
}

/** Lines of the base, counted from 0, `end` excluded, and what stands in their place. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly lines: string;
}

/** Larger files are not compared, and count as edited. */
const MAX_BYTES = 1024 * 1024;
const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm;

/** Whether a merge joined both sides' changes to a file line by line, as git does when they stand apart, and did no more. */
export async function isCleanMerge(
  { base, left, right, merged }: MergedFile,
  reader: ObjectReader,
  context: GitContext,
  signal?: AbortSignal,
): Promise<boolean> {
  const limits = { maxBytesEach: MAX_BYTES, maxBytesTotal: 4 * MAX_BYTES, signal };
  const blobs = await reader.read([base, left, right, merged], 'blob', limits);
  const [old, ours, theirs, result] = [base, left, right, merged].map((oid) => {
    const bytes = blobs.get(oid);
    // One character a byte, so that nothing is lost.
    return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('latin1') : null;
  });
  if (typeof old !== 'string' || typeof ours !== 'string' || typeof theirs !== 'string') return false;
  const changes = [
    ...(await replacements(base, left, ours, context, signal)),
    ...(await replacements(base, right, theirs, context, signal)),
  ].sort((a, b) => a.start - b.start || a.end - b.end);
  const joined = join(linesOf(old), changes);
  return joined !== null && joined === result;
}

async function replacements(
  from: string,
  to: string,
  text: string,
  context: GitContext,
  signal: AbortSignal | undefined,
): Promise<Replacement[]> {
  const { stdout } = await runGit(
    [
      ...['diff', '-U0', '--inter-hunk-context=0', '--diff-algorithm=histogram', '--no-indent-heuristic'],
      ...['--no-color', '--no-ext-diff', '--no-textconv', from, to, '--'],
    ],
    context,
    { signal },
  );
  const lines = linesOf(text);
  // Lines of content have a sign before them, so that none passes for a header.
  return [...stdout.toString('latin1').matchAll(HUNK)].map((match) => {
    const [oldAt = 0, oldCount = 0, newAt = 0, newCount = 0] = match
      .slice(1)
      .map((part: string | undefined) => Number(part ?? 1));
    // Of nothing, git names the line before it.
    const start = oldCount === 0 ? oldAt : oldAt - 1;
    const newStart = newCount === 0 ? newAt : newAt - 1;
    return { start, end: start + oldCount, lines: lines.slice(newStart, newStart + newCount).join('') };
  });
}

/** Null where two changes meet: then somebody had to decide. */
function join(lines: readonly string[], changes: readonly Replacement[]): string | null {
  const parts: string[] = [];
  let last: Replacement | null = null;
  for (const change of changes) {
    if (last !== null) {
      const isSame = change.start === last.start && change.end === last.end && change.lines === last.lines;
      if (isSame) continue;
      if (change.start <= last.end) return null;
    }
    parts.push(...lines.slice(last?.end ?? 0, change.start), change.lines);
    last = change;
  }
  return [...parts, ...lines.slice(last?.end ?? 0)].join('');
}

/** Each with its line feed. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
