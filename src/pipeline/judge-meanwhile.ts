import { setImmediate } from 'node:timers/promises';
import type { BegunReview } from '../engine/review.ts';

/** For so long, in milliseconds, nothing else of the process gets its turn. */
const SLICE_MS = 15;

/**
 * Judges while something else goes on that the end of the review needs: threads that search for credentials get their
 * work, and webhooks are answered, between two slices of it.
 *
 * @throws what `other` fails with, or the reason of the signal; nothing is judged then any more
 */
export async function judgeMeanwhile<T>(
  begun: BegunReview,
  other: Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const state = { failed: false };
  other.catch(() => {
    state.failed = true;
  });
  let end = performance.now() + SLICE_MS;
  while (!state.failed && begun.step()) {
    if (performance.now() < end) continue;
    await setImmediate();
    signal?.throwIfAborted();
    end = performance.now() + SLICE_MS;
  }
  return other;
}
