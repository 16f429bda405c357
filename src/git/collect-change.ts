import type { ChangeSet, FileChange, FileVersion, PastVersion, Push, Snapshot } from '../engine/change.ts';
import { compileGlobs } from '../engine/globs.ts';
import { isYamlName } from '../engine/judged-file.ts';
import type { Rule } from '../engine/rule.ts';
import { collectPast, NO_PAST } from './collect-past.ts';
import { createContentLoader, type ContentLoader } from './content-loader.ts';
import { withDefaults, type Limits } from './limits.ts';
import type { Query } from './grep.ts';
import { looksLikeText, NotCheckedList, skipReason, WHOLE_REPOSITORY } from './not-checked.ts';
import type { Repository } from './repository.ts';
import { followLink, readLinks } from './symlinks.ts';
import type { DiffEntry, TreeEntry } from './tree-entry.ts';
import { collectWidenings, isWanted, kindsPattern, searchedFolders, textsOfConcern } from './widening.ts';

export interface CollectOptions {
  /** Tip of the base, a full id. Null: a scan, in which every file of the head is new. */
  readonly base: string | null;
  readonly head: string;
  /** Decide what is loaded beside the change: their context, what they widen to, and whether history matters. */
  readonly rules: readonly Rule[];
  /** Globs of further files to load on both sides. */
  readonly extraContext?: readonly string[];
  readonly limits?: Partial<Limits>;
  readonly push?: Push | null;
  readonly signal?: AbortSignal | undefined;
}

/** Two revisions, how they differ, and what may be found near the change. */
export interface Sides {
  readonly before: ReadonlyMap<string, TreeEntry>;
  readonly after: ReadonlyMap<string, TreeEntry>;
  readonly diff: readonly DiffEntry[];
  /** Paths of a side whose files contain something; all of them, or those below a folder. */
  readonly grep: (side: 'before' | 'after', query: Query, under?: string) => Promise<readonly string[]>;
}

/** Everything about a change but its commits. */
export type Files = Pick<ChangeSet, 'files' | 'before' | 'after'>;

/** @throws {GitError} when there is no such revision or no common history, or when the trees are too large to list */
export async function collectChange(repository: Repository, options: CollectOptions): Promise<ChangeSet> {
  const { base, head, rules, signal } = options;
  const limits = withDefaults(options.limits);
  const notes = new NotCheckedList();
  const loader = createContentLoader(repository, limits, signal);
  const mergeBase = base === null ? null : await repository.mergeBase(base, head);
  const after = await repository.tree(head);
  const before = mergeBase === null ? new Map<string, TreeEntry>() : await repository.tree(mergeBase);
  const sides: Sides = {
    before,
    after,
    diff: await repository.diff(mergeBase, head),
    grep: async (side, query, under) => {
      const rev = side === 'after' ? head : mergeBase;
      return rev === null ? [] : repository.grep(rev, query, under);
    },
  };
  const history =
    base === null
      ? { commits: [], truncated: false }
      : await repository.commits(base, head, limits.maxCommits, signal);
  if (history.truncated) {
    notes.add(
      WHOLE_REPOSITORY,
      `has more than ${limits.maxCommits} commits in this change; the older ones were not checked`,
      true,
    );
  }
  await loadChanged(sides, loader);
  const { past, olderThanHead } = rules.some((rule) => rule.definition.history)
    ? await collectPast(
        repository,
        history.commits.map((commit) => commit.sha),
        sides,
        loader,
        limits,
        notes,
        signal,
      )
    : NO_PAST;
  const files = await collectFiles(repository, sides, loader, limits, notes, options, past);
  return {
    base,
    head,
    mergeBase,
    ...files,
    past,
    olderThanHead,
    commits: history.commits,
    push: options.push ?? null,
    notChecked: notes.items(),
  };
}

/** What the change itself holds comes first, for the case that not all of it fits. */
async function loadChanged({ diff }: Sides, loader: ContentLoader): Promise<void> {
  const entries = [
    ...diff.flatMap(({ after }) => after ?? []),
    ...diff.flatMap(({ before }) => before ?? []),
  ];
  await loader.load(entries.filter(isRegular).map((entry) => entry.oid));
}

/**
 * Loads the changed files of both sides, the context that rules ask for, and what a change of theirs reaches.
 *
 * @param past what commits in between made; its files count as changed, also those that are the base's again at the end
 */
