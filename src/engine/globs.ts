import { Minimatch } from 'minimatch';

/** Whether a path matches one of some globs. `*` matches dot files too; `!` and `#` mean themselves. */
export type PathMatcher = (path: string) => boolean;

export function compileGlobs(globs: readonly string[]): PathMatcher {
  const compiled = globs.map(
    (glob) => new Minimatch(glob, { dot: true, nonegate: true, nocomment: true, platform: 'linux' }),
  );
  return (path) => compiled.some((glob) => glob.match(path));
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
