import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { compileGlobs } from '../engine/globs.ts';

/** A path as in a repository: below the root; a path elsewhere keeps all its folders, without the leading slash. */
export function nameUnder(root: string, location: string): string {
  const relative = path.relative(root, location);
  const elsewhere = relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  const name = elsewhere ? location.slice(path.parse(location).root.length) : relative;
  return name.split(path.sep).join('/');
}

/**
 * Names of files that match a glob and stand in the folders above the given paths, up to the root, or that a glob
 * without wildcards names. They need not exist.
 */
export async function findContextNames(
  paths: readonly string[],
  root: string,
  globs: readonly string[],
): Promise<ReadonlySet<string>> {
  const matches = compileGlobs(globs);
  const names = new Set(globs.filter((glob) => !/[*?[\]{}()!@+\\]/.test(glob)));
  for (const folder of new Set(paths.flatMap((one) => foldersAbove(path.resolve(root, one), root)))) {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries) {
      const name = nameUnder(root, path.join(folder, entry.name));
      if (entry.isFile() && matches(name)) names.add(name);
    }
  }
  return names;
}

function foldersAbove(location: string, root: string): string[] {
  const folders: string[] = [];
  const relative = path.relative(root, location);
  if (
    relative === '' ||
    relative === '..' ||
    relative.startsWith(`..${path.sep}`) ||
    path.isAbsolute(relative)
  ) {
    return folders;
  }
  for (let folder = path.dirname(location); ; folder = path.dirname(folder)) {
    folders.push(folder);
    if (folder === root) return folders;
  }
}
