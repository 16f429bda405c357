import { KINDS } from '../../secrets/catalogue/index.ts';
import type { RawLeak } from '../../secrets/text-scan.ts';

/**
 * One finding for each place: where several rules see the same secret, the one that knows most about it. An encoded
 * secret that stands within one found as it is written counts as the same.
 */
export function distinct(leaks: readonly RawLeak[]): RawLeak[] {
  const kept: RawLeak[] = [];
  for (const leak of [...leaks].sort((a, b) => rank(a) - rank(b))) {
    if (!kept.some((other) => overlaps(leak, other))) kept.push(leak);
  }
  return kept.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
}

/** Enforced rules first; then by how sure the kind is. */
function rank({ ruleId, enforced, decoded }: RawLeak): number {
  const kind = KINDS.get(ruleId);
  const sure = ruleId.includes('generic')
    ? 4
    : kind === undefined
      ? 1
      : kind.level === 'info'
        ? 3
        : kind.byName
          ? 2
          : 0;
  return (enforced ? 0 : 10) + sure + (decoded ? 0.5 : 0);
}

function overlaps(a: RawLeak, b: RawLeak): boolean {
  if (a.span === null || b.span === null) return a.span === b.span && a.ruleId === b.ruleId;
  return a.span.start < b.span.end && b.span.start < a.span.end;
}
