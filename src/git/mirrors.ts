import { access, constants, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { GitError } from './git-error.ts';
import { runGit } from './git-process.ts';
import { fetchMirror, type FetchResult } from './mirror-fetch.ts';
import { lockOf, mirrorName, throwAway } from './mirror-folder.ts';
import { LockLostError, waitForLock, type HeldFile } from './mirror-lock.ts';
import { measureMirrors, pruneMirrors, type PruneLimits } from './mirror-prune.ts';
import { explainFolder, explainStorage, isDiskFull } from './mirror-storage.ts';
import { checkUrl, matchesRef, remoteContext } from './remote.ts';
import type { Repository } from './repository.ts';
import { isObjectId } from './tree-entry.ts';

export interface MirrorsOptions {
  /**
   * Where the mirrors live. Several processes may share it, on several machines if their clocks agree within seconds;
   * names that are not a mirror's are left alone.
   */
  readonly directory: string;
  /** For one fetch, and for waiting until no other process fetches into the same mirror. Default: 15 minutes. */
  readonly timeoutMs?: number;
  /** For git's transport, such as `HTTPS_PROXY` or `GIT_SSL_CAINFO`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Of all mirrors together; a prune brings them below it. Default: 10 GiB. */
  readonly maxBytes?: number;
  /** Since a mirror's last use; a prune deletes older ones. Default: 14 days. */
  readonly maxAgeMs?: number;
  /** A fetch is followed by a prune in the background when the last one is as long ago. Default: 10 minutes. */
  readonly pruneIntervalMs?: number;
  readonly onEvent?: (event: MirrorEvent) => void;
}

/** What happened to the cache, for counting. */
export type MirrorEvent =
  /** `milliseconds` without waiting for other fetches into the same mirror. */
  | { readonly type: 'fetch'; readonly result: FetchResult; readonly milliseconds: number }
  | { readonly type: 'evicted'; readonly reason: 'size' | 'age'; readonly bytes: number };

export interface FetchRequest {
  /** Names the mirror: the same for every fetch of one repository, for instance host and id. */
  readonly key: string;
  readonly url: string;
  readonly refspecs: readonly string[];
  readonly token: string | null;
  readonly signal?: AbortSignal | undefined;
}

export interface LsRemoteRequest {
  readonly url: string;
  readonly token: string | null;
  /** Full names of refs; `*` stands for anything. */
  readonly patterns: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Bare copies of remote repositories, one for each: a bounded cache, which may be deleted at any time and is rebuilt
 * when it is damaged. Its methods throw a GitError that says what to do when the disk is full or cannot be written.
 */
export interface Mirrors {
  /**
   * Makes the folder, so that a wrong one shows when the App starts and not at the first review.
   *
   * @throws {GitError} that says what is wrong with the folder
   */
  prepare(): Promise<void>;
  /**
   * Brings refs or objects into the mirror and opens it; the caller closes it, and until then no prune deletes it.
   * Fetches into one mirror wait for each other, between processes too.
   *
   * @throws {GitError} `not-found` for a ref, object or repository that the remote does not have (any more);
   *   `timeout` when other fetches into the mirror took too long. Methods of the repository throw `corrupt` when the
   *   mirror was deleted nevertheless
   */
  fetch(request: FetchRequest): Promise<Repository>;
  lsRemote(request: LsRemoteRequest): Promise<Map<string, string>>;
  /** Deletes a mirror that turned out to be damaged while it was read; the next fetch builds it anew. */
  discard(key: string): Promise<void>;
  /**
   * Deletes what killed processes left behind, and mirrors beyond the limits, least recently used first; never one
   * that this or another process uses.
   *
   * @returns how many mirrors were deleted, and their size
   */
  prune(): Promise<{ readonly evicted: number; readonly bytes: number }>;
  usage(): Promise<{ readonly mirrors: number; readonly bytes: number }>;
}

const DEFAULT_TIMEOUT_MS = 15 * 60_000;
const DEFAULT_MAX_BYTES = 10 * 1024 ** 3;
const DEFAULT_MAX_AGE_MS = 14 * 24 * 60 * 60_000;
const DEFAULT_PRUNE_INTERVAL_MS = 10 * 60_000;
const LS_REMOTE_TIMEOUT_MS = 60_000;
const MAX_REFS_BYTES = 64 * 1024 * 1024;
const REFSPEC = /^\+?[^-+:\s\p{Cc}][^:\s\p{Cc}]*(?::[^-:\s\p{Cc}][^:\s\p{Cc}]*)?$/u;

export function createMirrors(options: MirrorsOptions): Mirrors {
  const directory = path.resolve(options.directory);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const environment = options.environment ?? {};
  const limits: PruneLimits = {
    maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
    maxAgeMs: options.maxAgeMs ?? DEFAULT_MAX_AGE_MS,
  };
  const pruneIntervalMs = options.pruneIntervalMs ?? DEFAULT_PRUNE_INTERVAL_MS;
  const exclusive = createKeyedQueue();
  /** Keys of mirrors that were deleted while they were read here: there is nothing left to discard. */
  const gone = new Set<string>();
  let lastPrune = Date.now();

  const makeFolder = async (): Promise<void> => {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await access(directory, constants.W_OK);
    } catch (error) {
      throw explainFolder(error, directory);
    }
  };

  const prune: Mirrors['prune'] = async () => pruneTo(limits);
  const pruneTo = async (bounds: PruneLimits): Promise<{ evicted: number; bytes: number }> => {
    lastPrune = Date.now();
    try {
      const evictions = await pruneMirrors(directory, bounds);
      for (const eviction of evictions) options.onEvent?.({ type: 'evicted', ...eviction });
      return { evicted: evictions.length, bytes: evictions.reduce((sum, { bytes }) => sum + bytes, 0) };
    } catch (error) {
      throw explainStorage(error, directory);
    }
  };

  /** Runs a task under a mirror's lock, with a signal that also aborts when the lock is lost. */
  const locked = async <T>(
    folder: string,
    signal: AbortSignal | undefined,
    task: (signal: AbortSignal, lock: HeldFile) => Promise<T>,
  ): Promise<T> => {
    const lock = await waitForLock(lockOf(folder), { signal, timeoutMs });
    try {
      return await task(AbortSignal.any([lock.lost, ...(signal === undefined ? [] : [signal])]), lock);
    } catch (error) {
      throw lock.isOurs() || signal?.aborted === true ? error : new LockLostError(lockOf(folder));
    } finally {
      lock.release();
    }
  };

  const fetchLocked = (folder: string, request: FetchRequest): Promise<Repository> =>
    locked(folder, request.signal, async (signal, lock) => {
      const start = performance.now();
      const { repository, result } = await fetchMirror(
        {
          ...{ folder, environment, timeoutMs, signal },
          ...{ url: request.url, refspecs: request.refspecs, token: request.token },
          onGone: () => gone.add(request.key),
        },
        lock,
      );
      options.onEvent?.({ type: 'fetch', result, milliseconds: performance.now() - start });
      return repository;
    });

  /** One more try without what others can change: a full disk, and a folder that was deleted meanwhile. */
  const fetchTwice = async (folder: string, request: FetchRequest): Promise<Repository> => {
    try {
      return await fetchLocked(folder, request);
    } catch (error) {
      if (isDiskFull(error)) await pruneTo({ ...limits, maxBytes: 0, keep: [path.basename(folder)] });
      else if (!(error instanceof LockLostError)) throw error;
      return fetchLocked(folder, request);
    }
  };

  return {
    async fetch(request) {
      checkUrl(request.url);
      if (request.refspecs.length === 0 || !request.refspecs.every((refspec) => REFSPEC.test(refspec))) {
        throw new GitError('failed', 'A fetch needs refspecs of the form `source:destination`');
      }
      const folder = path.join(directory, mirrorName(request.key));
      try {
        return await exclusive(request.key, () => fetchTwice(folder, request));
      } catch (error) {
        throw explainStorage(error, directory);
      } finally {
        // What fails here fails again, and is told, when somebody waits for it.
        if (Date.now() - lastPrune >= pruneIntervalMs) prune().catch(() => undefined);
      }
    },

    prepare: makeFolder,

    async lsRemote({ url, token, patterns, signal }) {
      const remote = checkUrl(url);
      await makeFolder();
      const { stdout } = await runGit(
        ['ls-remote', '--quiet', '--end-of-options', url, ...patterns],
        remoteContext(remote, token, {
          cwd: directory,
          gitDir: null,
          // A repository around the cache folder has no say.
          env: { ...environment, GIT_CEILING_DIRECTORIES: path.dirname(directory) },
        }),
        { signal, timeoutMs: LS_REMOTE_TIMEOUT_MS, maxOutputBytes: MAX_REFS_BYTES },
      );
      const refs = new Map<string, string>();
      for (const line of stdout.toString('utf8').split('\n')) {
        const [sha = '', ref = ''] = line.split('\t');
        // git also lists refs that merely end like the pattern, and what an annotated tag leads to.
        if (isObjectId(sha) && !ref.endsWith('^{}') && patterns.some((pattern) => matchesRef(pattern, ref)))
          refs.set(ref, sha);
      }
      return refs;
    },

    async discard(key) {
      if (gone.delete(key)) return;
      const folder = path.join(directory, mirrorName(key));
      try {
        await exclusive(key, () => locked(folder, undefined, () => throwAway(folder)));
      } catch (error) {
        throw explainStorage(error, directory);
      }
    },

    prune,

    async usage() {
      const mirrors = await measureMirrors(directory);
      return { mirrors: mirrors.length, bytes: mirrors.reduce((sum, { bytes }) => sum + bytes, 0) };
    },
  };
}

/** Runs tasks with the same key one after the other. */
function createKeyedQueue(): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const running = (last.get(key) ?? Promise.resolve()).then(task, task);
    last.set(key, running);
    try {
      return await running;
    } finally {
      if (last.get(key) === running) last.delete(key);
    }
  };
}
