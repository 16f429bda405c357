import { access } from 'node:fs/promises';
import path from 'node:path';
import { GitError } from './git-error.ts';
import { runGit } from './git-process.ts';
import { markUse, noteUse, throwAway, wasUsed } from './mirror-folder.ts';
import type { HeldFile } from './mirror-lock.ts';
import { repositoryInUse } from './mirror-repository.ts';
import { isDiskFull } from './mirror-storage.ts';
import { removeGitLocks, repackWhenScattered } from './mirror-upkeep.ts';
import { remoteContext } from './remote.ts';
import { openRepository, type Repository } from './repository.ts';

/** One fetch into one mirror. */
export interface MirrorFetch {
  readonly folder: string;
  readonly url: string;
  readonly refspecs: readonly string[];
  readonly token: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called when the mirror turns out to have been deleted while it was read. */
  readonly onGone: () => void;
}

/**
 * - `cold`: there was no mirror
 * - `warm`: the mirror was brought up to date
 * - `rebuilt`: the mirror was damaged and was built anew
 */
export type FetchResult = 'cold' | 'warm' | 'rebuilt';

/** Brings the mirror up to date, makes it when need be, and opens it; under the mirror's lock. */
export async function fetchMirror(
  fetch: MirrorFetch,
  lock: HeldFile,
): Promise<{ readonly repository: Repository; readonly result: FetchResult }> {
  const { folder } = fetch;
  const result = (await wasUsed(folder)) ? 'warm' : 'cold';
  try {
    return { repository: await fetchOnce(fetch), result };
  } catch (error) {
    if (isDiskFull(error) || !(isDamage(error) || (await isGone(folder)))) throw error;
    // Without the lock, the folder may be one that somebody else is making.
    if (!lock.isOurs()) throw error;
    await throwAway(folder);
    return { repository: await fetchOnce(fetch), result: 'rebuilt' };
  }
}

async function fetchOnce(fetch: MirrorFetch): Promise<Repository> {
  const { folder, url, refspecs, token, environment, timeoutMs, signal } = fetch;
  await removeGitLocks(folder, signal);
  // Repairs what is missing of a mirror whose making was cut short.
  await runGit(
    ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', folder],
    { cwd: path.dirname(folder), gitDir: null },
    { signal },
  );
  await runGit(
    [
      ...['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--force', '--no-recurse-submodules'],
      // Git's own upkeep drops objects that another process may be reading.
      ...['--no-auto-maintenance', '--end-of-options', url, ...refspecs],
    ],
    remoteContext(new URL(url), token, { cwd: folder, gitDir: folder, env: environment }),
    { signal, timeoutMs },
  );
  try {
    await repackWhenScattered(folder, signal);
  } catch (error) {
    // The mirror serves as well without.
    if (signal.aborted || isDamage(error)) throw error;
  }
  return openMirror(fetch);
}

async function openMirror({ folder, refspecs, onGone }: MirrorFetch): Promise<Repository> {
  const use = await markUse(folder);
  let opened: Repository | null = null;
  try {
    opened = await openRepository(folder);
    for (const ref of refspecs.flatMap(fetchedRef)) {
      if ((await opened.tryResolve(ref)) === null) {
        throw new GitError('corrupt', `The mirror does not hold what was fetched as ${ref}`);
      }
    }
    await noteUse(folder);
    return repositoryInUse(opened, use, onGone);
  } catch (error) {
    opened?.close();
    use.release();
    throw error;
  }
}

/** The ref that a refspec writes; none when it has a wildcard or no destination. */
function fetchedRef(refspec: string): string[] {
  const destination = refspec.split(':')[1];
  return destination === undefined || destination.includes('*') ? [] : [destination];
}

/** Whether building the mirror anew can help. What is missing at the remote stays missing. */
function isDamage(error: unknown): boolean {
  if (!(error instanceof GitError)) return false;
  return (
    error.kind === 'corrupt' ||
    (error.kind === 'not-found' && /bad object|not a tree object/i.test(error.message))
  );
}

async function isGone(folder: string): Promise<boolean> {
  return access(folder).then(
    () => false,
    () => true,
  );
}
