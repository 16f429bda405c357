import { shortSha } from '../engine/change.ts';
import { splitFields } from './fields.ts';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Commit } from '../engine/change.ts';
import type { ObjectFormat } from '../signatures/git-object.ts';
import { parseCommit, type ParsedCommit } from './commit-object.ts';
import { GitError } from './git-error.ts';
import { runGit, type GitContext } from './git-process.ts';
import type { GitLocation } from './locate.ts';
import type { ObjectReader } from './object-reader.ts';
import { isObjectId, parseMadeVersion, type MadeVersion } from './tree-entry.ts';

export interface CommitList {
  /** Parents before children. */
  readonly commits: readonly Commit[];
  /** There are more, older ones. */
  readonly truncated: boolean;
}

export interface VersionList {
  readonly versions: readonly MadeVersion[];
  readonly truncated: boolean;
}

export const MAX_COMMIT_BYTES = 32 * 1024 * 1024;
/** Raw commits held in memory at a time, and their bytes together. */
const BATCH = 256;
const MAX_BATCH_BYTES = 64 * 1024 * 1024;
const MAX_DIFF_BYTES = 1024 * 1024 * 1024;

/** Commits that this clone knows without their parents. */
export async function shallowBoundary(location: GitLocation): Promise<ReadonlySet<string>> {
  try {
    const text = await readFile(path.join(location.commonDir, 'shallow'), 'utf8');
    return new Set(text.split('\n').filter(isObjectId));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
    throw error;
  }
}

export function shallowError(what: string): GitError {
  return new GitError(
    'shallow',
    `This clone is shallow and lacks ${what}; run \`git fetch --unshallow\`, or \`git fetch --depth=N\` with a larger N ` +
      '(in GitHub Actions: `fetch-depth: 0` for actions/checkout)',
  );
}

/** Ids of the commits of `head` that `exclude` does not have, parents first. */
export async function listCommits(
  exclude: string | null,
  head: string,
  limit: number,
  context: GitContext,
  signal?: AbortSignal,
): Promise<{ shas: string[]; truncated: boolean }> {
  const range = exclude === null ? [head] : [head, `^${exclude}`];
  const { stdout } = await runGit(
    ['rev-list', '--topo-order', '--reverse', `--max-count=${limit + 1}`, ...range, '--'],
    context,
    { signal },
  );
  const shas = stdout.toString('latin1').split('\n').filter(isObjectId);
  // git cuts first and reverses then: the surplus one is the oldest.
  return { shas: shas.slice(-limit), truncated: shas.length > limit };
}

export interface CommitSource {
  readonly reader: ObjectReader;
  readonly format: ObjectFormat;
  readonly boundary: ReadonlySet<string>;
}

/**
 * Reads the first of some commits, as many as fit into memory together: at least one of them.
 *
 * @throws {GitError} `shallow` when this clone does not have the parents of one
 */
export async function readCommits(
  shas: readonly string[],
  { reader, format, boundary }: CommitSource,
  signal?: AbortSignal,
): Promise<ParsedCommit[]> {
  const batch = shas.slice(0, BATCH);
  const read = await reader.read(batch, 'commit', {
    maxBytesEach: MAX_COMMIT_BYTES,
    maxBytesTotal: MAX_BATCH_BYTES,
    signal,
  });
  const commits: ParsedCommit[] = [];
  for (const sha of batch) {
    const raw = read.get(sha);
    // It did not fit beside those before it.
    if (raw !== undefined && 'skipped' in raw && raw.skipped === 'budget') break;
    if (!(raw instanceof Uint8Array)) throw unreadCommit(sha, raw?.size ?? 0);
    const parsed = parseCommit(sha, Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), format);
    if (boundary.has(sha) && parsed.commit.parents.length > 0)
      throw shallowError(`the parents of commit ${shortSha(sha)}`);
    commits.push(parsed);
  }
  return commits;
}

function unreadCommit(sha: string, size: number): GitError {
  if (size > MAX_COMMIT_BYTES) {
    return new GitError(
      'limit',
      `Commit ${sha} takes ${size} bytes, more than the limit of ${MAX_COMMIT_BYTES}`,
    );
  }
  return new GitError('not-found', `Commit ${sha} is missing from this repository`);
}

export interface VersionOptions {
  readonly limit: number;
  /** False for a version that is of no interest. */
  readonly keep?: (version: MadeVersion) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The file versions that commits made: what differs from their parent; of a merge what differs from all parents. Each
 * blob once for a path, credited to the first of the commits that has it.
 */
export async function readMadeVersions(
  commits: readonly string[],
  context: GitContext,
  options: VersionOptions,
): Promise<VersionList> {
  if (commits.length === 0) return { versions: [], truncated: false };
  const versions: MadeVersion[] = [];
  const seen = new Set<string>();
  let truncated = false;
  let commit = '';
  let header: string | null = null;

  const onField = (field: Buffer): void => {
    if (header !== null) {
      const version = parseMadeVersion(header, field, commit);
      header = null;
      if (version === null || options.keep?.(version) === false) return;
      const key = `${version.oid} ${version.path}`;
      if (seen.has(key)) return;
      seen.add(key);
      if (versions.length < options.limit) versions.push(version);
      else truncated = true;
      return;
    }
    const text = field.toString('latin1');
    if (text.startsWith(':')) header = text;
    else commit = text;
  };

  const take = splitFields(onField);
  await runGit(
    [
      'diff-tree',
      '--stdin',
      '-r',
      '-z',
      '-c',
      '--raw',
      '--root',
      '--no-renames',
      '--no-abbrev',
      '--ignore-submodules=none',
    ],
    context,
    {
      input: commits.map((sha) => `${sha}\n`).join(''),
      signal: options.signal,
      maxOutputBytes: MAX_DIFF_BYTES,
      onOutput: (chunk) => {
        take(chunk);
        return !truncated;
      },
    },
  );
  return { versions, truncated };
}
