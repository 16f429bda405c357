import { createHash } from 'node:crypto';
import type { ChangeSet, Commit, FileVersion, PastVersion, Push, Snapshot } from '../../src/engine/change.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

export function fileVersion(path: string, content: string | Uint8Array): FileVersion {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const header = `blob ${bytes.length}\0`;
  const oid = createHash('sha1').update(header).update(bytes).digest('hex');
  return { path, mode: 'file', oid, content: bytes };
}

export function snapshot(files: Files): Snapshot {
  const versions = Object.entries(files).map(([path, content]) => fileVersion(path, content));
  return {
    paths: new Set(versions.map((version) => version.path)),
    files: new Map(versions.map((version) => [version.path, version])),
  };
}

export interface ChangeParts {
  /** Null: a scan, where there is no base. */
  readonly base?: Files | null;
  readonly head: Files;
  /** New path by old path. */
  readonly renames?: Readonly<Record<string, string>>;
  readonly past?: readonly { commit: string; path: string; content: string }[];
  readonly commits?: readonly Commit[];
  readonly push?: Push | null;
}

/** A change between two trees, with everything loaded. */
export function changeOf(parts: ChangeParts): ChangeSet {
  const before = snapshot(parts.base ?? {});
  const after = snapshot(parts.head);
  const renames = new Map(Object.entries(parts.renames ?? {}));
  const renamedFrom = new Map([...renames].map(([from, to]) => [to, from]));
  const paths = new Set([...before.paths, ...after.paths]);
  const files = [...paths].flatMap((path) => {
    if (renames.has(path) && !after.paths.has(path)) return [];
    const old = before.files.get(renamedFrom.get(path) ?? path) ?? null;
    const current = after.files.get(path) ?? null;
    if (old !== null && current !== null && old.oid === current.oid && old.path === current.path) return [];
    return [{ before: old, after: current }];
  });
  return {
    base: parts.base === null ? null : 'b'.repeat(40),
    head: 'a'.repeat(40),
    mergeBase: parts.base === null ? null : 'b'.repeat(40),
    files,
    past: (parts.past ?? []).map(({ commit, path, content }): PastVersion => ({
      commit,
      file: fileVersion(path, content),
    })),
    commits: parts.commits ?? [],
    push: parts.push ?? null,
    before,
    after,
    notChecked: [],
  };
}

export function commitOf(parts: Partial<Commit> & { sha: string }): Commit {
  return {
    parents: [],
    authorName: 'Ada',
    authorEmail: 'ada@example.com',
    committerName: 'Ada',
    committerEmail: 'ada@example.com',
    subject: 'Change something',
    signature: { state: 'unsigned', kind: null, signer: null, reason: null },
    ...parts,
  };
}
