import { GitError } from './git-error.ts';
import { runGit, type GitContext } from './git-process.ts';
import { encodePath } from './path-bytes.ts';
import { parseRawDiff, type DiffEntry } from './tree-entry.ts';

/** Lines of a file, counted from 1; both ends belong to the span. */
export interface LineSpan {
  readonly start: number;
  readonly end: number;
}

/** Inexact renames are only looked for up to this number of candidates on a side: the search is quadratic. */
const RENAME_LIMIT = 1_000;

/** What every comparison of two trees is asked for. */
export const RAW_DIFF: readonly string[] = [
  ...['-r', '-z', '-M', `-l${RENAME_LIMIT}`, '--raw', '--full-index', '--no-abbrev', '--no-ext-diff'],
  '--ignore-submodules=none',
];

/** A longer diff is read to this point: no forge shows the rest either. */
const MAX_PATCH_BYTES = 512 * 1024 * 1024;
/** As much of a line as can matter: a hunk header, or the ids of an index line. */
const MAX_LINE_BYTES = 400;
const LINE_FEED = 0x0a;
const HUNK = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const INDEX = /^index ([0-9a-f]+)\.\.([0-9a-f]+)(?: |$)/;

/**
 * The head's lines that a unified diff with three lines of context shows, for each changed text file. Paths that are
 * not UTF-8 are left out: nobody can comment on them.
 */
export async function readHunks(
  from: string,
  to: string,
  context: GitContext,
  options: { readonly paths?: ReadonlySet<string>; readonly signal?: AbortSignal | undefined } = {},
): Promise<Map<string, LineSpan[]>> {
  const args = [
    ...['diff-tree', ...RAW_DIFF, '--patch', '-U3', '--inter-hunk-context=0', '--diff-algorithm=default'],
    ...['--no-color', '--no-textconv', '--submodule=short', '--src-prefix=a/', '--dst-prefix=b/'],
    ...[from, to, '--'],
  ];
  const parser = createPatchParser(options.paths);
  await runGit(args, context, {
    signal: options.signal,
    maxOutputBytes: Number.POSITIVE_INFINITY,
    onOutput: (chunk) => {
      parser.push(chunk);
      return parser.bytes() < MAX_PATCH_BYTES;
    },
  });
  return parser.spans();
}

interface PatchParser {
  push(chunk: Buffer): void;
  bytes(): number;
  spans(): Map<string, LineSpan[]>;
}

/**
 * Reads `--patch-with-raw -z`: first the changed paths as raw records, closed by an empty one, then the patches in the
 * same order. Names are only taken from the records, and lines of content are counted off by the hunk headers, so that
 * nothing a file holds can pass for a header.
 */
export function createPatchParser(paths?: ReadonlySet<string>): PatchParser {
  const spans = new Map<string, LineSpan[]>();
  const rawChunks: Buffer[] = [];
  let sections: readonly Section[] | null = null;
  let current: Section | undefined;
  let next = 0;
  let oldLeft = 0;
  let newLeft = 0;
  let line = '';
  let bytes = 0;

  const onLine = (text: string): void => {
    if (oldLeft > 0 || newLeft > 0) {
      const sign = text.charAt(0);
      if (sign !== '+' && sign !== '\\') oldLeft -= 1;
      if (sign !== '-' && sign !== '\\') newLeft -= 1;
      return;
    }
    if (text.startsWith('diff --git ')) {
      current = sections?.[next];
      next += 1;
      if (current === undefined) throw outOfStep();
      return;
    }
    const index = INDEX.exec(text);
    if (index !== null && (index[1] !== current?.before || index[2] !== current?.after)) throw outOfStep();
    const hunk = HUNK.exec(text);
    if (hunk === null || current === undefined) return;
    oldLeft = Number(hunk[1] ?? '1');
    newLeft = Number(hunk[3] ?? '1');
    const start = Number(hunk[2]);
    if (newLeft === 0 || !current.shown || paths?.has(current.path) === false) return;
    const known = spans.get(current.path) ?? [];
    known.push({ start, end: start + newLeft - 1 });
    spans.set(current.path, known);
  };

  const pushLines = (chunk: Buffer): void => {
    for (let at = 0; at < chunk.length;) {
      const end = chunk.indexOf(LINE_FEED, at);
      const stop = end < 0 ? chunk.length : end;
      const room = MAX_LINE_BYTES - line.length;
      if (room > 0) line += chunk.toString('latin1', at, Math.min(stop, at + room));
      if (end < 0) return;
      onLine(line);
      line = '';
      at = end + 1;
    }
  };

  return {
    push(chunk) {
      bytes += chunk.length;
      if (sections !== null) {
        pushLines(chunk);
        return;
      }
      // The mark may be cut in two by the end of a chunk.
      const previous = rawChunks.at(-1);
      const seam = previous?.at(-1) === 0 && chunk[0] === 0 ? 0 : chunk.indexOf('\0\0', 0, 'latin1') + 1;
      const found = seam > 0 || (previous?.at(-1) === 0 && chunk[0] === 0);
      rawChunks.push(found ? chunk.subarray(0, seam) : chunk);
      if (!found) return;
      sections = parseRawDiff(Buffer.concat(rawChunks)).flatMap(sectionsOf);
      pushLines(chunk.subarray(seam + 1));
    },
    bytes: () => bytes,
    spans: () => spans,
  };
}

/** One `diff --git` part of a patch. */
interface Section {
  readonly path: string;
  readonly shown: boolean;
  readonly before: string;
  readonly after: string;
}

/** A change of type is printed as a removal and an addition. */
function sectionsOf({ status, before, after }: DiffEntry): Section[] {
  const path = (after ?? before)?.path ?? '';
  const shown = encodePath(path).equals(Buffer.from(path, 'utf8'));
  const nothing = '0'.repeat((after ?? before)?.oid.length ?? 40);
  const removal = { path, shown, before: before?.oid ?? nothing, after: nothing };
  const addition = { path, shown, before: nothing, after: after?.oid ?? nothing };
  if (status === 'type-changed') return [removal, addition];
  return [{ path, shown, before: removal.before, after: addition.after }];
}

function outOfStep(): GitError {
  return new GitError('failed', 'git diff-tree gave a patch that does not agree with its list of files');
}
