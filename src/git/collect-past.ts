import { shortSha } from '../engine/change.ts';
import type { ChangeSet, PastVersion } from '../engine/change.ts';
import type { ContentLoader } from './content-loader.ts';
import type { Limits } from './limits.ts';
import { looksLikeText, skipReason, WHOLE_REPOSITORY, type NotCheckedList } from './not-checked.ts';
import type { Repository } from './repository.ts';
import type { MadeVersion, TreeEntry } from './tree-entry.ts';

/** The revisions between which a change stands. */
interface Trees {
  readonly before: ReadonlyMap<string, TreeEntry>;
  readonly after: ReadonlyMap<string, TreeEntry>;
}

/** Versions of files that only commits in between have, and how they stand in time to the head's. */
export type Past = Required<Pick<ChangeSet, 'past' | 'olderThanHead'>>;

export const NO_PAST: Past = { past: [], olderThanHead: new Map() };

/** Loads the versions that commits made and that are neither the base's nor the head's. */
export async function collectPast(
  repository: Repository,
  commits: readonly string[],
  sides: Trees,
  loader: ContentLoader,
  limits: Limits,
  notes: NotCheckedList,
  signal: AbortSignal | undefined,
): Promise<Past> {
  const kept = new Map<string, Set<string>>();
  const olderThanHead = new Map<string, number>();
  const { versions, truncated } = await repository.changedVersions(commits, {
    limit: limits.maxPastVersions,
    keep: (version) => {
      const { path, oid } = version;
      const before = kept.get(path) ?? new Set<string>();
      if (sides.after.get(path)?.oid === oid && !olderThanHead.has(path))
        olderThanHead.set(path, before.size);
      if (!isPast(version, sides)) return false;
      kept.set(path, before.add(oid));
      return true;
    },
    signal,
  });
  if (truncated) {
    const reason = `has more than ${limits.maxPastVersions} file versions in the commits of this change; the rest was not checked`;
    notes.add(WHOLE_REPOSITORY, reason, true);
  }
  await loader.load(versions.map((version) => version.oid));
  const past = versions.flatMap(({ commit, path, mode, oid }): PastVersion[] => {
    const content = loader.get(oid);
    if (content instanceof Uint8Array) return [{ commit, file: { path, mode, oid, content } }];
    const reason = `its version in commit ${shortSha(commit)} ${skipReason(content, limits)}`;
    notes.add(path, reason, looksLikeText(path));
    return [];
  });
  return { past, olderThanHead };
}

/** Regular files whose version is neither the base's nor the head's, which are judged as such. */
function isPast({ path, mode, oid }: MadeVersion, { before, after }: Trees): boolean {
  if (mode === 'symlink' || mode === 'submodule') return false;
  return before.get(path)?.oid !== oid && after.get(path)?.oid !== oid;
}
