import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { review } from '../../src/engine/review.ts';
import type { Finding } from '../../src/engine/finding.ts';
import type { Rule } from '../../src/engine/rule.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { changeOf, type ChangeParts, type Files } from '../support/change-fixture.ts';

export const RULES: readonly Rule[] = (await loadRuleSet()).rules;

/** The rules that look at SOPS, and what makes a file readable at all. */
const CONCERNED = /sops|^valid-yaml$|^no-private-key$|^no-plaintext-secret$/;
const SOPS_RULES = RULES.filter(({ definition }) => CONCERNED.test(definition.id));

export function findingsOf(parts: ChangeParts): Finding[] {
  const report = review(changeOf(parts), SOPS_RULES, DEFAULT_POLICY);
  if (report.failures.length > 0) throw new Error(JSON.stringify(report.failures));
  return report.findings.filter(({ introduced }) => introduced);
}

/** `rule path`, sorted, each once. */
export function foundIn(head: Files, base: Files | null = null, more: Partial<ChangeParts> = {}): string[] {
  const found = findingsOf({ base, head, ...more }).map(
    ({ ruleId, subject }) => `${ruleId} ${subject.type === 'file' ? subject.path : subject.type}`,
  );
  return [...new Set(found)].sort();
}
