import { existsSync } from 'node:fs';
import { shortSha } from '../engine/change.ts';
import type { Commit } from '../engine/change.ts';
import type { ObjectFormat } from '../signatures/git-object.ts';
import type { TagObject } from '../signatures/signed-object.ts';
import { parseCommit, parseTag, type ParsedCommit } from './commit-object.ts';
import { GitError, kindOfFailure } from './git-error.ts';
import { commandFailure, runGit, type GitContext } from './git-process.ts';
import {
  listCommits,
  MAX_COMMIT_BYTES,
  readCommits,
  readMadeVersions,
  shallowBoundary,
  shallowError,
  type CommitList,
  type VersionList,
  type VersionOptions,
} from './history.ts';
import { RAW_DIFF, readHunks, type LineSpan } from './hunks.ts';
import { grepFiles, type Query } from './grep.ts';
import { locateRepository, type GitLocation } from './locate.ts';
import { createObjectReader, type ReadLimits, type ReadResult } from './object-reader.ts';
import { readIndex, type StagedIndex } from './staged-index.ts';
import { createRecent } from './recent.ts';
import { readTouchedPaths, type CommitParents, type TouchedPaths } from './touched-paths.ts';
import { isObjectId, parseRawDiff, parseTree, type DiffEntry, type TreeEntry } from './tree-entry.ts';

/** A repository's objects. Nothing is ever checked out, written or fetched. */
export interface Repository {
  readonly gitDir: string;
  readonly objectFormat: ObjectFormat;
  /** The id of the tree without files, which stands for "nothing" in a comparison. */
  readonly emptyTree: string;
  /** The full id of the commit that a revision names. Throws `not-found`. */
  resolve(rev: string): Promise<string>;
  tryResolve(rev: string): Promise<string | null>;
  /** Throws `shallow` or `no-merge-base`. */
  mergeBase(a: string, b: string): Promise<string>;
  /** Every path of a revision but folders. */
  tree(rev: string): Promise<ReadonlyMap<string, TreeEntry>>;
  /** `from` null: against nothing. */
  diff(from: string | null, to: string): Promise<DiffEntry[]>;
  hunks(from: string | null, to: string, paths?: Iterable<string>): Promise<Map<string, LineSpan[]>>;
  readBlobs(oids: readonly string[], limits: ReadLimits): Promise<ReadResult>;
  /** Commits of `head` that `exclude` does not have; of all its history when null. */
  commits(exclude: string | null, head: string, limit: number, signal?: AbortSignal): Promise<CommitList>;
  /** The first of some commits, by full ids, with what their signatures were made over: as many as fit into memory. */
  parsedCommits(shas: readonly string[], signal?: AbortSignal): Promise<readonly ParsedCommit[]>;
  /** What each of some commits changes, in their order; see `readTouchedPaths`. */
  touchedPaths(commits: readonly CommitParents[], signal?: AbortSignal): Promise<readonly TouchedPaths[]>;
  /** An annotated tag; null when the name stands for something else. */
  tag(rev: string): Promise<TagObject | null>;
  /** One commit with what its signature was made over. */
  commit(rev: string): Promise<ParsedCommit>;
  changedVersions(commits: readonly string[], options: VersionOptions): Promise<VersionList>;
  /** Versions that the commits between made, other than those of `exclude` and `head` themselves. */
  pastVersions(exclude: string | null, head: string, limit: number): Promise<VersionList>;
  /** Paths of files that contain something, in or below a folder. */
  grep(rev: string, query: Query, under?: string): Promise<string[]>;
  /** @param indexFile an absolute path, instead of the repository's own; throws `not-found` when it is not there */
  index(indexFile?: string | null): Promise<StagedIndex>;
  isShallow(): Promise<boolean>;
  /** The commit of `origin/HEAD`. */
  defaultBase(): Promise<string>;
  close(): void;
}

