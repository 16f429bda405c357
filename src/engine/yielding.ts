import type { Position, Range } from '../manifests/position.ts';
import type { ActiveRule } from './active-rules.ts';
import type { Compared } from './compare.ts';
import { SEVERITIES } from './finding.ts';
import type { RawFinding } from './judge.ts';

/**
 * Leaves out findings that another rule's finding at the same place makes superfluous, as `yieldsTo` says. Nothing
 * that blocks yields to something that does not.
 */
export function withoutYielding(findings: readonly Compared[], rules: readonly ActiveRule[]): Compared[] {
  const yieldsTo = new Map(rules.map(({ id, rule }) => [id, new Set(rule.definition.yieldsTo)]));
  const preferred = new Set([...yieldsTo.values()].flatMap((ids) => [...ids]));
  const byPlace = Map.groupBy(
    findings.filter(({ raw }) => preferred.has(raw.ruleId) && raw.extent !== null),
    ({ raw }) => placeOf(raw),
  );
  const rivals = new Map([...byPlace].map(([place, those]) => [place, new Rivals(those)]));
  return findings.filter((finding) => {
    const stronger = yieldsTo.get(finding.raw.ruleId);
    if (stronger === undefined || stronger.size === 0) return true;
    const those = rivals.get(placeOf(finding.raw));
    return those?.some(finding, (rival) => stronger.has(rival.raw.ruleId) && covers(rival, finding)) !== true;
  });
}

/** The findings of one place in the order in which they begin: thousands may stand on one line. */
class Rivals {
  readonly #sorted: readonly Compared[];
  /** The furthest end of each one and those before it. */
  readonly #ends: readonly Position[];

  constructor(findings: readonly Compared[]) {
    this.#sorted = findings.toSorted((a, b) => compare(extentOf(a).start, extentOf(b).start));
    let furthest: Position | null = null;
    this.#ends = this.#sorted.map((finding) => {
      const { end } = extentOf(finding);
      furthest = furthest === null || compare(furthest, end) < 0 ? end : furthest;
      return furthest;
    });
  }

  /** Whether one of those that could overlap with the finding passes the test. */
  some({ raw: { extent } }: Compared, passes: (rival: Compared) => boolean): boolean {
    if (extent === null) return false;
    for (let index = this.#beginningBefore(extent.end) - 1; index >= 0; index -= 1) {
      const end = this.#ends[index];
      if (end === undefined || compare(end, extent.start) <= 0) return false;
      const rival = this.#sorted[index];
      if (rival !== undefined && passes(rival)) return true;
    }
    return false;
  }

  #beginningBefore(position: Position): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const rival = this.#sorted[middle];
      if (rival !== undefined && compare(extentOf(rival).start, position) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const NOWHERE: Range = { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } };

function extentOf({ raw }: Compared): Range {
  return raw.extent ?? NOWHERE;
}

function covers(rival: Compared, finding: Compared): boolean {
  return (
    rival.introduced >= finding.introduced &&
    SEVERITIES.indexOf(rival.raw.severity) <= SEVERITIES.indexOf(finding.raw.severity) &&
    rival.raw.extent !== null &&
    finding.raw.extent !== null &&
    overlap(rival.raw.extent, finding.raw.extent)
  );
}

/** One version of one file. */
function placeOf({ subject }: RawFinding): string {
  return subject.type === 'file' ? JSON.stringify([subject.path, subject.commit]) : '';
}

function overlap(a: Range, b: Range): boolean {
  return compare(a.start, b.end) < 0 && compare(b.start, a.end) < 0;
}

function compare(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}
