import { Script } from 'node:vm';
import type { TextScan } from '../../secrets/text-scan.ts';

/** As long may V8 work at one text; a rule that takes longer goes to the engine that no text can stall. */
const STRETCH_MS = 400;
/** Before so long, short texts share a stretch: to set its watch takes longer than to search most of them. */
const SHARED_MS = 50;
/** As long may one text take. */
const TEXT_MS = 30_000;

// The only way to interrupt a regular expression: V8 stops what runs in a script when its time is over.
const script = new Script('stretchOfWork()');
const context = globalThis as unknown as { stretchOfWork: () => void };

/** Searches that have ended: from one index to before another. */
export interface Ended {
  readonly from: number;
  readonly to: number;
  /** False when the time of the one was over. */
  readonly complete: boolean;
}

/**
 * Runs searches one after the other.
 *
 * @param onEnd told of each in turn, those of one stretch together
 */
export function runSearches(searches: readonly TextScan[], onEnd: (ended: Ended) => void): void {
  for (let next = 0; next < searches.length;) {
    const { reached, interrupted } = runTogether(searches, next);
    if (reached > next) onEnd({ from: next, to: reached, complete: true });
    next = reached;
    if (!interrupted || next >= searches.length) continue;
    const complete = runAlone(searches[next]);
    onEnd({ from: next, to: next + 1, complete });
    next += 1;
  }
}

/** One stretch from the search at `first` on. Of those before `reached`, each came to its end. */
function runTogether(
  searches: readonly TextScan[],
  first: number,
): { readonly reached: number; readonly interrupted: boolean } {
  let reached = first;
  const interrupted = !within(SHARED_MS + STRETCH_MS, () => {
    const last = performance.now() + SHARED_MS;
    do {
      searches[reached]?.run();
      reached += 1;
    } while (reached < searches.length && performance.now() < last);
  });
  return { reached, interrupted };
}

/** Goes on with a search that was interrupted; false when its time is over. */
function runAlone(search: TextScan | undefined): boolean {
  if (search === undefined) return false;
  const deadline = performance.now() + TEXT_MS - STRETCH_MS;
  search.yieldRule();
  while (!search.done) {
    const left = Math.floor(deadline - performance.now());
    if (left <= 0) return false;
    const most = search.current?.engine === 're2' ? left : Math.min(left, STRETCH_MS);
    const ended = within(most, () => {
      search.run();
    });
    if (!ended) search.yieldRule();
  }
  return true;
}

/** False when the work was interrupted: it had no more time, or no more of the stack that backtracking takes. */
function within(milliseconds: number, work: () => void): boolean {
  context.stretchOfWork = work;
  try {
    script.runInThisContext({ timeout: Math.max(1, milliseconds) });
    return true;
  } catch {
    // Errors are not passed on: they may quote the text.
    return false;
  }
}
