import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { decodePath } from './path-bytes.ts';

/** A file as it lies on disk. Names are kept as bytes: not every file system keeps them in UTF-8. */
export interface DiskEntry {
  readonly kind: 'file' | 'executable' | 'symlink' | 'other';
  readonly location: Buffer;
  /** Below the folder that was walked, slash-separated, as text. */
  readonly path: string;
  readonly size: number;
}

const SEPARATOR = Buffer.from('/');

/**
 * Walks a folder, sorted, without following links and without git's own folder. Synchronous: for many small files, each
 * turn of the event loop takes longer than the reading.
 *
 * @param onUnreadable is told of what may not be read; the walk goes on
 */
export function* walk(
  location: Buffer,
  path: string,
  onUnreadable: (path: string, error: unknown) => void,
): Generator<DiskEntry> {
  let names: Buffer[];
  try {
    names = readdirSync(location, { encoding: 'buffer' });
  } catch (error) {
    onUnreadable(path, error);
    return;
  }
  for (const name of names.sort((a, b) => a.compare(b))) {
    if (name.toString('latin1') === '.git') continue;
    const below = Buffer.concat([location, SEPARATOR, name]);
    const belowPath = path === '' ? decodePath(name) : `${path}/${decodePath(name)}`;
    try {
      const found = lstatSync(below);
      if (found.isDirectory()) {
        yield* walk(below, belowPath, onUnreadable);
        continue;
      }
      yield { kind: kindOf(found), location: below, path: belowPath, size: found.size };
    } catch (error) {
      onUnreadable(belowPath, error);
    }
  }
}

export function kindOf(found: {
  readonly mode: number;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}): DiskEntry['kind'] {
  if (found.isSymbolicLink()) return 'symlink';
  if (!found.isFile()) return 'other';
  return (found.mode & 0o100) === 0 ? 'file' : 'executable';
}

const SLAB_BYTES = 1024 * 1024;
let slab = Buffer.alloc(0);
let taken = 0;

/** Small files share their memory: to manage a piece of its own takes as much again. */
function room(bytes: number): Buffer {
  if (bytes > SLAB_BYTES / 16) return Buffer.allocUnsafeSlow(bytes);
  if (taken + bytes > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    taken = 0;
  }
  taken += bytes;
  return slab.subarray(taken - bytes, taken);
}

/** A file's bytes; null when there are more than `maxBytes`. Never waits for a pipe, never follows a link. */
export function readBounded(location: Buffer, maxBytes: number): Buffer | null {
  const file = openSync(location, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw new Error('It was replaced by something that is no file');
    if (found.size > maxBytes) return null;
    const content = room(found.size + 1);
    let filled = 0;
    for (;;) {
      const bytesRead = readSync(file, content, filled, content.length - filled, null);
      filled += bytesRead;
      // The file may grow while it is read: then the room for one more byte is used up.
      if (filled === content.length) return null;
      if (bytesRead === 0) return content.subarray(0, filled);
    }
  } finally {
    closeSync(file);
  }
}

export function linkTarget(location: Buffer): string {
  return decodePath(readlinkSync(location, { encoding: 'buffer' }));
}
