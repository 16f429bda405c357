import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@jest/globals';
import { RULES_DIRECTORY } from '../../scripts/generate-rule-docs.ts';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { readRuleFile } from '../../src/engine/rule-file.ts';
import { review, type ReviewOptions } from '../../src/engine/review.ts';
import type { Report } from '../../src/engine/report.ts';
import type { Rule } from '../../src/engine/rule.ts';
import { CODE_RULES } from '../../src/rules/index.ts';
import { changeOf, type ChangeParts } from '../support/change-fixture.ts';
import { withLeaks } from '../support/leak-fixture.ts';

/** Every rule of the project. */
export const ALL_RULES: readonly Rule[] = readdirSync(RULES_DIRECTORY, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }): Rule => {
    const file = path.join(RULES_DIRECTORY, name, 'rule.yaml');
    const definition = readRuleFile(file, readFileSync(file, 'utf8')).value;
    if (definition === null) throw new Error(name);
    return { definition, code: CODE_RULES[name] ?? null };
  });

/** The report of every rule over a change. */
export function reviewed(parts: ChangeParts, options: ReviewOptions = {}): Report {
  const report = review(withLeaks(changeOf(parts), DEFAULT_POLICY), ALL_RULES, DEFAULT_POLICY, options);
  expect(report.failures).toEqual([]);
  return report;
}

/** `rule path:line` of every finding, sorted. */
export function placesOf(report: Report): string[] {
  return report.findings
    .map(({ ruleId, subject }) =>
      subject.type === 'file' ? `${ruleId} ${subject.path}:${subject.range?.start.line ?? '-'}` : ruleId,
    )
    .sort();
}
