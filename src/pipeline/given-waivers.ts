import { createHash } from 'node:crypto';
import type { Waiver } from '../engine/waiver.ts';

/** The hash over everything that decides, with waivers that were given elsewhere than in the repository. */
export function withWaivers(hash: string, waivers: readonly Waiver[]): string {
  if (waivers.length === 0) return hash;
  const lines = waivers.map((waiver) => JSON.stringify(waiver)).sort();
  return createHash('sha256')
    .update([hash, ...lines].join('\n'))
    .digest('hex');
}
