import { createHash, randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GitError } from './git-error.ts';
import { holdFile, isMarked, type HeldFile } from './mirror-lock.ts';

/** Its time of modification is the mirror's last use, for all processes. */
const LAST_USE = 'last-use';
const USE = /^use-\d+-[0-9a-f]{16}$/;
const MIRROR = /^[a-z0-9-]{0,60}-[0-9a-f]{16}\.git$/;
const TRASH = /^[a-z0-9-]{0,60}-[0-9a-f]{16}\.git\.trash-[0-9a-f]{16}$/;
const LOCK = /^[a-z0-9-]{0,60}-[0-9a-f]{16}\.git\.lock$/;

/** Readable, and different for different keys. */
export function mirrorName(key: string): string {
  const readable = key
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60);
  return `${readable}-${createHash('sha256').update(key).digest('hex').slice(0, 16)}.git`;
}

/** Names in the folder of mirrors, by what they are; whatever else is there is not ours. */
export interface MirrorNames {
  readonly mirrors: readonly string[];
  readonly trash: readonly string[];
  readonly locks: readonly string[];
}

export async function listMirrors(directory: string): Promise<MirrorNames> {
  const entries = await listFolder(directory);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return {
    mirrors: folders.filter((name) => MIRROR.test(name)),
    trash: folders.filter((name) => TRASH.test(name)),
    locks: files.filter((name) => LOCK.test(name)),
  };
}

/** Whoever holds this lock may write in the mirror, make it and delete it. */
export function lockOf(folder: string): string {
  return `${folder}.lock`;
}

/** Notes a use now. */
export async function noteUse(folder: string): Promise<void> {
  const file = path.join(folder, LAST_USE);
  const now = new Date();
  await utimes(file, now, now).catch(() => writeFile(file, ''));
}

/** Whether a fetch into the mirror has ever succeeded. */
export async function wasUsed(folder: string): Promise<boolean> {
  return (await modified(path.join(folder, LAST_USE))) !== null;
}

/** In milliseconds since 1970; null when the mirror is gone. */
export async function lastUse(folder: string): Promise<number | null> {
  return (await modified(path.join(folder, LAST_USE))) ?? (await modified(folder));
}

/** Marks the mirror as in use, until it is released; under the mirror's lock. */
export async function markUse(folder: string): Promise<HeldFile> {
  const file = path.join(folder, `use-${process.pid}-${randomBytes(8).toString('hex')}`);
  const held = await holdFile(file);
  if (held === null) throw new GitError('failed', `${file} exists already`);
  return held;
}

/** Whether a process reads in the mirror. Removes marks of processes that are gone. */
export async function isInUse(folder: string): Promise<boolean> {
  for (const { name } of await listFolder(folder)) {
    if (!USE.test(name)) continue;
    const mark = path.join(folder, name);
    if (await isMarked(mark)) return true;
    await rm(mark, { force: true });
  }
  return false;
}

/** The sizes of its files. What vanishes meanwhile counts nothing. */
export async function bytesOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await listFolder(folder, true)) {
    if (!entry.isFile()) continue;
    const found = await stat(path.join(entry.parentPath, entry.name)).catch(() => null);
    bytes += found?.size ?? 0;
  }
  return bytes;
}

/** Deletes a mirror, under its lock. Nobody ever sees a part of one: it is renamed first. */
export async function throwAway(folder: string): Promise<void> {
  const trash = `${folder}.trash-${randomBytes(8).toString('hex')}`;
  try {
    await rename(folder, trash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await emptyTrash(trash);
}

/** What cannot be deleted now is deleted by a later prune. */
export async function emptyTrash(trash: string): Promise<void> {
  await rm(trash, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

export async function modified(file: string): Promise<number | null> {
  return (await stat(file).catch(() => null))?.mtimeMs ?? null;
}

/** Empty for a folder that is not there. */
export async function listFolder(folder: string, recursive = false): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true, recursive });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
