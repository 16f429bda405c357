import { GitError } from './git-error.ts';
import type { HeldFile } from './mirror-lock.ts';
import type { Repository } from './repository.ts';

/**
 * A repository whose folder others may delete. What it answers after that is not believed, be it an error or not: an
 * object that is missing then says nothing.
 *
 * @param use lies in the repository's folder, and is released when the repository is closed
 * @param onGone called for each answer that came after the deletion
 * @throws {GitError} from each method: `corrupt` when the folder was deleted
 */
export function repositoryInUse(repository: Repository, use: HeldFile, onGone: () => void): Repository {
  let closed = false;
  const ensureThere = (): void => {
    if (closed || use.isOurs()) return;
    onGone();
    throw new GitError('corrupt', 'The mirror was deleted while it was read; the next fetch builds it anew');
  };
  const checked = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      const value = await answer;
      ensureThere();
      return value;
    } catch (error) {
      if (error instanceof GitError) ensureThere();
      throw error;
    }
  };
  return {
    gitDir: repository.gitDir,
    objectFormat: repository.objectFormat,
    emptyTree: repository.emptyTree,
    resolve: (rev) => checked(repository.resolve(rev)),
    tryResolve: (rev) => checked(repository.tryResolve(rev)),
    mergeBase: (a, b) => checked(repository.mergeBase(a, b)),
    tree: (rev) => checked(repository.tree(rev)),
    diff: (from, to) => checked(repository.diff(from, to)),
    hunks: (from, to, paths) => checked(repository.hunks(from, to, paths)),
    readBlobs: (oids, limits) => checked(repository.readBlobs(oids, limits)),
    commits: (exclude, head, limit, signal) => checked(repository.commits(exclude, head, limit, signal)),
    parsedCommits: (shas, signal) => checked(repository.parsedCommits(shas, signal)),
    touchedPaths: (commits, signal) => checked(repository.touchedPaths(commits, signal)),
    tag: (rev) => checked(repository.tag(rev)),
    commit: (rev) => checked(repository.commit(rev)),
    changedVersions: (commits, options) => checked(repository.changedVersions(commits, options)),
    pastVersions: (exclude, head, limit) => checked(repository.pastVersions(exclude, head, limit)),
    grep: (rev, query, under) => checked(repository.grep(rev, query, under)),
    index: (indexFile) => checked(repository.index(indexFile)),
    isShallow: () => checked(repository.isShallow()),
    defaultBase: () => checked(repository.defaultBase()),
    close() {
      if (closed) return;
      closed = true;
      repository.close();
      use.release();
    },
  };
}