const EMPTY: ReadonlyMap<string, TreeEntry> = new Map();
const MAX_COMMITS = 50_000;
/** A tree of a few kilobytes can name billions of paths. */
const MAX_TREE_BYTES = 64 * 1024 * 1024;

/** The tree that holds nothing has the same id everywhere, and git knows it without having it. */
const EMPTY_TREES: Readonly<Record<ObjectFormat, string>> = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/** Opens a work tree, a folder in one, or a bare repository. */
export async function openRepository(directory: string): Promise<Repository> {
  const location = await locateRepository(directory);
  const withIndex: GitContext = { cwd: location.gitDir, gitDir: location.gitDir };
  // Without an index, and far from the work tree, no .gitattributes can decide what a diff shows.
  const context: GitContext = { ...withIndex, env: { GIT_INDEX_FILE: `${location.gitDir}/no-index` } };
  const format = (await runGit(['rev-parse', '--show-object-format'], context)).stdout
    .toString('latin1')
    .trim();
  if (format !== 'sha1' && format !== 'sha256') {
    throw new GitError('failed', 'The repository names its objects in a way that is not supported');
  }
  return createRepository({ location, context, withIndex, format, emptyTree: EMPTY_TREES[format] });
}

interface Parts {
  readonly location: GitLocation;
  readonly context: GitContext;
  readonly withIndex: GitContext;
  readonly format: ObjectFormat;
  readonly emptyTree: string;
}

