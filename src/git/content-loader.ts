import type { Limits } from './limits.ts';
import type { SkippedObject } from './object-reader.ts';
import type { Repository } from './repository.ts';

/** Reads blobs within one budget; each blob once, so that both sides of a change share its bytes. */
export interface ContentLoader {
  load(oids: Iterable<string>): Promise<void>;
  /** What `load` made of a blob. */
  get(oid: string): Uint8Array | SkippedObject;
}

export function createContentLoader(
  repository: Repository,
  limits: Limits,
  signal: AbortSignal | undefined,
): ContentLoader {
  const known = new Map<string, Uint8Array | SkippedObject>();
  let left = limits.maxTotalBytes;
  return {
    async load(oids) {
      const wanted = [...new Set(oids)].filter((oid) => !known.has(oid));
      if (wanted.length === 0) return;
      const read = await repository.readBlobs(wanted, {
        maxBytesEach: limits.maxFileBytes,
        maxBytesTotal: left,
        signal,
      });
      for (const [oid, content] of read) {
        known.set(oid, content);
        if (content instanceof Uint8Array) left -= content.byteLength;
      }
    },
    get: (oid) => known.get(oid) ?? { skipped: 'missing', size: 0 },
  };
}
