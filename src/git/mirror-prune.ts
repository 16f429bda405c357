import { rm } from 'node:fs/promises';
import path from 'node:path';
import { bytesOf, emptyTrash, isInUse, lastUse, listMirrors, lockOf, throwAway } from './mirror-folder.ts';
import { tryLock } from './mirror-lock.ts';
import { oldTemporaryFiles } from './mirror-upkeep.ts';

export interface PruneLimits {
  /** For all mirrors together. */
  readonly maxBytes: number;
  /** Since the last use. */
  readonly maxAgeMs: number;
  /** Names of mirrors that stay in any case. */
  readonly keep?: readonly string[];
}

export interface Eviction {
  readonly reason: 'size' | 'age';
  readonly bytes: number;
}

export interface MirrorState {
  readonly name: string;
  readonly bytes: number;
  /** In milliseconds since 1970. */
  readonly lastUse: number;
}

/** The mirrors, least recently used first. */
export async function measureMirrors(directory: string): Promise<MirrorState[]> {
  const states: MirrorState[] = [];
  for (const name of (await listMirrors(directory)).mirrors) {
    const folder = path.join(directory, name);
    const used = await lastUse(folder);
    if (used !== null) states.push({ name, bytes: await bytesOf(folder), lastUse: used });
  }
  return states.sort((a, b) => a.lastUse - b.lastUse);
}

/**
 * Deletes what processes that were killed left behind, then mirrors beyond the limits. One that any process fetches
 * into or reads stays.
 */
export async function pruneMirrors(directory: string, limits: PruneLimits): Promise<readonly Eviction[]> {
  await sweep(directory);
  const mirrors = await measureMirrors(directory);
  const oldest = Date.now() - limits.maxAgeMs;
  const evictions: Eviction[] = [];
  let total = mirrors.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const mirror of mirrors) {
    const reason = mirror.lastUse < oldest ? 'age' : total > limits.maxBytes ? 'size' : null;
    if (reason === null || limits.keep?.includes(mirror.name) === true) continue;
    if (!(await evict(directory, mirror))) continue;
    total -= mirror.bytes;
    evictions.push({ reason, bytes: mirror.bytes });
  }
  return evictions;
}

async function sweep(directory: string): Promise<void> {
  const { mirrors, trash, locks } = await listMirrors(directory);
  for (const name of trash) await emptyTrash(path.join(directory, name));
  // A lock can only be taken when its holder is gone.
  for (const name of locks) (await tryLock(path.join(directory, name)))?.release();
  for (const name of mirrors) {
    const folder = path.join(directory, name);
    const files = await oldTemporaryFiles(folder);
    if (files.length === 0) continue;
    await underLock(folder, async () => {
      for (const file of files) await rm(file, { recursive: true, force: true });
      return true;
    });
  }
}

/** @returns whether it is gone: it stays when it has been used in the meantime, or is being used */
function evict(directory: string, mirror: MirrorState): Promise<boolean> {
  const folder = path.join(directory, mirror.name);
  return underLock(folder, async () => {
    if ((await lastUse(folder)) !== mirror.lastUse || (await isInUse(folder))) return false;
    await throwAway(folder);
    return true;
  });
}

/** @returns false when the lock is held, else what the task says */
async function underLock(folder: string, task: () => Promise<boolean>): Promise<boolean> {
  const lock = await tryLock(lockOf(folder));
  if (lock === null) return false;
  try {
    return await task();
  } finally {
    lock.release();
  }
}
