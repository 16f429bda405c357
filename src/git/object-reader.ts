import type { GitContext } from './git-process.ts';
import { createObjectBatch } from './object-batch.ts';

export interface ReadLimits {
  readonly maxBytesEach: number;
  readonly maxBytesTotal: number;
  readonly signal?: AbortSignal | undefined;
}

export interface SkippedObject {
  /** `budget`: it would have fitted alone, but not beside what was read before it. */
  readonly skipped: 'too-large' | 'missing' | 'budget';
  readonly size: number;
}

export type ReadResult = ReadonlyMap<string, Uint8Array | SkippedObject>;

export interface ObjectReader {
  /** Reads objects in the given order, for as long as they fit. An object of another type counts as missing. */
  read(oids: readonly string[], type: 'blob' | 'commit' | 'tag', limits: ReadLimits): Promise<ReadResult>;
  close(): void;
}

/**
 * Two `git cat-file` children: one tells the sizes, so that the other is only asked for what may be read.
 * (`--batch-command` would need one child, and git 2.36.)
 */
export function createObjectReader(context: GitContext): ObjectReader {
  const sizes = createObjectBatch('--batch-check', context);
  const contents = createObjectBatch('--batch', context);
  let last: Promise<unknown> = Promise.resolve();

  const read = async (oids: readonly string[], type: string, limits: ReadLimits): Promise<ReadResult> => {
    const results = new Map<string, Uint8Array | SkippedObject>();
    const wanted: string[] = [];
    let total = 0;
    await sizes.ask(
      [...new Set(oids)],
      (reply) => {
        const skipped = reasonToSkip(reply, type, total, limits);
        if (skipped !== null) {
          results.set(reply.oid, { skipped, size: reply.size });
          return;
        }
        total += reply.size;
        wanted.push(reply.oid);
      },
      limits.signal,
    );
    await contents.ask(
      wanted,
      ({ oid, body }) => {
        results.set(oid, body ?? { skipped: 'missing', size: 0 });
      },
      limits.signal,
    );
    return results;
  };

  return {
    read(oids, type, limits) {
      const next = last.then(
        () => read(oids, type, limits),
        () => read(oids, type, limits),
      );
      last = next;
      return next;
    },
    close() {
      sizes.close();
      contents.close();
    },
  };
}

function reasonToSkip(
  reply: { readonly type: string | null; readonly size: number },
  type: string,
  total: number,
  limits: ReadLimits,
): SkippedObject['skipped'] | null {
  if (reply.type !== type) return 'missing';
  if (reply.size > limits.maxBytesEach) return 'too-large';
  return total + reply.size > limits.maxBytesTotal ? 'budget' : null;
}
