import type { FileVersion } from '../../engine/change.ts';
import type { Repository } from '../../git/repository.ts';

/** Files of the head that are searched for copies of a leaked value. */
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_FILE_BYTES = 1024 * 1024;
const BATCH = 500;

/** Every file of a revision; without content where one is too large, or those before it were enough. */
export async function* headFiles(repository: Repository, head: string): AsyncIterable<FileVersion> {
  const entries = [...(await repository.tree(head)).values()].filter(
    ({ mode }) => mode === 'file' || mode === 'executable',
  );
  let left = MAX_BYTES;
  for (let at = 0; at < entries.length; at += BATCH) {
    const batch = entries.slice(at, at + BATCH);
    const blobs = await repository.readBlobs(
      batch.map((entry) => entry.oid),
      { maxBytesEach: MAX_FILE_BYTES, maxBytesTotal: left },
    );
    for (const { path, mode, oid } of batch) {
      const content = blobs.get(oid);
      const read = content instanceof Uint8Array ? content : null;
      left -= read?.length ?? 0;
      yield { path, mode, oid, content: read };
    }
  }
}
