import { Minimatch } from 'minimatch';

/** Whether a path matches one of some globs. `*` matches dot files too; `!` and `#` mean themselves. */
export type PathMatcher = (path: string) => boolean;

/** Patterns that the braces of one glob may stand for. Each is kept, and 90 pairs of words would be as many as fit. */
const MAX_PATTERNS = 200;

const OPTIONS = {
  dot: true,
  nonegate: true,
  nocomment: true,
  platform: 'linux',
  braceExpandMax: MAX_PATTERNS + 1,
} as const;

export function compileGlobs(globs: readonly string[]): PathMatcher {
  const compiled = globs.map((glob) => new Minimatch(glob, OPTIONS));
  return (path) => compiled.some((glob) => glob.match(path));
}

/** Whether a folder, or something that could stand in it, matches one of some globs. */
export function compileFolderGlobs(globs: readonly string[]): PathMatcher {
  const compiled = globs.map((glob) => new Minimatch(glob, OPTIONS));
  return (folder) => compiled.some((glob) => glob.match(folder, true));
}

export type CompileGlobs = typeof compileGlobs;

/** Compiles equal lists once, for rules that ask about one path after the other: the latest answer is kept. */
export function shareGlobs(): CompileGlobs {
  const shared = new Map<string, PathMatcher>();
  return (globs) => {
    if (globs.length === 0) return () => false;
    const key = JSON.stringify(globs);
    let matcher = shared.get(key);
    if (matcher === undefined) shared.set(key, (matcher = remembering(compileGlobs(globs))));
    return matcher;
  };
}

function remembering(matches: PathMatcher): PathMatcher {
  let latest: string | undefined;
  let answer = false;
  return (path) => {
    if (path !== latest) {
      answer = matches(path);
      latest = path;
    }
    return answer;
  };
}

/** Why a glob cannot be used, as a clause; null when it can. */
export function globProblem(glob: string): string | null {
  try {
    const { globSet } = new Minimatch(glob, OPTIONS);
    return globSet.length > MAX_PATTERNS
      ? `\`${glob.slice(0, 50)}\` stands for more than ${String(MAX_PATTERNS)} patterns: write several globs`
      : null;
  } catch (error) {
    return `\`${glob}\` is not a usable glob: ${(error as Error).message}`;
  }
}
