import type { Clock } from './clock.ts';
import { isUncertain } from './errors.ts';
import { backoff } from './request-retries.ts';

const ATTEMPTS = 3;

export interface Write<T> {
  readonly write: () => Promise<T>;
  /** Looks for the effect of an earlier attempt; null when there is none. */
  readonly find: () => Promise<T | null>;
}

/** Writes once: after a failure that leaves open whether the write took effect, it looks before it writes again. */
export async function writeOnce<T>(clock: Clock, { write, find }: Write<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!isUncertain(error)) throw error;
      // A gateway that gave up may still have passed the write on: it needs a moment to show.
      await clock.sleep(backoff(attempt));
      const found = await find();
      if (found !== null) return found;
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
