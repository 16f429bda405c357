import { askGit } from './git.ts';

export type Side = 'LEFT' | 'RIGHT';

/** One line of a hunk, with its number on each side where it exists. */
export interface DiffLine {
  readonly type: 'context' | 'added' | 'deleted';
  readonly left: number | null;
  readonly right: number | null;
  readonly text: string;
}

export interface Hunk {
  readonly header: string;
  readonly lines: readonly DiffLine[];
}

export type DiffStatus = 'added' | 'removed' | 'modified' | 'renamed' | 'changed';

export interface DiffFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: DiffStatus;
  /** Object id on the head's side; on the base's side when the file was removed. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** Null for binary files and for files whose diff GitHub does not show for its size. */
  readonly patch: string | null;
  readonly hunks: readonly Hunk[];
}

/** GitHub shows at most this much of one file's diff. */
const MAX_PATCH_BYTES = 500_000;

const DIFF_OPTIONS = ['-r', '-M', '--no-commit-id', '--no-ext-diff', '--no-textconv', '--no-color'] as const;

interface RawEntry {
  readonly path: string;
  readonly previousPath: string | null;
  readonly letter: string;
  readonly sha: string;
}

const STATUS: Readonly<Record<string, DiffStatus>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'changed',
};

async function listRaw(directory: string, from: string, to: string): Promise<RawEntry[]> {
  const { stdout } = await askGit(directory, [
    'diff-tree',
    '-z',
    '--raw',
    '--no-abbrev',
    ...DIFF_OPTIONS,
    from,
    to,
  ]);
  const fields = stdout.toString('utf8').split('\0');
  const entries: RawEntry[] = [];
  for (let index = 0; (fields[index] ?? '').startsWith(':');) {
    const [, , before = '', after = '', status = ''] = (fields[index] ?? '').split(' ');
    const letter = status[0] ?? '';
    const first = fields[index + 1] ?? '';
    const renamed = letter === 'R';
    entries.push({
      letter,
      path: renamed ? (fields[index + 2] ?? '') : first,
      previousPath: renamed ? first : null,
      sha: letter === 'D' ? before : after,
    });
    index += renamed ? 3 : 2;
  }
  return entries;
}

interface Section {
  readonly binary: boolean;
  readonly patch: string;
  readonly hunks: readonly Hunk[];
}

const HUNK_HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * Splits git's patch into files. Lines inside a hunk are counted by its header, so that content which looks
 * like a header is content; paths are quoted by git and cannot hold a line break.
 */
function parseSections(output: Buffer): Section[] {
  const lines = output.toString('latin1').split('\n');
  const sections: Section[] = [];
  let index = 0;
  while (index < lines.length) {
    if (!(lines[index] ?? '').startsWith('diff --git ')) {
      index += 1;
      continue;
    }
    index += 1;
    let binary = false;
    while (index < lines.length && !/^(?:@@ |diff --git )/.test(lines[index] ?? '')) {
      if ((lines[index] ?? '').startsWith('Binary files ')) binary = true;
      index += 1;
    }
    const start = index;
    const hunks: Hunk[] = [];
    while (HUNK_HEADER.test(lines[index] ?? '')) {
      const [hunk, next] = parseHunk(lines, index);
      hunks.push(hunk);
      index = next;
    }
    sections.push({ binary, hunks, patch: fromLatin1(lines.slice(start, index).join('\n')) });
  }
  return sections;
}

function fromLatin1(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function parseHunk(lines: readonly string[], at: number): [Hunk, number] {
  const header = lines[at] ?? '';
  const [, leftStart, leftCount = '1', rightStart, rightCount = '1'] = HUNK_HEADER.exec(header) ?? [];
  let left = Number(leftStart);
  let right = Number(rightStart);
  const leftEnd = left + Number(leftCount);
  const rightEnd = right + Number(rightCount);
  const parsed: DiffLine[] = [];
  let index = at + 1;
  while (left < leftEnd || right < rightEnd || (lines[index] ?? '').startsWith('\\')) {
    const line = lines[index] ?? '';
    const text = fromLatin1(line.slice(1));
    if (line.startsWith('+')) parsed.push({ type: 'added', left: null, right: right++, text });
    else if (line.startsWith('-')) parsed.push({ type: 'deleted', left: left++, right: null, text });
    else if (!line.startsWith('\\')) parsed.push({ type: 'context', left: left++, right: right++, text });
    index += 1;
  }
  return [{ header: fromLatin1(header), lines: parsed }, index];
}

function countLines(hunks: readonly Hunk[], type: DiffLine['type']): number {
  return hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.type === type).length, 0);
}

interface FileSections {
  readonly entry: RawEntry;
  readonly sections: readonly Section[];
}

/** Git's patch, file by file. */
async function diffFiles(
  directory: string,
  from: string,
  to: string,
  contextLines: number,
): Promise<FileSections[]> {
  const [entries, patch] = await Promise.all([
    listRaw(directory, from, to),
    askGit(directory, [
      'diff-tree',
      '--patch',
      `-U${contextLines}`,
      '--full-index',
      ...DIFF_OPTIONS,
      from,
      to,
    ]),
  ]);
  const sections = parseSections(patch.stdout);
  let next = 0;
  return entries.map((entry) => {
    // A file that becomes a link, or the reverse, comes as two sections: a deletion and an addition.
    const start = next;
    next += entry.letter === 'T' ? 2 : 1;
    return { entry, sections: sections.slice(start, next) };
  });
}

/** The diff between two trees, with three lines of context, as a pull request shows it. */
export async function diffTrees(directory: string, from: string, to: string): Promise<DiffFile[]> {
  const files = await diffFiles(directory, from, to, 3);
  return files.map(({ entry, sections }) => {
    const hunks = sections.flatMap((section) => section.hunks);
    const text = sections.map((section) => section.patch).join('\n');
    const shown =
      hunks.length > 0 && !sections.some((section) => section.binary) && text.length <= MAX_PATCH_BYTES;
    return {
      path: entry.path,
      previousPath: entry.previousPath,
      status: STATUS[entry.letter] ?? 'changed',
      sha: entry.sha,
      additions: countLines(hunks, 'added'),
      deletions: countLines(hunks, 'deleted'),
      patch: shown ? text : null,
      hunks: shown ? hunks : [],
    };
  });
}

/** Where a line of the old version stands in the new one; null when it was changed or removed. */
export async function mapLine(
  directory: string,
  from: string,
  to: string,
  path: string,
  line: number,
): Promise<number | null> {
  if (from === to) return line;
  const files = await diffFiles(directory, from, to, 0);
  const file = files.find(({ entry }) => (entry.previousPath ?? entry.path) === path);
  if (file === undefined) return line;
  if (file.entry.letter === 'D' || file.entry.letter === 'T') return null;
  let shift = 0;
  for (const hunk of file.sections.flatMap((section) => section.hunks)) {
    const deleted = hunk.lines.filter((item) => item.left !== null).length;
    const [, start = '0'] = HUNK_HEADER.exec(hunk.header) ?? [];
    // With nothing deleted, git names the line before the insertion.
    const first = deleted === 0 ? Number(start) + 1 : Number(start);
    if (line < first) break;
    if (line < first + deleted) return null;
    shift += hunk.lines.length - 2 * deleted;
  }
  return line + shift;
}
