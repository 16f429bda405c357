import { createHash } from 'node:crypto';
import { lstatSync, type Stats } from 'node:fs';
import path from 'node:path';
import type { ChangeSet, FileVersion } from '../engine/change.ts';
import type { Rule } from '../engine/rule.ts';
import { GitError } from './git-error.ts';
import { withDefaults, type Limits } from './limits.ts';
import { formatBytes, looksLikeText, NotCheckedList, WHOLE_REPOSITORY } from './not-checked.ts';
import { kindOf, linkTarget, readBounded, walk, type DiskEntry } from './read-folder.ts';
import { findContextNames, nameUnder } from './scan-context.ts';
import { followLink } from './symlinks.ts';

export interface CollectPathsOptions {
  /** What paths are relative to, as in a repository. Default: the current folder. */
  readonly root?: string;
  readonly rules: readonly Rule[];
  readonly extraContext?: readonly string[];
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal | undefined;
}

/** What a scan has found so far. */
interface Harvest {
  readonly files: Map<string, FileVersion>;
  readonly links: Map<string, string>;
  readonly paths: Set<string>;
  readonly notes: NotCheckedList;
  readonly limits: Limits;
  bytes: number;
}

/**
 * Files and folders on disk as a change in which everything is new. Beside them, files that rules want as context are
 * read from the folders above, up to the root: a `.sops.yaml` there decides over the files below it.
 *
 * @throws {GitError} `not-found` when a path does not exist
 */
export async function collectPaths(
  paths: readonly string[],
  options: CollectPathsOptions,
): Promise<ChangeSet> {
  const root = path.resolve(options.root ?? '.');
  const { rules, extraContext = [], signal } = options;
  const scanned = newHarvest(options);
  for (const one of paths) collectPath(path.resolve(root, one), root, scanned, signal);
  noteLinks(scanned);

  const globs = [...new Set([...rules.flatMap((rule) => rule.code?.context ?? []), ...extraContext])];
  const context: Harvest = { ...newHarvest(options), notes: scanned.notes, bytes: scanned.bytes };
  collectContext(await findContextNames(paths, root, globs), root, context, scanned.files);
  const files = [...scanned.files.values()].map((after) => ({ before: null, after }));
  return {
    base: null,
    head: null,
    mergeBase: null,
    files,
    past: [],
    commits: [],
    push: null,
    before: { paths: new Set(), files: new Map() },
    after: {
      paths: new Set([...scanned.paths, ...context.paths]),
      files: new Map([...scanned.files, ...context.files]),
    },
    notChecked: scanned.notes.items(),
  };
}

function newHarvest(options: CollectPathsOptions): Harvest {
  return {
    files: new Map(),
    links: new Map(),
    paths: new Set(),
    notes: new NotCheckedList(),
    limits: withDefaults(options.limits),
    bytes: 0,
  };
}

function collectPath(
  location: string,
  root: string,
  harvest: Harvest,
  signal: AbortSignal | undefined,
): void {
  const found = statOf(location);
  if (found === null) throw new GitError('not-found', `There is no file or folder ${location}`);
  const name = nameUnder(root, location);
  const bytes = Buffer.from(location, 'utf8');
  if (!found.isDirectory()) {
    collectEntry({ kind: kindOf(found), location: bytes, path: name, size: found.size }, harvest, true);
    return;
  }
  const onUnreadable = (unreadable: string, error: unknown): void => {
    harvest.notes.add(unreadable === '' ? WHOLE_REPOSITORY : unreadable, couldNotRead(error), true);
  };
  for (const entry of walk(bytes, name, onUnreadable)) {
    signal?.throwIfAborted();
    if (harvest.paths.size >= harvest.limits.maxFiles) {
      const reason = `holds more than ${harvest.limits.maxFiles} files; the rest was not checked`;
      harvest.notes.add(name === '' ? WHOLE_REPOSITORY : name, reason, true);
      return;
    }
    collectEntry(entry, harvest, false);
  }
}

function collectEntry(entry: DiskEntry, harvest: Harvest, named: boolean): void {
  if (harvest.paths.has(entry.path)) return;
  harvest.paths.add(entry.path);
  if (entry.kind === 'symlink') {
    if (named) {
      harvest.notes.add(
        entry.path,
        'is a symbolic link, which a scan does not follow: name its target',
        true,
      );
    } else {
      harvest.links.set(entry.path, linkTarget(entry.location));
    }
    return;
  }
  if (entry.kind === 'other') {
    harvest.notes.add(entry.path, 'is neither a file nor a folder', false);
    return;
  }
  const version = readVersion(entry, entry.kind, harvest);
  if (version !== null) harvest.files.set(entry.path, version);
}

function readVersion(entry: DiskEntry, mode: 'file' | 'executable', harvest: Harvest): FileVersion | null {
  const { notes, limits } = harvest;
  const left = limits.maxTotalBytes - harvest.bytes;
  let content: Buffer | null;
  try {
    content = readBounded(entry.location, Math.min(limits.maxFileBytes, left));
  } catch (error) {
    notes.add(entry.path, couldNotRead(error), true);
    return null;
  }
  if (content === null) {
    const reason = tooMuch(entry, left, limits);
    notes.add(entry.path, reason, looksLikeText(entry.path));
    return null;
  }
  harvest.bytes += content.length;
  const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  return { path: entry.path, mode, oid, content };
}

function tooMuch(entry: DiskEntry, left: number, limits: Limits): string {
  if (entry.size > limits.maxFileBytes) {
    return `is ${formatBytes(entry.size)} large, more than the limit of ${formatBytes(limits.maxFileBytes)}`;
  }
  return entry.size > left
    ? `was not read: the files of this scan take more than ${formatBytes(limits.maxTotalBytes)} together`
    : 'grew while it was read: scan it again';
}

function noteLinks({ links, paths, notes }: Harvest): void {
  if (links.size === 0) return;
  const folders = new Set([...paths].flatMap(ancestorsOf));
  for (const link of links.keys()) {
    const { leads, path: target } = followLink(link, links);
    if (leads === 'inside' && (paths.has(target) || folders.has(target))) {
      notes.add(link, 'is a symbolic link: its target is judged where it stands', false);
    } else {
      notes.add(link, 'is a symbolic link to something that was not scanned', true);
    }
  }
}

function ancestorsOf(name: string): string[] {
  const parts = name.split('/');
  return parts.map((_, depth) => parts.slice(0, depth).join('/'));
}

function collectContext(
  names: ReadonlySet<string>,
  root: string,
  context: Harvest,
  known: ReadonlyMap<string, FileVersion>,
): void {
  for (const name of names) {
    const location = path.join(root, name);
    const found = known.has(name) ? null : statOf(location);
    if (found?.isFile() !== true) continue;
    const entry = { kind: kindOf(found), location: Buffer.from(location), path: name, size: found.size };
    collectEntry(entry, context, true);
  }
}

function statOf(location: string): Stats | null {
  try {
    return lstatSync(location);
  } catch {
    return null;
  }
}

function couldNotRead(error: unknown): string {
  return `could not be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`;
}
