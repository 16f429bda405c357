import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './exit.ts';

/**
 * What the paths of a scan are relative to: the work tree that the first of them stands in; outside of one the folder
 * itself if there is only one, else the current folder. A policy, and patterns in `.sops.yaml`, are relative to it.
 *
 * @throws {UsageError} when a path does not exist
 */
export async function scanRoot(paths: readonly string[]): Promise<string> {
  const kinds = await Promise.all(paths.map(kindOf));
  const first = path.resolve(paths[0] ?? '.');
  const folder = kinds[0] === 'folder' ? first : path.dirname(first);
  for (let above = folder; ; above = path.dirname(above)) {
    if (await exists(path.join(above, '.git'))) return above;
    if (path.dirname(above) === above) break;
  }
  return paths.length === 1 && kinds[0] === 'folder' ? folder : process.cwd();
}

async function kindOf(location: string): Promise<'folder' | 'file'> {
  try {
    return (await stat(location)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new UsageError(`${location} cannot be read (${code}).`);
  }
}

async function exists(location: string): Promise<boolean> {
  return stat(location).then(
    () => true,
    () => false,
  );
}
