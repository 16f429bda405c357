import { runGit, type GitContext } from './git-process.ts';
import { splitFields } from './fields.ts';
import { decodePath } from './path-bytes.ts';
import { isObjectId } from './tree-entry.ts';

export interface CommitParents {
  readonly sha: string;
  readonly parents: readonly string[];
}

/** What a path is, before the change or after it: a submodule and a link may stand for a folder. */
export type TouchedKind = 'file' | 'link' | 'submodule';
export type TouchedPaths = ReadonlyMap<string, TouchedKind>;

const MAX_DIFF_BYTES = 1024 * 1024 * 1024;
const OPTIONS = ['-r', '-z', '--raw', '--root', '--no-renames', '--no-abbrev', '--ignore-submodules=none'];

/**
 * The paths that each commit changes. A merge changes what it did not simply take over from the side that had changed
 * it since both parted: what was settled or edited in the merge, and what one side had changed and the merge drops.
 * Paths of both ends of a rename count.
 */
export async function readTouchedPaths(
  commits: readonly CommitParents[],
  context: GitContext,
  signal?: AbortSignal,
): Promise<TouchedPaths[]> {
  const questions: [to: string, from: string | null][] = [];
  const ask = (to: string, from: string | null): number => questions.push([to, from]) - 1;
  const plans: ((answers: readonly TouchedPaths[]) => TouchedPaths)[] = [];
  for (const { sha, parents } of commits) {
    const own = parents.length === 0 ? [ask(sha, null)] : parents.map((parent) => ask(sha, parent));
    if (parents.length < 2) {
      plans.push((answers) => at(answers, own[0]));
      continue;
    }
    const [left = '', right = ''] = parents;
    const bases = parents.length === 2 ? await mergeBases(left, right, context, signal) : [];
    const sides = bases.map((base) => [ask(left, base), ask(right, base)] as const);
    plans.push((answers) => {
      const changed = own.map((index) => at(answers, index));
      return new Map(
        changed
          .flatMap((paths) => [...paths])
          .filter(([path]) => {
            const differs = changed.map((paths) => paths.has(path));
            if (differs.every(Boolean) || sides.length === 0) return true;
            // It stands as one parent has it: fine, if the other one had not changed it.
            const other = differs.indexOf(true);
            return sides.some((side) => at(answers, side[other]).has(path));
          }),
      );
    });
  }
  const answers = await diffAll(questions, context, signal);
  return plans.map((plan) => plan(answers));
}

function at(answers: readonly TouchedPaths[], index: number | undefined): TouchedPaths {
  return answers[index ?? -1] ?? new Map();
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
): Promise<TouchedPaths[]> {
  const answers: Map<string, TouchedKind>[] = [];
  if (questions.length === 0) return answers;
  let kind: TouchedKind | null = null;
  const onField = (field: Buffer): void => {
    if (kind !== null) {
      answers.at(-1)?.set(decodePath(field), kind);
      kind = null;
    } else if (field[0] === 0x3a) {
      kind = kindOf(field.toString('latin1', 1));
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

/** @param fields the modes before and after, ids, and what was done */
function kindOf(fields: string): TouchedKind {
  const modes = fields.split(' ', 2);
  if (modes.includes('160000')) return 'submodule';
  return modes.includes('120000') ? 'link' : 'file';
}
