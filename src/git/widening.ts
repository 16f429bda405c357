import type { FileVersion } from '../engine/change.ts';
import { isYamlName } from '../engine/judged-file.ts';
import type { Rule } from '../engine/rule.ts';

/** Where a text matters: in or below some folders, and directly in some others. */
export interface Where {
  readonly under: readonly string[];
  readonly directly: ReadonlySet<string>;
}

interface Wanted {
  readonly under: Set<string>;
  readonly directly: Set<string>;
}

/** What rules want to see beside a change. */
export interface Wishes {
  /** Texts to search for, with the folders in which they matter. */
  readonly texts: ReadonlyMap<string, Where>;
  /** Files by their names; they need not exist. */
  readonly named: ReadonlySet<string>;
}

/** A changed file on one of its sides. */
export interface Changed {
  readonly path: string;
  readonly content: Uint8Array | null;
}

/** More names than a change has any need for. */
const MAX_NAMED = 2_000;

/**
 * What to look for: each text with the folders in which it matters. Folders inside other ones are left out, and many
 * folders become one search of everything, so that a change of many files does not start many searches.
 */
export function collectWidenings(rules: readonly Rule[], changed: Iterable<Changed>): Wishes {
  const wanted = new Map<string, Wanted>();
  const named = new Set<string>();
  const widen = rules.flatMap((rule) => (rule.code?.widen === undefined ? [] : [rule.code.widen]));
  for (const { path, content } of changed) {
    for (const ask of widen) {
      const answer = ask(path, content);
      if (answer === null) continue;
      if ('paths' in answer) {
        for (const name of answer.paths.slice(0, MAX_NAMED - named.size)) named.add(name);
        continue;
      }
      const known: Wanted = wanted.get(answer.containing) ?? { under: new Set(), directly: new Set() };
      (answer.only === 'folder' ? known.directly : known.under).add(answer.under);
      wanted.set(answer.containing, known);
    }
  }
  const texts = new Map(
    [...wanted].map(([text, { under, directly }]) => [text, { under: outermost(under), directly }]),
  );
  return { texts, named };
}

export function isWanted(path: string, { under, directly }: Where): boolean {
  if (under.some((folder) => folder === '' || path === folder || path.startsWith(`${folder}/`))) return true;
  return directly.has(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
}

/** Folders that hold everything that is wanted; null when one search of the whole tree is simpler. */
export function searchedFolders({ under, directly }: Where): readonly string[] | null {
  const folders = outermost(new Set([...under, ...directly]));
  return folders.length > MAX_SEARCHES || folders.includes('') ? null : folders;
}

const MAX_SEARCHES = 4;

function outermost(folders: ReadonlySet<string>): string[] {
  if (folders.has('')) return [''];
  return [...folders].filter((folder) => {
    const parts = folder.split('/');
    return !parts.some((_, depth) => depth > 0 && folders.has(parts.slice(0, depth).join('/')));
  });
}

/**
 * A POSIX extended regular expression for files with objects of the kinds that rules compare; null when no rule compares
 * any, or the change touches nothing that could be an object.
 */
export function kindsPattern(rules: readonly Rule[], changedPaths: ReadonlySet<string>): string | null {
  const kinds = new Set(rules.flatMap((rule) => rule.code?.kinds ?? []));
  if (kinds.size === 0 || ![...changedPaths].some(isYamlName)) return null;
  return `(^|[^A-Za-z])kind["']?[[:space:]]*:[[:space:]]*["']?(${[...kinds].sort().join('|')})(List)?([^A-Za-z]|$)`;
}

/** Texts to search for because of what changed files hold; so few that a hostile change cannot stall the review. */
export function textsOfConcern(rules: readonly Rule[], changed: readonly FileVersion[]): readonly string[] {
  const ask = rules.flatMap((rule) => (rule.code?.concerns === undefined ? [] : [rule.code.concerns]));
  const texts = new Set(changed.flatMap((version) => ask.flatMap((concerns) => concerns(version))));
  return [...texts].slice(0, MAX_TEXTS);
}

const MAX_TEXTS = 20;
