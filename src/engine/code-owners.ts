import { compilePattern } from './re2.ts';

/** Where GitHub looks for the file, in its order; the first one counts. */
export const CODEOWNERS_PATHS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** GitHub ignores a file of more bytes. */
export const MAX_CODEOWNERS_BYTES = 3 * 1024 * 1024;
const MAX_LINES = 10_000;

/** The owners of a path as they are written, `@user`, `@org/team` or an address; none when nobody owns it. */
export type OwnersOf = (path: string) => readonly string[];

interface OwnersLine {
  readonly matches: (path: string) => boolean;
  readonly owners: readonly string[];
}

/**
 * Reads a CODEOWNERS file as GitHub does: the last line that matches a path counts, and one without owners takes them
 * away. Lines that GitHub would skip are skipped.
 * https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export function parseCodeOwners(text: string): OwnersOf {
  const lines = text
    .split(/\r?\n/)
    .slice(0, MAX_LINES)
    .flatMap((line) => parseLine(line) ?? [])
    .reverse();
  return (path) => lines.find(({ matches }) => matches(path))?.owners ?? [];
}

function parseLine(line: string): OwnersLine | null {
  const words = wordsOf(line);
  const [pattern, ...owners] = words;
  if (pattern === undefined || !isUsable(pattern) || !owners.every(isOwner)) return null;
  return { matches: compilePattern(toRegExp(pattern)), owners };
}

/** Words between white space, up to a comment; a backslash takes the next character as it is, white space too. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:\\.|[^\s\\])+|\\$/g)) {
    if (word.startsWith('#')) break;
    words.push(word);
  }
  return words;
}

/** What works in `.gitignore` and not here: negation and ranges of characters. */
function isUsable(pattern: string): boolean {
  return !pattern.startsWith('!') && !/(?<!\\)[[\]]/.test(pattern) && !pattern.endsWith('\\');
}

function isOwner(word: string): boolean {
  return /^@[\w.-]+(?:\/[\w.-]+)?$/.test(word) || /^[^@\s]+@[^@\s]+$/.test(word);
}

/**
 * A pattern with a slash at its front or within starts at the root. One that names a folder holds for all in it; only
 * `folder/*` does not reach below the files of the folder.
 */
function toRegExp(pattern: string): string {
  const isFolder = pattern.endsWith('/');
  const parts = pattern.replace(/\/+$/, '').replace(/^\/+/, '').split('/');
  const isRooted = /^\/|\/./.test(pattern);
  const last = parts.at(-1);
  const body = parts.map((part, index) => partOf(part, index === parts.length - 1)).join('');
  let below = '(?:/.*)?';
  if (isFolder) below = '/.+';
  else if (last === '*' && parts.length > 1) below = '';
  return `^${isRooted ? '' : '(?:.*/)?'}${body}${last === '**' ? '' : below}$`;
}

function partOf(part: string, isLast: boolean): string {
  if (part === '**') return isLast ? '.+' : '(?:.*/)?';
  const text = part.replaceAll(
    /\\(.)|\*+|([\s\S])/g,
    (_, escaped: string | undefined, plain: string | undefined) => {
      if (escaped !== undefined) return literal(escaped);
      if (plain === undefined) return '[^/]*';
      return plain === '?' ? '[^/]' : literal(plain);
    },
  );
  const whole = part === '*' ? '[^/]+' : text;
  return isLast ? whole : `${whole}/`;
}

function literal(char: string): string {
  return /[\w-]/.test(char) ? char : `\\x{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
