import type { RequiredData, RuleSet } from './rule-set.ts';
import type { RawLeak } from './text-scan.ts';

/** Keeps the findings that have one of each required rule near them. */
export function requireCompanions(
  leaks: readonly RawLeak[],
  required: readonly RequiredData[],
  find: (id: string) => readonly RawLeak[],
): RawLeak[] {
  const companions = required.map((one) => ({ ...one, found: find(one.id) }));
  return leaks.filter((leak) =>
    companions.every((one) => companions.some((other) => other.id === one.id && hasNear(leak, other))),
  );
}

function hasNear(
  leak: RawLeak,
  { found, withinLines, withinColumns }: RequiredData & { found: readonly RawLeak[] },
): boolean {
  return found.some(
    (other) =>
      (withinLines === null || Math.abs(leak.startLine - other.startLine) <= withinLines) &&
      (withinColumns === null || Math.abs(leak.startColumn - other.startColumn) <= withinColumns),
  );
}

/** A generic rule has nothing to add where another one has found the same on the same line. */
export function dropGeneric(leaks: readonly RawLeak[], set: RuleSet): RawLeak[] {
  const isGeneric = ({ ruleId }: RawLeak): boolean => set.byId.get(ruleId)?.generic === true;
  const special = leaks.filter((leak) => !isGeneric(leak));
  return leaks.filter(
    (leak) =>
      !isGeneric(leak) ||
      !special.some((other) => other.startLine === leak.startLine && other.secret.includes(leak.secret)),
  );
}
