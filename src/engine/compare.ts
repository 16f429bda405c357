import type { RawFinding } from './judge.ts';

/** A finding of the change, once base and head have been compared. */
export interface Compared {
  readonly raw: RawFinding;
  readonly introduced: boolean;
}

/** The base's findings, counted: each accounts for one finding of the head with the same place and value. */
export class BaseFindings {
  readonly #counts = new Map<string, number>();

  constructor(findings: readonly RawFinding[]) {
    for (const finding of findings) {
      const key = keyOf(finding);
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  /** True when the base has this very finding and it was not taken yet. */
  take(finding: RawFinding): boolean {
    const key = keyOf(finding);
    const left = this.#counts.get(key) ?? 0;
    if (left === 0) return false;
    this.#counts.set(key, left - 1);
    return true;
  }
}

/**
 * Findings of past versions that neither base nor head shows, each once, with the first commit that has it.
 *
 * @param past in the order of the commits
 * @param withoutCommit the fingerprint that the finding would have in a tree
 */
export function onlyInHistory(
  past: readonly RawFinding[],
  base: readonly RawFinding[],
  head: readonly RawFinding[],
  withoutCommit: (finding: RawFinding) => string,
): RawFinding[] {
  const valueKey = (finding: RawFinding): string => `${finding.ruleId} value ${finding.digest}`;
  const standing = [...base, ...head];
  const values = new Set(standing.filter((finding) => finding.hasValue).map(valueKey));
  const places = new Set(standing.map(keyOf));
  return past.filter((finding) => {
    const place = `${withoutCommit(finding)} ${finding.digest}`;
    if (places.has(place) || (finding.hasValue && values.has(valueKey(finding)))) return false;
    places.add(place);
    return true;
  });
}

function keyOf(finding: RawFinding): string {
  return `${finding.fingerprint} ${finding.digest}`;
}
