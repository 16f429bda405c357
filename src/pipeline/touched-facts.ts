import type { Commit } from '../engine/change.ts';
import { compileFolderGlobs, compileGlobs, type PathMatcher } from '../engine/globs.ts';
import type { PathSigners, SignaturePolicy } from '../engine/policy.ts';
import type { Repository } from '../git/repository.ts';
import { followLink, readLinks } from '../git/symlinks.ts';
import type { TouchedPaths } from '../git/touched-paths.ts';
import type { CommitFacts } from '../signatures/authorize.ts';

export interface TouchedFacts {
  readonly guarded: CommitFacts['guarded'];
  /** Whether the commit itself changes a file; of a merge, in another way than what it joins. */
  readonly addsChanges: boolean;
}

/** Commits whose links are followed, for which whole trees are read; a link of a later one counts as a folder. */
const MAX_FOLLOWED = 200;

interface Guard {
  readonly setting: PathSigners;
  readonly matches: PathMatcher;
  readonly couldHold: PathMatcher;
}

/** What commits touch: which settings about paths concern which of them. */
export async function collectTouched(
  repository: Repository,
  commits: readonly Commit[],
  { policy, signal }: { readonly policy: SignaturePolicy; readonly signal?: AbortSignal | undefined },
): Promise<ReadonlyMap<string, TouchedFacts>> {
  if (policy.paths.length === 0 && policy.webFlow !== 'merges') return new Map();
  const guards = policy.paths.map((setting): Guard => {
    const { paths } = setting;
    return { setting, matches: compileGlobs(paths), couldHold: compileFolderGlobs(paths) };
  });
  const touched = await repository.touchedPaths(commits, signal);
  const facts = new Map<string, TouchedFacts>();
  let followed = 0;
  for (const [index, commit] of commits.entries()) {
    const paths: TouchedPaths = touched[index] ?? new Map();
    const links = [...paths].flatMap(([path, kind]) =>
      kind === 'link' && guards.some(({ couldHold }) => couldHold(path)) ? [path] : [],
    );
    if (links.length > 0) followed += 1;
    const files =
      links.length > 0 && followed <= MAX_FOLLOWED
        ? await leadingToFiles(repository, commit, links, signal)
        : new Set<string>();
    const isFolder = (path: string): boolean => paths.get(path) !== 'file' && !files.has(path);
    const guarded = guards.flatMap(({ setting, matches, couldHold }) => {
      // Whoever turns a link or a submodule changes all that seems to stand below it.
      const path = [...paths.keys()].find((one) => matches(one) || (isFolder(one) && couldHold(one)));
      return path === undefined ? [] : [{ setting, path }];
    });
    facts.set(commit.sha, { guarded, addsChanges: paths.size > 0 });
  }
  return facts;
}

/** The links that lead to a file of the repository wherever they stand: in the commit, and in its parents. */
async function leadingToFiles(
  repository: Repository,
  { sha, parents }: Commit,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const folders = new Set<string>();
  for (const revision of [sha, ...parents]) {
    const tree = await repository.tree(revision);
    const links = await readLinks(tree, repository, signal);
    for (const path of paths) {
      if (tree.get(path)?.mode !== 'symlink') continue;
      const target = followLink(path, links);
      const mode = tree.get(target.path)?.mode;
      if (mode !== 'file' && mode !== 'executable') folders.add(path);
    }
  }
  return new Set(paths.filter((path) => !folders.has(path)));
}
