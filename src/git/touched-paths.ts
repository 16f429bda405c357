import { isCleanMerge, type MergedFile } from './clean-merge.ts';
import { runGit, type GitContext } from './git-process.ts';
import { splitFields } from './fields.ts';
import type { ObjectReader } from './object-reader.ts';
import { decodePath } from './path-bytes.ts';
import { isObjectId } from './tree-entry.ts';

export interface CommitParents {
  readonly sha: string;
  readonly parents: readonly string[];
}

/** What a path is, before the change or after it: a submodule and a link may stand for a folder. */
export type TouchedKind = 'file' | 'link' | 'submodule';
export type TouchedPaths = ReadonlyMap<string, TouchedKind>;

/** One path in a comparison of two commits: modes and ids of what stands there on either side. */
interface Difference {
  readonly kind: TouchedKind;
  readonly modes: readonly [before: string, after: string];
  readonly ids: readonly [before: string, after: string];
}
type Differences = ReadonlyMap<string, Difference>;

const MAX_DIFF_BYTES = 1024 * 1024 * 1024;
const OPTIONS = ['-r', '-z', '--raw', '--root', '--no-renames', '--no-abbrev', '--ignore-submodules=none'];
/** Files of all merges together that are merged once more; those beyond count as edited. */
const MAX_REMERGED = 200;

/**
 * The paths that each commit changes. A merge changes what it did not simply take over from the side that had changed
 * it since both parted: what was settled or edited in the merge, and what one side had changed and the merge drops. Where
 * both sides had changed a file, in places apart, taking over both changes and nothing else is no change.
 * Paths of both ends of a rename count.
 */
export async function readTouchedPaths(
  commits: readonly CommitParents[],
  { context, reader }: { readonly context: GitContext; readonly reader: ObjectReader },
  signal?: AbortSignal,
): Promise<TouchedPaths[]> {
  const questions: [to: string, from: string | null][] = [];
  const ask = (to: string, from: string | null): number => questions.push([to, from]) - 1;
  const plans: ((answers: readonly Differences[]) => Promise<TouchedPaths>)[] = [];
  let remerged = 0;
  const isClean = async (file: MergedFile | null): Promise<boolean> => {
    if (file === null || remerged >= MAX_REMERGED) return false;
    remerged += 1;
    return isCleanMerge(file, reader, context, signal);
  };
  for (const { sha, parents } of commits) {
    const own = parents.length === 0 ? [ask(sha, null)] : parents.map((parent) => ask(sha, parent));
    if (parents.length < 2) {
      plans.push((answers) => Promise.resolve(kindsOf(at(answers, own[0]))));
      continue;
    }
    const [left = '', right = ''] = parents;
    const bases = parents.length === 2 ? await mergeBases(left, right, context, signal) : [];
    const sides = bases.map((base) => [ask(left, base), ask(right, base)] as const);
    plans.push(async (answers) => {
      const changed = own.map((index) => at(answers, index));
      const since = sides.map((side) => side.map((index) => at(answers, index)));
      const touched = new Map<string, TouchedKind>();
      for (const [path, { kind }] of new Map(changed.flatMap((paths) => [...paths]))) {
        const differs = changed.map((paths) => paths.has(path));
        // It stands as one parent has it: fine, if the other one had not changed it.
        const isEdited =
          differs.every(Boolean) || since.length === 0
            ? !(await isClean(mergedFile(path, changed, since)))
            : since.some((side) => side[differs.indexOf(true)]?.has(path));
        if (isEdited) touched.set(path, kind);
      }
      return touched;
    });
  }
  const answers = await diffAll(questions, context, signal);
  const touched: TouchedPaths[] = [];
  for (const plan of plans) touched.push(await plan(answers));
  return touched;
}

/** A plain file that both sides have changed since the one commit in which they parted, and that kept its mode. */
function mergedFile(
  path: string,
  changed: readonly Differences[],
  since: readonly (readonly Differences[])[],
): MergedFile | null {
  const [sides, ...more] = since;
  // Of several, git makes a base of its own.
  if (sides === undefined || more.length > 0) return null;
  const [ours, theirs] = sides.map((side) => side.get(path));
  const merge = changed[0]?.get(path);
  if (ours === undefined || theirs === undefined || merge === undefined) return null;
  const modes = new Set([ours, theirs, merge].flatMap((one) => one.modes));
  if (modes.size > 1 || !(modes.has('100644') || modes.has('100755'))) return null;
  return { base: ours.ids[0], left: ours.ids[1], right: theirs.ids[1], merged: merge.ids[1] };
}

function at(answers: readonly Differences[], index: number | undefined): Differences {
  return answers[index ?? -1] ?? new Map();
}

function kindsOf(differences: Differences): TouchedPaths {
  return new Map([...differences].map(([path, { kind }]) => [path, kind]));
}

async function mergeBases(
  left: string,
  right: string,
  context: GitContext,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const { stdout } = await runGit(['merge-base', '--all', left, right], context, {
    exitCodes: [0, 1],
    signal,
  });
  return stdout.toString('latin1').split('\n').filter(isObjectId);
}

/** Answers each question, in its order: the paths in which a commit differs from another one, or from nothing. */
async function diffAll(
  questions: readonly (readonly [string, string | null])[],
  context: GitContext,
  signal: AbortSignal | undefined,
): Promise<Differences[]> {
  const answers: Map<string, Difference>[] = [];
  if (questions.length === 0) return answers;
  let difference: Difference | null = null;
  const onField = (field: Buffer): void => {
    if (difference !== null) {
      answers.at(-1)?.set(decodePath(field), difference);
      difference = null;
    } else if (field[0] === 0x3a) {
      difference = differenceOf(field.toString('latin1', 1));
    } else {
      answers.push(new Map());
    }
  };
  const take = splitFields(onField);
  // A commit with another one behind it is compared with that one, as if it were its parent.
  await runGit(['diff-tree', '--stdin', '--always', '-m', ...OPTIONS], context, {
    input: questions.map(([to, from]) => `${to}${from === null ? '' : ` ${from}`}\n`).join(''),
    signal,
    maxOutputBytes: MAX_DIFF_BYTES,
    onOutput: (chunk) => {
      take(chunk);
      return true;
    },
  });
  if (answers.length !== questions.length) {
    throw new Error(`git diff-tree answered ${answers.length} of ${questions.length} questions`);
  }
  return answers;
}

/** @param fields the modes before and after, the ids, and what was done */
function differenceOf(fields: string): Difference {
  const [modeBefore = '', modeAfter = '', before = '', after = ''] = fields.split(' ', 4);
  const modes = [modeBefore, modeAfter] as const;
  const kind = modes.includes('160000') ? 'submodule' : modes.includes('120000') ? 'link' : 'file';
  return { kind, modes, ids: [before, after] };
}
