import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runGit } from './git-process.ts';
import { listFolder, modified } from './mirror-folder.ts';

/** Git holds its locks for milliseconds. One that is older belongs to a git that was killed. */
const GIT_LOCK_MS = 2_000;
const GIT_LOCK_POLL_MS = 100;
const TEMPORARY_MS = 60 * 60_000;
const TEMPORARY = /^(?:tmp_|\.tmp-)/;
const MAX_PACKS = 50;
/** Of the 256 folders of loose objects one is counted, as git does itself. */
const MAX_LOOSE_IN_ONE = 27;
const REPACK_TIMEOUT_MS = 10 * 60_000;

/**
 * Removes git's own locks that a killed git left behind, under the mirror's lock. A fetch can live on for a moment
 * after the process that started it was killed: a young lock gets time to go.
 */
export async function removeGitLocks(folder: string, signal: AbortSignal): Promise<void> {
  const end = Date.now() + GIT_LOCK_MS;
  for (let locks = await gitLocks(folder); locks.length > 0; locks = await gitLocks(folder)) {
    signal.throwIfAborted();
    for (const lock of locks) {
      const made = await modified(lock);
      if (made !== null && (Date.now() - made >= GIT_LOCK_MS || Date.now() >= end)) {
        await rm(lock, { recursive: true, force: true });
      }
    }
    if ((await gitLocks(folder)).length === 0) return;
    await wait(GIT_LOCK_POLL_MS);
  }
}

async function gitLocks(folder: string): Promise<string[]> {
  const entries = [
    ...(await listFolder(folder)),
    ...(await listFolder(path.join(folder, 'refs'), true)),
    ...(await listFolder(path.join(folder, 'objects', 'info'))),
    ...(await listFolder(path.join(folder, 'objects', 'pack'))),
  ];
  // No ref may end like this.
  return entries
    .filter(({ name }) => name.endsWith('.lock'))
    .map(({ parentPath, name }) => path.join(parentPath, name));
}

/** Files of killed fetches and repacks that nobody can be writing any more. */
export async function oldTemporaryFiles(folder: string): Promise<string[]> {
  const limit = Date.now() - TEMPORARY_MS;
  const old: string[] = [];
  for (const entry of await listFolder(path.join(folder, 'objects'), true)) {
    const file = path.join(entry.parentPath, entry.name);
    if (TEMPORARY.test(entry.name) && ((await modified(file)) ?? Infinity) < limit) old.push(file);
  }
  return old;
}

/**
 * Brings many packs and loose objects together, under the mirror's lock. No object is ever dropped, whether or not a
 * ref leads to it: another process may be reading it.
 *
 * @returns whether there was reason to
 */
export async function repackWhenScattered(folder: string, signal: AbortSignal): Promise<boolean> {
  if (!(await isScattered(folder))) return false;
  const context = { cwd: folder, gitDir: folder };
  const options = { signal, timeoutMs: REPACK_TIMEOUT_MS };
  await runGit(['pack-refs', '--all', '--prune'], context, options);
  await runGit(['repack', '-d', '-q', '--geometric=2'], context, options);
  return true;
}

async function isScattered(folder: string): Promise<boolean> {
  const packs = (await listFolder(path.join(folder, 'objects', 'pack'))).filter(({ name }) =>
    name.endsWith('.pack'),
  );
  if (packs.length > MAX_PACKS) return true;
  return (await listFolder(path.join(folder, 'objects', '17'))).length > MAX_LOOSE_IN_ONE;
}
