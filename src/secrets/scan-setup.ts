import { createHash } from 'node:crypto';
import type { KnownLeaks } from './gitleaks/known.ts';
import type { RuleSetData } from './rule-set.ts';

/** Everything that decides what a scan finds, as plain data. */
export interface ScanSetup {
  readonly rules: RuleSetData;
  readonly known: KnownLeaks;
  readonly decodeDepth: number;
}

/** Hex SHA-256. */
export function setupHash(setup: ScanSetup): string {
  return createHash('sha256').update(JSON.stringify(setup)).digest('hex');
}

/** Whether what is found depends on the commit that a version belongs to. */
export function dependsOnCommit({ rules, known }: ScanSetup): boolean {
  const lists = [...rules.allowlists, ...rules.rules.flatMap((rule) => rule.allowlists)];
  return (
    lists.some((list) => list.commits.length > 0) ||
    known.ignored.some((line) => line.split(':').length === 4)
  );
}
