import type { ChangeSet, FileVersion } from '../engine/change.ts';
import { compileEnvironments } from '../engine/environments.ts';
import { openFile } from '../engine/judged-file.ts';
import type { Policy } from '../engine/policy.ts';
import type { Reach } from '../engine/report.ts';
import type { Repository } from '../git/repository.ts';
import { DEPLOYER_MARKS, foldersOf, reachOf } from '../graph/reach.ts';

/** Files that may deploy folders, read to tell what a change reaches. */
const MAX_DEPLOYERS = 2_000;
const MAX_DEPLOYER_BYTES = 1024 * 1024;
const MAX_DEPLOYERS_BYTES = 64 * 1024 * 1024;

/** What a change reaches, as far as the files that deploy folders tell: those of the whole head are looked at. */
export async function findReach(repository: Repository, change: ChangeSet, policy: Policy): Promise<Reach> {
  const changed = change.files.flatMap(({ before, after }) => (after ?? before)?.path ?? []);
  const environmentsOf = compileEnvironments(policy);
  if (changed.length === 0 || change.head === null) return reachOf(changed, [], environmentsOf);
  const { head } = change;
  const marked = await Promise.all(DEPLOYER_MARKS.map((mark) => repository.grep(head, mark)));
  const tree = await repository.tree(head);
  const entries = [...new Set(marked.flat())].slice(0, MAX_DEPLOYERS).flatMap((path) => tree.get(path) ?? []);
  const blobs = await repository.readBlobs(
    entries.map((entry) => entry.oid),
    { maxBytesEach: MAX_DEPLOYER_BYTES, maxBytesTotal: MAX_DEPLOYERS_BYTES },
  );
  const folders = foldersOf(changed);
  const manifests = entries.flatMap((entry) => {
    const content = blobs.get(entry.oid);
    if (!(content instanceof Uint8Array)) return [];
    const version: FileVersion = { path: entry.path, mode: entry.mode, oid: entry.oid, content };
    const text = new TextDecoder().decode(content);
    // Parsing is what costs: a file that names no changed folder, by itself or by a glob, deploys none.
    const concerned =
      changed.includes(entry.path) ||
      text.includes('*') ||
      folders.some((folder) => text.includes(folder)) ||
      /path:\s*["']?\.?\/?["']?\s*$/m.test(text);
    return concerned ? openFile(entry.path, version, change.after).file.manifests : [];
  });
  return reachOf(changed, manifests, environmentsOf);
}
