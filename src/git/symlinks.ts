import { encodePath, decodePath } from './path-bytes.ts';
import type { Repository } from './repository.ts';
import type { TreeEntry } from './tree-entry.ts';

/** As in Linux: a chain that is longer is a loop. */
const MAX_LINKS = 40;
/** Longest path that a file system takes. */
const MAX_TARGET_BYTES = 4096;

/** Where a symbolic link leads; `path` is the end of the chain when it is inside the repository, else empty. */
export interface LinkTarget {
  readonly leads: 'inside' | 'outside' | 'unknown';
  readonly path: string;
}

const OUTSIDE: LinkTarget = { leads: 'outside', path: '' };
const UNKNOWN: LinkTarget = { leads: 'unknown', path: '' };

/** Targets of all symbolic links of a revision, by path. A target that is too long to be one is left out. */
export async function readLinks(
  tree: ReadonlyMap<string, TreeEntry>,
  repository: Repository,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const links = [...tree.values()].filter((entry) => entry.mode === 'symlink');
  const contents = await repository.readBlobs(
    links.map((link) => link.oid),
    { maxBytesEach: MAX_TARGET_BYTES, maxBytesTotal: 64 * 1024 * 1024, signal },
  );
  return new Map(
    links.flatMap(({ path, oid }) => {
      const target = contents.get(oid);
      return target instanceof Uint8Array ? [[path, decodePath(target)] as const] : [];
    }),
  );
}

/** Follows a link as a file system would, through further links, and tells whether it leaves the repository. */
export function followLink(path: string, links: ReadonlyMap<string, string>): LinkTarget {
  const place: string[] = [];
  const ahead = path.split('/').reverse();
  for (let followed = 0; ahead.length > 0;) {
    const step = ahead.pop() ?? '';
    if (step === '' || step === '.') continue;
    if (step === '..') {
      if (place.pop() === undefined) return OUTSIDE;
      continue;
    }
    place.push(step);
    // The repository's own administration is no part of what is reviewed.
    if (place.length === 1 && step.toLowerCase() === '.git') return OUTSIDE;
    const here = place.join('/');
    const target = links.get(here);
    if (target === undefined) {
      if (here === path) return UNKNOWN;
      continue;
    }
    followed += 1;
    if (followed > MAX_LINKS) return UNKNOWN;
    if (encodePath(target)[0] === 0x2f) return OUTSIDE;
    place.pop();
    ahead.push(...target.split('/').reverse());
  }
  return { leads: 'inside', path: place.join('/') };
}
