import { compileGlobs, type PathMatcher } from '../../engine/globs.ts';

/** Where GitHub looks for the file; the first that is there counts. */
export const CODE_OWNERS_PATHS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** GitHub reads no larger file. */
export const MAX_CODE_OWNERS_BYTES = 3 * 1024 * 1024;
const MAX_LINES = 10_000;

/** Somebody who owns files. Addresses are left out: no account can be told from one. */
export type Owner =
  | { readonly type: 'user'; readonly login: string }
  | { readonly type: 'team'; readonly organisation: string; readonly slug: string };

/** Who owns a path, by the last line that matches; nobody when no line does. */
export type OwnersOf = (path: string) => readonly Owner[];

/** Reads a CODEOWNERS file as GitHub does. Lines that GitHub does not understand are left out. */
export function readCodeOwners(text: string): OwnersOf {
  const lines = text
    .split(/\r?\n/)
    .slice(0, MAX_LINES)
    .flatMap((line) => readLine(line) ?? [])
    .reverse();
  return (path) => lines.find(({ matches }) => matches(path))?.owners ?? [];
}

interface OwnerLine {
  readonly matches: PathMatcher;
  readonly owners: readonly Owner[];
}

function readLine(line: string): OwnerLine | null {
  // A backslash keeps the blank behind it.
  const words = line.match(/(?:\\.|[^\s\\])+/g) ?? [];
  const [pattern, ...rest] = words;
  if (pattern === undefined || pattern.startsWith('#')) return null;
  const comment = rest.findIndex((word) => word.startsWith('#'));
  const names = comment < 0 ? rest : rest.slice(0, comment);
  if (
    /^!|[[\]]/.test(pattern) ||
    names.some((name) => !/^(?:@[\w.-]+(?:\/[\w.-]+)?|[^@\s]+@[^@\s]+)$/.test(name))
  ) {
    return null;
  }
  return {
    matches: matcherOf(pattern.replaceAll(/\\(.)/g, '$1')),
    owners: names.flatMap((name) => ownerOf(name) ?? []),
  };
}

function ownerOf(name: string): Owner | null {
  const [, first = '', slug] = /^@([\w.-]+)(?:\/([\w.-]+))?$/.exec(name) ?? [];
  if (first === '') return null;
  return slug === undefined ? { type: 'user', login: first } : { type: 'team', organisation: first, slug };
}

/** As `.gitignore`: with a slash in front or within from the root, else at any depth; a folder means all below it. */
function matcherOf(pattern: string): PathMatcher {
  const isFolder = pattern.endsWith('/');
  const inner = pattern.replace(/^\//, '').replace(/\/$/, '');
  const anchored = pattern.startsWith('/') || inner.includes('/');
  // To minimatch these mean something that they do not mean to GitHub.
  const literal = inner.replaceAll(/[{}()+@!\\]/g, '\\$&');
  const glob = `${anchored ? '' : '**/'}${literal}`;
  const below = `${glob}/**`;
  if (isFolder) return compileGlobs([below]);
  // `docs/*` means the files in it, and not those in its folders.
  return /(?:^|\/)\*$/.test(inner) && anchored ? compileGlobs([glob]) : compileGlobs([glob, below]);
}
