import { rmSync, statSync } from 'node:fs';
import { mkdir, open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { GitError } from './git-error.ts';
import { describeHolder, holderState } from '../host/process-identity.ts';
import { isDiskFull } from './mirror-storage.ts';

/**
 * A file that exists as long as the process that made it needs it: as a lock, or as the mark of a use. It names the
 * process, whose heartbeat is the file's time of modification.
 */
export interface HeldFile {
  /** Aborts when somebody took the file away. */
  readonly lost: AbortSignal;
  isOurs(): boolean;
  /** Removes the file, unless it is somebody else's by now. */
  release(): void;
}

/** A lock that was held has been taken away: by who took us for gone, or with the whole folder. */
export class LockLostError extends GitError {
  constructor(file: string) {
    super('failed', `The lock ${file} was taken away while it was held`);
  }
}

const HEARTBEAT_MS = 5_000;
/** Without a heartbeat for this long, a holder counts as gone. */
const SILENCE_MS = 30_000;
const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 1_000;

/** @returns null when the file exists already */
export async function holdFile(file: string): Promise<HeldFile | null> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
  try {
    await handle.writeFile(await describeHolder());
  } catch (error) {
    // On a full disk the heartbeat alone has to do: room is made under this very lock.
    if (!isDiskFull(error)) {
      await handle.close();
      await rm(file, { force: true });
      throw error;
    }
  }
  return heldFile(file, handle, (await handle.stat()).ino);
}

/** @param inode stays ours while the handle is open */
function heldFile(file: string, handle: FileHandle, inode: number): HeldFile {
  const lost = new AbortController();
  const isOurs = (): boolean => statSync(file, { throwIfNoEntry: false })?.ino === inode;
  const beat = (): void => {
    if (isOurs()) {
      handle.utimes(new Date(), new Date()).catch(() => undefined);
      return;
    }
    clearInterval(timer);
    lost.abort(new LockLostError(file));
  };
  const timer = setInterval(beat, HEARTBEAT_MS).unref();
  return {
    lost: lost.signal,
    isOurs,
    release() {
      clearInterval(timer);
      if (isOurs()) rmSync(file, { force: true });
      handle.close().catch(() => undefined);
    },
  };
}

interface Observed {
  readonly content: string;
  readonly modified: number;
}

async function observe(file: string): Promise<Observed | null> {
  try {
    return { content: await readFile(file, 'utf8'), modified: (await stat(file)).mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A lock's holder has to show that it gets on: one that hangs holds up everybody else. */
async function holdsLock({ content, modified }: Observed): Promise<boolean> {
  return Date.now() - modified < SILENCE_MS && (await holderState(content)) !== 'dead';
}

/** Whether the mark of a use is there and its process lives, however busy that is. */
export async function isMarked(file: string): Promise<boolean> {
  const observed = await observe(file);
  if (observed === null) return false;
  const state = await holderState(observed.content);
  return state === 'alive' || (state === 'unknown' && Date.now() - observed.modified < SILENCE_MS);
}

/** Takes a lock, if need be from a holder that is gone. Null when it is held. */
export async function tryLock(file: string): Promise<HeldFile | null> {
  const held = await holdFile(file);
  if (held !== null) return held;
  return (await removeDead(file)) ? holdFile(file) : null;
}

/**
 * Waits for a lock.
 *
 * @throws {GitError} `timeout` when it is not free within `timeoutMs`
 * @throws the reason of `signal` when it aborts
 */
export async function waitForLock(
  file: string,
  { signal, timeoutMs }: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
): Promise<HeldFile> {
  const end = Date.now() + timeoutMs;
  for (let longest = FIRST_WAIT_MS; ; longest = Math.min(longest * 2, LONGEST_WAIT_MS)) {
    signal?.throwIfAborted();
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const held = await tryLock(file);
    if (held !== null) return held;
    if (Date.now() >= end) {
      throw new GitError(
        'timeout',
        `The mirror was in use by another fetch for longer than ${Math.ceil(timeoutMs / 1000)} s`,
      );
    }
    await wait(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Removes the lock of a holder that is gone. A second file sees to it that of several who notice, one removes it:
 * else the slower one would remove the lock that the faster one has made since.
 *
 * @returns whether the lock may be free now
 */
async function removeDead(file: string): Promise<boolean> {
  const seen = await observe(file);
  if (seen === null) return true;
  if (await holdsLock(seen)) return false;
  const guard = `${file}.takeover`;
  let handle: FileHandle;
  try {
    handle = await open(guard, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const left = await observe(guard);
    if (left !== null && Date.now() - left.modified > SILENCE_MS) await rm(guard, { force: true });
    return false;
  }
  try {
    const now = await observe(file);
    if (now?.content === seen.content && now.modified === seen.modified) await rm(file, { force: true });
  } finally {
    await handle.close();
    await rm(guard, { force: true });
  }
  return true;
}