export async function collectFiles(
  repository: Repository,
  sides: Sides,
  loader: ContentLoader,
  limits: Limits,
  notes: NotCheckedList,
  options: Pick<CollectOptions, 'rules' | 'extraContext' | 'signal'>,
  past: readonly PastVersion[] = [],
): Promise<Files> {
  const changed = {
    before: sides.diff.flatMap(({ before }) => (before === null ? [] : [before])),
    after: sides.diff.flatMap(({ after }) => (after === null ? [] : [after])),
  };
  await loadChanged(sides, loader);
  const versions = [
    ...[...changed.before, ...changed.after].map((entry) => toVersion(entry, loader)),
    ...past.map(({ file }) => file),
  ];
  const context =
    versions.length === 0 ? { before: [], after: [] } : await findContext(sides, versions, options);
  await loader.load([...context.after, ...context.before].map((entry) => entry.oid));

  const files: FileChange[] = sides.diff.map(({ before, after }) => ({
    before: before === null ? null : toVersion(before, loader),
    after: after === null ? null : toVersion(after, loader),
  }));
  noteChanged(files, loader, limits, notes);
  await noteLinks(repository, sides, changed.after, notes, options.signal);
  const snapshots = (['before', 'after'] as const).map((side): Snapshot => {
    const loaded = new Map<string, FileVersion>();
    const own = new Set(changed[side].map((entry) => entry.path));
    for (const entry of [...changed[side], ...context[side]]) {
      const version = toVersion(entry, loader);
      if (version.content !== null) loaded.set(entry.path, version);
      else if (!own.has(entry.path)) notes.add(entry.path, unread(entry.oid, loader, limits), false);
    }
    return { paths: new Set(sides[side].keys()), files: loaded };
  });
  const [before, after] = snapshots as [Snapshot, Snapshot];
  return { files, before, after };
}

async function findContext(
  sides: Sides,
  changed: readonly FileVersion[],
  options: Pick<CollectOptions, 'rules' | 'extraContext' | 'signal'>,
): Promise<{ before: TreeEntry[]; after: TreeEntry[] }> {
  const matches = compileGlobs([
    ...new Set([
      ...options.rules.flatMap((rule) => rule.code?.context ?? []),
      ...(options.extraContext ?? []),
    ]),
  ]);
  const { texts, named } = collectWidenings(options.rules, changed);
  const kinds = kindsPattern(options.rules, new Set(changed.map(({ path }) => path)));
  const concerned = textsOfConcern(options.rules, changed);
  const find = async (side: 'before' | 'after'): Promise<TreeEntry[]> => {
    const tree = sides[side];
    const paths = new Set([
      ...[...tree.keys()].filter(matches),
      ...named,
      ...changed.map(({ path }) => path),
    ]);
    for (const [text, where] of texts) {
      for (const folder of searchedFolders(where) ?? [undefined]) {
        options.signal?.throwIfAborted();
        for (const path of await sides.grep(side, text, folder)) if (isWanted(path, where)) paths.add(path);
      }
    }
    for (const text of concerned) for (const path of await sides.grep(side, text)) paths.add(path);
    if (kinds !== null) {
      for (const path of await sides.grep(side, { pattern: kinds })) if (isYamlName(path)) paths.add(path);
    }
    return [...paths].flatMap((path) => tree.get(path) ?? []).filter(isRegular);
  };
  return { before: await find('before'), after: await find('after') };
}

function isRegular(entry: TreeEntry): boolean {
  return entry.mode === 'file' || entry.mode === 'executable';
}

function toVersion(entry: TreeEntry, loader: ContentLoader): FileVersion {
  const content = isRegular(entry) ? loader.get(entry.oid) : null;
  return {
    path: entry.path,
    mode: entry.mode,
    oid: entry.oid,
    content: content instanceof Uint8Array ? content : null,
  };
}

function unread(oid: string, loader: ContentLoader, limits: Limits): string {
  const content = loader.get(oid);
  return content instanceof Uint8Array ? '' : skipReason(content, limits);
}

function noteChanged(
  files: readonly FileChange[],
  loader: ContentLoader,
  limits: Limits,
  notes: NotCheckedList,
): void {
  for (const { before, after } of files) {
    if (after?.mode === 'submodule') {
      notes.add(after.path, 'is a submodule: its content stands in another repository', false);
    } else if (after !== null && after.mode !== 'symlink' && after.content === null) {
      notes.add(after.path, unread(after.oid, loader, limits), looksLikeText(after.path));
    }
    const comparable = before !== null && before.mode !== 'symlink' && before.mode !== 'submodule';
    if (comparable && before.content === null && after !== null && after.content !== null) {
      const reason = `cannot be compared: its version on the base ${unread(before.oid, loader, limits)}`;
      notes.add(after.path, reason, looksLikeText(before.path));
    }
  }
}

async function noteLinks(
  repository: Repository,
  sides: Sides,
  changed: readonly TreeEntry[],
  notes: NotCheckedList,
  signal: AbortSignal | undefined,
): Promise<void> {
  const changedLinks = changed.filter((entry) => entry.mode === 'symlink');
  if (changedLinks.length === 0) return;
  const links = await readLinks(sides.after, repository, signal);
  for (const { path } of changedLinks) {
    const { leads } = followLink(path, links);
    if (leads === 'inside') {
      notes.add(path, 'is a symbolic link: its target is judged where it stands', false);
    } else {
      const where =
        leads === 'outside' ? 'leads out of the repository' : 'leads nowhere that could be followed';
      notes.add(
        path,
        `is a symbolic link that ${where}: what a deployment would read there is unknown`,
        true,
      );
    }
  }
}
