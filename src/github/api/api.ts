import type { ProbotOctokit } from 'probot';
import type { Clock } from '../clock.ts';

/** One repository as one installation may use it. */
export interface Api {
  readonly octokit: ProbotOctokit;
  readonly owner: string;
  readonly repo: string;
  readonly clock: Clock;
}

export const PAGE_SIZE = 100;

export interface Paged<T> {
  readonly items: readonly T[];
  /** True when there was more than we read. */
  readonly truncated: boolean;
}

/**
 * Reads page after page by number. Links in the answer are not followed: they could lead the token elsewhere.
 *
 * @param stop ends the reading early once it is true for a page
 */
export async function readPages<T>(
  maxPages: number,
  read: (page: number) => Promise<readonly T[]>,
  stop: (items: readonly T[]) => boolean = () => false,
): Promise<Paged<T>> {
  const items: T[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const batch = await read(page);
    items.push(...batch);
    if (batch.length < PAGE_SIZE || stop(batch)) return { items, truncated: false };
  }
  return { items, truncated: true };
}
