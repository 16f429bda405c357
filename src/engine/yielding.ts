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
  const byPlace = new Map<string, Compared[]>();
  for (const finding of findings) {
    if (!preferred.has(finding.raw.ruleId)) continue;
    const key = placeOf(finding.raw);
    const there = byPlace.get(key);
    if (there === undefined) byPlace.set(key, [finding]);
    else there.push(finding);
  }
  return findings.filter((finding) => {
    const stronger = yieldsTo.get(finding.raw.ruleId);
    if (stronger === undefined || stronger.size === 0) return true;
    const rivals = byPlace.get(placeOf(finding.raw)) ?? [];
    return !rivals.some((rival) => stronger.has(rival.raw.ruleId) && covers(rival, finding));
  });
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
  return isBefore(a.start, b.end) && isBefore(b.start, a.end);
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}
