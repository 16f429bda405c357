import { setImmediate } from 'node:timers/promises';
import type { ChangeSet } from '../engine/change.ts';
import type { Report } from '../engine/report.ts';
import { beginReview, type BegunReview, type ReviewOptions } from '../engine/review.ts';
import { nameKind } from '../secrets/index.ts';
import { scanChange, type ScanRequest } from './secret-scan/scan-change.ts';

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

/** Judges a change, and searches it for credentials meanwhile. */
export async function judgeAndSearch(
  change: ChangeSet,
  request: Omit<ScanRequest, 'today'>,
  options: ReviewOptions,
): Promise<Report> {
  const { rules, policy, signal } = request;
  const begun = beginReview(change, rules, policy, { ...options, kindOf: nameKind });
  const today = new Date().toISOString().slice(0, 10);
  const searching = scanChange(change, { ...request, today });
  return begun.finish(await judgeMeanwhile(begun, searching, signal));
}
