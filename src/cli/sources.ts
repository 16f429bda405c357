import { decodeText } from '../engine/judged-file.ts';
import type { Report } from '../engine/report.ts';
import type { Repository } from '../git/repository.ts';

/** The text of a file as a report means it: of the head, or of one commit. Null when it is not at hand. */
export type Sources = (path: string, commit: string | null) => string | null;

const MAX_BYTES = 2 * 1024 * 1024;
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;

/** Reads the files in which findings stand. */
export async function loadSources(repository: Repository, head: string, report: Report): Promise<Sources> {
  const wanted = new Map<string, Set<string>>();
  for (const { subject } of report.findings) {
    if (subject.type !== 'file') continue;
    const revision = subject.commit ?? head;
    wanted.set(revision, (wanted.get(revision) ?? new Set()).add(subject.path));
  }
  const texts = new Map<string, string | null>();
  for (const [revision, paths] of wanted) {
    const tree = await repository.tree(revision);
    const entries = [...paths].flatMap((path) => tree.get(path) ?? []);
    const blobs = await repository.readBlobs(
      entries.map((entry) => entry.oid),
      { maxBytesEach: MAX_BYTES, maxBytesTotal: MAX_TOTAL_BYTES },
    );
    for (const entry of entries) {
      const content = blobs.get(entry.oid);
      texts.set(`${revision} ${entry.path}`, content instanceof Uint8Array ? decodeText(content) : null);
    }
  }
  return (path, commit) => texts.get(`${commit ?? head} ${path}`) ?? null;
}