function createRepository({ location, context, withIndex, format, emptyTree }: Parts): Repository {
  const reader = createObjectReader(context);
  let boundary: Promise<ReadonlySet<string>> | null = null;
  const shallow = (): Promise<ReadonlySet<string>> => (boundary ??= shallowBoundary(location));

  const trees = createRecent(async (sha: string): Promise<ReadonlyMap<string, TreeEntry>> => {
    const { stdout } = await runGit(['ls-tree', '-r', '-z', '-l', '--full-tree', sha], context, {
      maxOutputBytes: MAX_TREE_BYTES,
    });
    return parseTree(stdout);
  });

  const idOf = (rev: string): Promise<string> =>
    isObjectId(rev) ? Promise.resolve(rev) : repository.resolve(rev);

  const repository: Repository = {
    gitDir: location.gitDir,
    objectFormat: format,
    emptyTree,

    async resolve(rev) {
      const sha = await repository.tryResolve(rev);
      if (sha !== null) return sha;
      const hint =
        (await shallow()).size > 0 ? '; this clone is shallow: `git fetch --unshallow` may bring it' : '';
      throw new GitError(
        'not-found',
        `There is no commit \`${rev.slice(0, 200)}\` in this repository: check the name, or fetch it first${hint}`,
      );
    },

    async tryResolve(rev) {
      if (rev === '' || rev.startsWith('-') || /\p{Cc}/u.test(rev)) return null;
      const { stdout, stderr, exitCode } = await runGit(
        ['rev-parse', '--verify', '--quiet', '--end-of-options', `${rev}^{commit}`],
        context,
        { exitCodes: [0, 1, 128] },
      );
      if (exitCode !== 0 && kindOfFailure(stderr) === 'corrupt') {
        throw commandFailure('rev-parse', context, stderr, exitCode);
      }
      const sha = stdout.toString('latin1').trim();
      return exitCode === 0 && isObjectId(sha) ? sha : null;
    },

    async mergeBase(a, b) {
      const [left, right] = [await idOf(a), await idOf(b)];
      const { stdout } = await runGit(['merge-base', left, right], context, { exitCodes: [0, 1] });
      const sha = stdout.toString('latin1').trim();
      if (isObjectId(sha)) return sha;
      if ((await shallow()).size > 0) throw shallowError('the commit that base and head have in common');
      throw new GitError(
        'no-merge-base',
        `${shortSha(left)} and ${shortSha(right)} have no history in common, so there is no change to review`,
      );
    },

    async tree(rev) {
      return trees.get(await idOf(rev));
    },

    async diff(from, to) {
      const sides = [from === null ? emptyTree : await idOf(from), await idOf(to)];
      const { stdout } = await runGit(['diff-tree', ...RAW_DIFF, ...sides, '--'], context, {
        maxOutputBytes: MAX_TREE_BYTES,
      });
      return parseRawDiff(stdout);
    },

    async hunks(from, to, paths) {
      const base = from === null ? emptyTree : await idOf(from);
      return readHunks(base, await idOf(to), context, paths === undefined ? {} : { paths: new Set(paths) });
    },

    readBlobs: (oids, limits) => reader.read(oids, 'blob', limits),

    async commits(exclude, head, limit, signal) {
      const start = exclude === null ? null : await idOf(exclude);
      const { shas, truncated } = await listCommits(start, await idOf(head), limit, context, signal);
      const commits: Commit[] = [];
      while (commits.length < shas.length) {
        const batch = await repository.parsedCommits(shas.slice(commits.length), signal);
        commits.push(...batch.map(({ commit }) => commit));
      }
      return { commits, truncated };
    },

    async parsedCommits(shas, signal) {
      return readCommits(shas, { reader, format, boundary: await shallow() }, signal);
    },

    touchedPaths: (commits, signal) => readTouchedPaths(commits, { context, reader }, signal),

    async tag(rev) {
      const { stdout } = await runGit(
        ['rev-parse', '--verify', '--quiet', '--end-of-options', rev],
        context,
        {
          exitCodes: [0, 1, 128],
        },
      );
      const id = stdout.toString('latin1').trim();
      if (!isObjectId(id)) throw new GitError('not-found', `There is no tag \`${rev.slice(0, 200)}\` here`);
      const limits = { maxBytesEach: MAX_COMMIT_BYTES, maxBytesTotal: MAX_COMMIT_BYTES };
      const raw = (await reader.read([id], 'tag', limits)).get(id);
      return raw instanceof Uint8Array
        ? parseTag(id, Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), format)
        : null;
    },

    async commit(rev) {
      const sha = await idOf(rev);
      const limits = { maxBytesEach: MAX_COMMIT_BYTES, maxBytesTotal: MAX_COMMIT_BYTES };
      const raw = (await reader.read([sha], 'commit', limits)).get(sha);
      if (!(raw instanceof Uint8Array)) throw new GitError('not-found', `Commit ${sha} could not be read`);
      return parseCommit(sha, Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), format);
    },

    changedVersions: (commits, options) => readMadeVersions(commits, context, options),

    async pastVersions(exclude, head, limit) {
      const start = exclude === null ? null : await idOf(exclude);
      const end = await idOf(head);
      const { shas, truncated } = await listCommits(start, end, MAX_COMMITS, context);
      const known = [start === null ? EMPTY : await repository.tree(start), await repository.tree(end)];
      const made = await readMadeVersions(shas, context, {
        limit,
        keep: ({ path, oid }) => known.every((side) => side.get(path)?.oid !== oid),
      });
      return { versions: made.versions, truncated: truncated || made.truncated };
    },

    async grep(rev, query, under = '') {
      return grepFiles(await idOf(rev), query, under, context);
    },

    async index(indexFile = null) {
      if (indexFile === null) return readIndex(withIndex, emptyTree);
      // To git an index that is not there is an empty one, in which nothing would be found.
      if (!existsSync(indexFile)) throw new GitError('not-found', `The index ${indexFile} is not there`);
      return readIndex({ ...withIndex, env: { GIT_INDEX_FILE: indexFile } }, emptyTree);
    },

    async isShallow() {
      return (await shallow()).size > 0;
    },

    async defaultBase() {
      const sha = await repository.tryResolve('refs/remotes/origin/HEAD');
      if (sha !== null) return sha;
      throw new GitError(
        'not-found',
        'The default branch of `origin` is not known here: name the base with --base, or run `git remote set-head origin -a`',
      );
    },

    close() {
      reader.close();
    },
  };
  return repository;
}
