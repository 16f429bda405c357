import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { GitError } from './git-error.ts';
import { runGit } from './git-process.ts';
import { checkUrl, matchesRef, remoteContext } from './remote.ts';
import { openRepository, type Repository } from './repository.ts';
import { isObjectId } from './tree-entry.ts';

export interface MirrorsOptions {
  /** Where the mirrors live. Nothing else may write there. */
  readonly directory: string;
  readonly timeoutMs?: number;
  /** For git's transport, such as `HTTPS_PROXY` or `GIT_SSL_CAINFO`. */
  readonly environment?: Readonly<Record<string, string>>;
}

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

/** Bare copies of remote repositories, one for each. */
export interface Mirrors {
  /**
   * Brings refs or objects into the mirror and opens it; the caller closes it.
   *
   * @throws {GitError} `not-found` for a ref, object or repository that the remote does not have (any more)
   */
  fetch(request: FetchRequest): Promise<Repository>;
  lsRemote(request: LsRemoteRequest): Promise<Map<string, string>>;
  /** Deletes a mirror that turned out to be damaged while it was read; the next fetch builds it anew. */
  discard(key: string): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 15 * 60_000;
const LS_REMOTE_TIMEOUT_MS = 60_000;
const MAX_REFS_BYTES = 64 * 1024 * 1024;
const REFSPEC = /^\+?[^-+:\s\p{Cc}][^:\s\p{Cc}]*(?::[^-:\s\p{Cc}][^:\s\p{Cc}]*)?$/u;

export function createMirrors(options: MirrorsOptions): Mirrors {
  const directory = path.resolve(options.directory);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const environment = options.environment ?? {};
  const exclusive = createKeyedQueue();

  const fetchInto = async (folder: string, url: URL, request: FetchRequest): Promise<Repository> => {
    const { signal, token, refspecs } = request;
    const outside = { cwd: directory, gitDir: null };
    await runGit(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', folder], outside, {
      signal,
    });
    await runGit(
      [
        ...['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--force', '--no-recurse-submodules'],
        ...['--end-of-options', request.url, ...refspecs],
      ],
      remoteContext(url, token, { cwd: folder, gitDir: folder, env: environment }),
      { signal, timeoutMs },
    );
    const repository = await openRepository(folder);
    try {
      for (const ref of refspecs.flatMap(fetchedRef)) {
        if ((await repository.tryResolve(ref)) === null) throw damaged(ref);
      }
      return repository;
    } catch (error) {
      repository.close();
      throw error;
    }
  };

  return {
    async fetch(request) {
      const url = checkUrl(request.url);
      if (request.refspecs.length === 0 || !request.refspecs.every((refspec) => REFSPEC.test(refspec))) {
        throw new GitError('failed', 'A fetch needs refspecs of the form `source:destination`');
      }
      const folder = path.join(directory, folderName(request.key));
      return exclusive(request.key, async () => {
        request.signal?.throwIfAborted();
        await mkdir(directory, { recursive: true, mode: 0o700 });
        try {
          return await fetchInto(folder, url, request);
        } catch (error) {
          if (!isDamage(error)) throw error;
          await rm(folder, { recursive: true, force: true });
          return await fetchInto(folder, url, request);
        }
      });
    },

    async lsRemote({ url, token, patterns, signal }) {
      const remote = checkUrl(url);
      await mkdir(directory, { recursive: true, mode: 0o700 });
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

    discard: (key) =>
      exclusive(key, () => rm(path.join(directory, folderName(key)), { recursive: true, force: true })),
  };
}

/** Readable, and different for different keys. */
function folderName(key: string): string {
  const readable = key
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60);
  return `${readable}-${createHash('sha256').update(key).digest('hex').slice(0, 16)}.git`;
}

/** The ref that a refspec writes; none when it has a wildcard or no destination. */
function fetchedRef(refspec: string): string[] {
  const destination = refspec.split(':')[1];
  return destination === undefined || destination.includes('*') ? [] : [destination];
}

function damaged(ref: string): GitError {
  return new GitError('corrupt', `The mirror does not hold what was fetched as ${ref}`);
}

/** Whether building the mirror anew can help. What is missing at the remote stays missing. */
function isDamage(error: unknown): boolean {
  if (!(error instanceof GitError)) return false;
  return (
    error.kind === 'corrupt' ||
    (error.kind === 'not-found' && /bad object|not a tree object/i.test(error.message))
  );
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
