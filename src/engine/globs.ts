import { Minimatch } from 'minimatch';

/** Whether a path matches one of some globs. `*` matches dot files too; `!` and `#` mean themselves. */
export type PathMatcher = (path: string) => boolean;

const OPTIONS = { dot: true, nonegate: true, nocomment: true, platform: 'linux' } as const;

export function compileGlobs(globs: readonly string[]): PathMatcher {
  const compiled = globs.map((glob) => new Minimatch(glob, OPTIONS));
  return (path) => compiled.some((glob) => glob.match(path));
}

/** Whether a folder, or something that could stand in it, matches one of some globs. */
export function compileFolderGlobs(globs: readonly string[]): PathMatcher {
  const compiled = globs.map((glob) => new Minimatch(glob, OPTIONS));
  return (folder) => compiled.some((glob) => glob.match(folder, true));
}

/** Why a glob cannot be used, as a clause; null when it can. */
export function globProblem(glob: string): string | null {
  try {
    compileGlobs([glob]);
    return null;
  } catch (error) {
    return `\`${glob}\` is not a usable glob: ${(error as Error).message}`;
  }
}
