import type { Rule, Widening } from '../engine/rule.ts';

/**
 * What to search for: each text with the folders in which it matters. Folders inside other ones are left out, and many
 * folders become one search of everything, so that a change of many files does not start many searches.
 */
export function collectWidenings(
  rules: readonly Rule[],
  changedPaths: Iterable<string>,
): ReadonlyMap<string, readonly string[]> {
  const wanted = new Map<string, Set<string>>();
  const widen = rules.flatMap((rule) => (rule.code?.widen === undefined ? [] : [rule.code.widen]));
  for (const path of changedPaths) {
    for (const ask of widen) {
      const answer: Widening | null = ask(path);
      if (answer === null) continue;
      const folders = wanted.get(answer.containing) ?? new Set();
      wanted.set(answer.containing, folders.add(answer.under));
    }
  }
  return new Map([...wanted].map(([text, folders]) => [text, outermost(folders)]));
}

export function isUnder(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => folder === '' || path === folder || path.startsWith(`${folder}/`));
}

function outermost(folders: ReadonlySet<string>): string[] {
  if (folders.has('')) return [''];
  return [...folders].filter((folder) => {
    const parts = folder.split('/');
    return !parts.some((_, depth) => depth > 0 && folders.has(parts.slice(0, depth).join('/')));
  });
}
