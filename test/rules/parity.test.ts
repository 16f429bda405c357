import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { RULES_DIRECTORY, rulePages } from '../../scripts/generate-rule-docs.ts';
import { levelOf } from '../../src/engine/active-rules.ts';
import { NO_SETTING, type Policy } from '../../src/engine/policy.ts';
import { readRuleFile, RULE_SCHEMA } from '../../src/engine/rule-file.ts';
import { review } from '../../src/engine/review.ts';
import type { Rule } from '../../src/engine/rule.ts';
import { CODE_RULES } from '../../src/rules/index.ts';
import { withLeaks } from '../support/leak-fixture.ts';
import { placeOf, readCases } from '../support/rule-folder.ts';

const ids = readdirSync(RULES_DIRECTORY, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function loadRule(id: string): Rule {
  const file = path.join(RULES_DIRECTORY, id, 'rule.yaml');
  const read = readRuleFile(file, readFileSync(file, 'utf8'));
  if (read.value === null) throw new Error(JSON.stringify(read.problems));
  return { definition: read.value, code: read.value.schema === null ? (CODE_RULES[id] ?? null) : null };
}

/** A rule that only a stricter profile has is judged as it would be there. */
function switchedOn({ definition }: Rule, policy: Policy): Policy {
  if (levelOf(definition, policy) !== 'off') return policy;
  const setting = policy.rules.get(definition.id) ?? NO_SETTING;
  return {
    ...policy,
    rules: new Map([...policy.rules, [definition.id, { ...setting, severity: definition.severity }]]),
  };
}

const cases = new Map(
  await Promise.all(
    ids.map(async (id) => {
      const folder = path.join(RULES_DIRECTORY, id);
      const [valid, invalid] = [path.join(folder, 'valid'), path.join(folder, 'invalid')].map(readCases);
      return [id, { valid: (await valid) ?? [], invalid: (await invalid) ?? [] }] as const;
    }),
  ),
);

describe.each(ids)('rule folder %s', (id) => {
  const folder = path.join(RULES_DIRECTORY, id);

  test('rule.yaml is valid and named like its folder', () => {
    const value: unknown = parse(readFileSync(path.join(folder, 'rule.yaml'), 'utf8'));
    const validate = new Ajv({ allErrors: true }).compile(RULE_SCHEMA);
    validate(value);
    expect(validate.errors ?? []).toEqual([]);
    expect(loadRule(id).definition.id).toBe(id);
    expect(value).toHaveProperty('category');
  });

  test('its words are sentences', () => {
    const { summary, message, remediation } = loadRule(id).definition;
    expect(summary).toMatch(/^[A-Z].*\.$/);
    expect(message).toMatch(/^[A-Z`{].*\.$/s);
    expect(remediation).toMatch(/^[A-Z].*[.`]$/s);
  });

  test('code is registered exactly when rule.yaml asks for it', () => {
    const { definition } = loadRule(id);
    expect(Object.hasOwn(CODE_RULES, id)).toBe(definition.schema === null);
    if (definition.schema === null) expect(CODE_RULES[id]?.scope).toBe(definition.scope);
  });

  test('README.md has every section, each with something in it', () => {
    const page = readFileSync(path.join(folder, 'README.md'), 'utf8');
    const sections = page.split(/^## /m).slice(1);
    expect(sections.map((section) => section.split('\n', 1)[0])).toEqual([
      'Why',
      'Before',
      'After',
      'When to turn it off',
    ]);
    for (const section of sections) {
      expect(
        section
          .replace(/^.*\n/, '')
          .replaceAll(/```\w*/g, '')
          .trim().length,
      ).toBeGreaterThan(10);
    }
    expect(sections[1]).toMatch(/```/);
    expect(sections[2]).toMatch(/```/);
  });

  const { valid, invalid } = cases.get(id) ?? { valid: [], invalid: [] };

  test('there is something to pass and something to find', () => {
    expect(valid.length).toBeGreaterThan(0);
    expect(invalid.flatMap((one) => one.expected).length).toBeGreaterThan(0);
    expect(valid.flatMap((one) => one.expected)).toEqual([]);
  });

  test.each([...valid, ...invalid].map((one) => [one.name, one] as const))('%s: as marked', (_name, one) => {
    const rule = loadRule(id);
    const policy = switchedOn(rule, one.policy);
    const report = review(withLeaks(one.change, policy), [rule], policy);
    expect(report.failures).toEqual([]);
    expect(report.findings.map(placeOf).sort()).toEqual(one.expected);
    for (const [place, says] of one.says) {
      const messages = report.findings
        .filter((finding) => placeOf(finding) === place)
        .map(({ message }) => message);
      expect(messages.join('\n')).toContain(says);
    }
    for (const { message } of report.findings) {
      // A placeholder that nobody filled, or filled with nothing.
      expect(message).not.toMatch(/\{[a-zA-Z]+\}|``|undefined|\[object/);
    }
  });
});

test('the code of every rule has a folder, and stands with its category', () => {
  expect(ids).toEqual(expect.arrayContaining(Object.keys(CODE_RULES)));
  for (const id of Object.keys(CODE_RULES)) {
    const { category } = loadRule(id).definition;
    expect(existsSync(path.join(import.meta.dirname, '../../src/rules', category, `${id}.ts`))).toBe(true);
  }
});

test('generated pages are fresh', async () => {
  const stale = (await rulePages(RULES_DIRECTORY)).filter(({ current, wanted }) => current !== wanted);
  expect(stale.map(({ file }) => path.relative(RULES_DIRECTORY, file))).toEqual([]);
});
