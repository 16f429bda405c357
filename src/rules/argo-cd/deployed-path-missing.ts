import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { compileGlobs } from '../../engine/globs.ts';
import { foldersIn, leadsElsewhere } from '../../graph/kustomize-tree.ts';
import { SOURCE_PATH_KINDS, sourcePathsOf, type SourcePath } from '../../graph/source-paths.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { push } from '../support/placed-objects.ts';

const GLOB =
  '{kind} `{name}` makes Applications of `{target}`, and nothing in the repository matches that: it makes none, and those ' +
  'that it made before are deleted.';
const REMOVED =
  '{kind} `{name}` deploys the folder `{target}`, which this change removes: its next sync fails, and what it deployed ' +
  'stays in the cluster as it is.';
const REMOVE_BOTH =
  'Take {kind} `{name}` out in the same change, or point it to where the folder stands now.';

export const deployedPathMissing: RepositoryRule = {
  scope: 'repository',
  kinds: SOURCE_PATH_KINDS,
  context: KUSTOMIZATION_GLOBS,
  judge(_files, context) {
    const byRepository = new Map<string, SourcePath[]>();
    for (const one of sourcePathsOf(context.objects)) {
      push(byRepository, one.repository, one);
    }
    return [...byRepository.values()].flatMap((paths) => problemsOf(paths, context));
  },
};

/**
 * Nothing in a repository says at which address it stands. An address is taken for this repository's when most of the
 * folders that objects take from there exist here, or when the missing one existed before the change.
 */
function problemsOf(sources: readonly SourcePath[], context: RuleContext): Problem[] {
  const { paths } = context.snapshot;
  const before = context.base?.paths ?? null;
  const missing = sources.filter((one) => !exists(one, paths));
  const missingNames = new Set(missing.map(({ path }) => path));
  const found = new Set(
    sources.map(({ path }) => path).filter((path) => path !== '.' && !missingNames.has(path)),
  );
  const isThisRepository = [...found].reduce((sum, path) => sum + weightOf(path), 0) > missingNames.size;
  return missing.flatMap((one) => {
    const removed = before !== null && exists(one, before);
    if (!removed && !isThisRepository) return [];
    return [
      {
        path: one.object.path,
        manifest: one.object.position,
        pointer: one.pointer,
        judged: one.path,
        values: { target: one.path },
        ...(one.glob !== null
          ? { message: GLOB }
          : removed
            ? { message: REMOVED, remediation: REMOVE_BOTH }
            : {}),
      },
    ];
  });
}

/** `apps/web` is there by chance less often than `base`. */
function weightOf(path: string): number {
  return path.includes('/') && !path.includes('*') ? 2 : 1;
}

const matched = new WeakMap<ReadonlySet<string>, Map<string, boolean>>();

function exists({ path, glob }: SourcePath, paths: ReadonlySet<string>): boolean {
  if (path === '.' || path.startsWith('..')) return true;
  if (glob === null) return foldersIn(paths).has(path) || paths.has(path) || leadsElsewhere(path, paths);
  const known = matched.get(paths) ?? new Map<string, boolean>();
  matched.set(paths, known);
  const key = `${glob} ${path}`;
  let answer = known.get(key);
  if (answer === undefined) {
    const matches = compileGlobs([path]);
    answer = [...(glob === 'files' ? paths : foldersIn(paths))].some(matches);
    known.set(key, answer);
  }
  return answer;
}
