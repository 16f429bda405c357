import { activeRules, type ActiveRule } from '../../engine/active-rules.ts';
import { shortSha, type ChangeSet, type FileVersion, type NotChecked } from '../../engine/change.ts';
import { compileGlobs } from '../../engine/globs.ts';
import { leakKey, type Leak, type Leaks } from '../../engine/leak.ts';
import type { Policy } from '../../engine/policy.ts';
import type { Searched } from '../../engine/review.ts';
import type { Rule } from '../../engine/rule.ts';
import { archiveKind } from '../../secrets/readable-text.ts';
import { dependsOnCommit, setupHash, type ScanSetup } from '../../secrets/scan-setup.ts';
import { findCopies, type Copies, type Needle } from './copies.ts';
import { describeLeak } from './describe.ts';
import type { FoundLeak } from './protocol.ts';
import type { ScanFailure } from './scanner.ts';
import type { SecretSearch } from './search.ts';

export const LEAK_RULE = 'no-leaked-credential';

export interface ScanRequest {
  readonly search: SecretSearch;
  readonly setup: ScanSetup;
  readonly rules: readonly Rule[];
  readonly policy: Policy;
  /** YYYY-MM-DD: allowances end. */
  readonly today: string;
  /** Every file of the head, for copies of what was found; null: those of the change are all. */
  readonly head: (() => AsyncIterable<FileVersion>) | null;
  readonly signal?: AbortSignal | undefined;
}

/** A version to search. */
interface Version {
  readonly file: FileVersion;
  readonly commit: string | null;
}

const FAILURES: Readonly<Record<ScanFailure, string>> = {
  time: 'was not searched for credentials to its end: it takes more time than one file may',
  'total-time': 'was not searched for credentials: the search of this change took more time than it may',
  stopped: 'was not searched for credentials: the search stopped',
};

/** Searches every version of every changed file for credentials, each once. */
export async function scanChange(change: ChangeSet, request: ScanRequest): Promise<Searched> {
  const active = activeRules(request.rules, request.policy).find((rule) => rule.id === LEAK_RULE);
  if (active === undefined) return { leaks: new Map(), notChecked: [] };
  const versions = versionsOf(change, active, request.policy);
  const notes: NotChecked[] = [];
  const found = await search(versions, request, notes);
  const copies = await copiesOf(change, versions, found, request);
  const leaks: Leaks = new Map(
    versions.flatMap(({ file, commit }) => {
      const list = found.get(leakKey(file.path, file.oid, commit));
      if (list === undefined) return [];
      const described = list.flatMap((leak): Leak[] => {
        const one = describeLeak(leak, {
          file,
          severity: active.severity,
          isReview: change.base !== null,
          request,
        });
        if (one === null) return [];
        return [{ ...one, copies: copies.of(file, leak) }];
      });
      return [[leakKey(file.path, file.oid, commit), described] as const];
    }),
  );
  return { leaks, notChecked: [...notes, ...copies.notes, ...keyNotes(request)] };
}

/** Without a key, exceptions by fingerprint would look as if they applied. */
function keyNotes({ search: { hasKey }, policy }: ScanRequest): NotChecked[] {
  if (hasKey || policy.secrets.allow.length === 0) return [];
  const reason =
    'FINGERPRINT_KEY is not set here: secrets have no fingerprints, and the exceptions under `secrets.allow` do not apply';
  return [{ path: '.', reason, blocks: false }];
}

function versionsOf(change: ChangeSet, active: ActiveRule, policy: Policy): Version[] {
  const excluded = compileGlobs([...policy.secrets.exclude]);
  const enforced = policy.secrets.enforced.size > 0;
  const concerned = (path: string): boolean => active.appliesToPath(path) && (enforced || !excluded(path));
  const sides = change.files.flatMap(({ before, after }) =>
    change.base === null ? [after] : [after, before],
  );
  const all: Version[] = [
    ...sides.flatMap((file) => (file === null ? [] : [{ file, commit: null }])),
    ...change.past.map(({ file, commit }) => ({ file, commit })),
  ];
  return all.filter(
    ({ file }) =>
      file.content !== null && (file.mode === 'file' || file.mode === 'executable') && concerned(file.path),
  );
}

async function search(
  versions: readonly Version[],
  { search: { scanner, recent, cache }, setup, signal }: ScanRequest,
  notes: NotChecked[],
): Promise<ReadonlyMap<string, readonly FoundLeak[]>> {
  const hash = setupHash(setup);
  const byCommit = dependsOnCommit(setup);
  const searchKey = ({ file, commit }: Version): string =>
    `${hash} ${leakKey(file.path, file.oid, byCommit ? commit : null)}`;
  const results = new Map<string, readonly FoundLeak[]>();
  const jobs = new Map<string, Version>();
  await cache?.load(hash);
  for (const version of versions) {
    const key = searchKey(version);
    if (results.has(key) || jobs.has(key)) continue;
    const known = recent.get(key) ?? cache?.get(hash, key);
    if (known === undefined) jobs.set(key, version);
    else results.set(key, known);
    noteArchive(version, notes);
  }
  const wanted = [...jobs];
  const found = await scanner.scan(
    setup,
    wanted.map(([, { file, commit }]) => ({
      path: file.path,
      commit: byCommit ? commit : null,
      content: file.content ?? new Uint8Array(),
    })),
    signal,
  );
  found.forEach((result, index) => {
    const [key, version] = wanted[index] ?? [];
    if (key === undefined || version === undefined) return;
    if (typeof result === 'string') {
      notes.push({
        path: version.file.path,
        reason: `${FAILURES[result]}${inCommit(version)}`,
        blocks: true,
      });
      return;
    }
    results.set(key, result);
    recent.set(key, result);
    cache?.add(hash, key, result);
  });
  await cache?.save(hash);
  return new Map(
    versions.flatMap((version) => {
      const result = results.get(searchKey(version));
      const { file, commit } = version;
      return result === undefined ? [] : [[leakKey(file.path, file.oid, commit), result] as const];
    }),
  );
}

function noteArchive(version: Version, notes: NotChecked[]): void {
  const archive = archiveKind(version.file.content ?? new Uint8Array());
  if (archive === null) return;
  notes.push({
    path: version.file.path,
    reason: `is ${archive}: what is in it was not searched for credentials${inCommit(version)}`,
    blocks: false,
  });
}

function inCommit({ commit }: Version): string {
  return commit === null ? '' : ` (in commit ${shortSha(commit)})`;
}

/** Copies matter for what is new or of the past; what only the base has is looked at for comparison. */
async function copiesOf(
  change: ChangeSet,
  versions: readonly Version[],
  found: ReadonlyMap<string, readonly FoundLeak[]>,
  { head, signal }: ScanRequest,
): Promise<Copies> {
  const own = new Set(change.files.flatMap(({ after }) => (after === null ? [] : [after])));
  const needles = versions.flatMap(({ file, commit }): Needle[] =>
    commit === null && !own.has(file)
      ? []
      : (found.get(leakKey(file.path, file.oid, commit)) ?? []).map((leak) => ({ file, leak })),
  );
  return findCopies(needles, head ?? (() => loaded(change)), signal);
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* loaded(change: ChangeSet): AsyncIterable<FileVersion> {
  yield* change.after.files.values();
}
