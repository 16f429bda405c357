import { parseCodeOwners } from '../../engine/code-owners.ts';

/** Somebody who owns files. Addresses are left out: no account can be told from one. */
export type Owner =
  | { readonly type: 'user'; readonly login: string }
  | { readonly type: 'team'; readonly organisation: string; readonly slug: string };

/** Who owns a path, by the last line that matches; nobody when no line does. */
export type OwnersOf = (path: string) => readonly Owner[];

/** The accounts and teams that a CODEOWNERS file names. */
export function readCodeOwners(text: string): OwnersOf {
  const namesFor = parseCodeOwners(text);
  return (path) => namesFor(path).flatMap((name) => ownerOf(name) ?? []);
}

function ownerOf(name: string): Owner | null {
  const [, first = '', slug] = /^@([\w.-]+)(?:\/([\w.-]+))?$/.exec(name) ?? [];
  if (first === '') return null;
  return slug === undefined ? { type: 'user', login: first } : { type: 'team', organisation: first, slug };
}
