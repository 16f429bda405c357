import type { FoundLeak } from './protocol.ts';

/** Large enough for the open pull requests of a busy repository. */
const MAX_ENTRIES = 200_000;
const MAX_LEAKS = 200_000;

/**
 * What was found in which version, so that a second look costs nothing. Holds places and fingerprints, no secrets.
 * The oldest entries go first.
 */
export class RecentLeaks {
  readonly #entries = new Map<string, readonly FoundLeak[]>();
  #leaks = 0;

  get(key: string): readonly FoundLeak[] | undefined {
    const found = this.#entries.get(key);
    if (found === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, found);
    return found;
  }

  set(key: string, leaks: readonly FoundLeak[]): void {
    this.#drop(key);
    this.#entries.set(key, leaks);
    this.#leaks += leaks.length;
    for (const old of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES && this.#leaks <= MAX_LEAKS) break;
      this.#drop(old);
    }
  }

  /** Everything that is kept, for whoever wants to know that no secret is among it. */
  entries(): [string, readonly FoundLeak[]][] {
    return [...this.#entries];
  }

  #drop(key: string): void {
    this.#leaks -= this.#entries.get(key)?.length ?? 0;
    this.#entries.delete(key);
  }
}
