import type { Leaks } from './leak.ts';
import type { PolicyReview } from './policy-difference.ts';
import type { ConfigProblem } from './policy.ts';

/** The mode of a tree entry, as Git stores it. */
export type FileMode = 'file' | 'executable' | 'symlink' | 'submodule';

/** One version of one file. `content` is null when it was not read; the reason is then in `ChangeSet.notChecked`. */
export interface FileVersion {
  /** Slash-separated, from the root of the repository. Bytes that are not UTF-8 appear as `\xNN`. */
  readonly path: string;
  readonly mode: FileMode;
  /** Git's object id, hexadecimal. */
  readonly oid: string;
  readonly content: Uint8Array | null;
}

/** A file on both sides. A renamed file has two paths; an added one no `before`, a deleted one no `after`. */
export interface FileChange {
  readonly before: FileVersion | null;
  readonly after: FileVersion | null;
}

/** A version of a file that a commit made and that is neither the base's nor the head's. */
export interface PastVersion {
  readonly commit: string;
  readonly file: FileVersion;
}

export const SIGNATURE_STATES = [
  'unsigned',
  'valid',
  'signer-not-allowed',
  'identity-mismatch',
  'unknown-key',
  'expired-key',
  'revoked-key',
  'bad-signature',
  'malformed',
  'unsupported',
  'unavailable',
] as const;
export type SignatureState = (typeof SIGNATURE_STATES)[number];

export interface Signature {
  readonly state: SignatureState;
  readonly kind: 'openpgp' | 'ssh' | 'x509' | null;
  readonly signer: string | null;
  /** Why the state is what it is, as a clause without a full stop; null when there is nothing to add. */
  readonly reason: string | null;
  /** The key may not sign for the author; only with `identity-mismatch`. */
  readonly authorDiffers?: true;
}

export interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly authorName: string;
  readonly authorEmail: string;
  readonly committerName: string;
  readonly committerEmail: string;
  /** First line of the message, at most 200 characters. */
  readonly subject: string;
  readonly signature: Signature;
  /** Paths that it touches and that only some may sign changes to: examples, one for each setting of the policy. */
  readonly guarded?: readonly string[];
}

/** A direct push: a push that no merged pull request and no merge queue accounts for. */
export interface Push {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly forced: boolean;
  readonly deleted: boolean;
  readonly pusher: string;
}

/** Files of one revision that rules may look into beside the change. */
export interface Snapshot {
  /** Every path of the revision (a submodule counts as one path). */
  readonly paths: ReadonlySet<string>;
  /** Contents that were loaded: changed files and context files. A path without an entry was not loaded. */
  readonly files: ReadonlyMap<string, FileVersion>;
  /** Mistakes in the files that say what a secret looks like; not there when a change touches none of them. */
  readonly secretProblems?: readonly ConfigProblem[];
}

/** Something that was not judged. `blocks`: a rule applies to it, so it may not count as passed. */
export interface NotChecked {
  readonly path: string;
  readonly reason: string;
  readonly blocks: boolean;
}

/** What a change does to those who may sign. */
export interface SignerChange {
  /** The configuration file that says so. */
  readonly path: string;
  /** 1-based; null when the file as a whole is meant, or is gone. */
  readonly line: number | null;
  readonly kind: 'gains' | 'loses' | 'joins' | 'leaves' | 'setting' | 'list';
  /** The signer; for a setting its name, for a revocation list its authority. */
  readonly who: string;
  /** The key or the group; for a setting what it was and what it becomes, for a list what becomes of it, as a clause. */
  readonly what: string;
}

/** What the key files of both sides hold, as far as the change touches them. */
export interface KeyReview {
  readonly problemsBefore: readonly ConfigProblem[];
  readonly problemsAfter: readonly ConfigProblem[];
  readonly changes: readonly SignerChange[];
}

/** Everything that the engine judges, as plain data. */
export interface ChangeSet {
  /** Tip of the base branch; null in a scan, which compares with nothing: every finding is introduced. */
  readonly base: string | null;
  /** Null in a scan of staged content. */
  readonly head: string | null;
  readonly mergeBase: string | null;
  readonly files: readonly FileChange[];
  readonly past: readonly PastVersion[];
  /** By path, how many of its versions in `past` are older than the first commit that made the head's; else all are. */
  readonly olderThanHead?: ReadonlyMap<string, number>;
  readonly commits: readonly Commit[];
  readonly push: Push | null;
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly notChecked: readonly NotChecked[];
  /** Credentials in the versions above; not there when nobody looked for any. */
  readonly leaks?: Leaks;
  /** Absent when the change touches neither key files nor the policy. */
  readonly keys?: KeyReview;
  /** What the policy says beside what decides; absent when nobody compared it. */
  readonly policyReview?: PolicyReview;
}

/** An object id as people read it. */
export function shortSha(sha: string): string {
  return sha.slice(0, 12);
}

/** Old path by new path, of the files that a change renames. */
export function renamesOf({ files }: Pick<ChangeSet, 'files'>): ReadonlyMap<string, string> {
  return new Map(
    files.flatMap(({ before, after }) =>
      before !== null && after !== null && before.path !== after.path
        ? ([[after.path, before.path]] as const)
        : [],
    ),
  );
}
