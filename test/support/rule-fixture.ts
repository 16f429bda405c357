import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { NO_SETTING, type Level, type Policy } from '../../src/engine/policy.ts';
import { readRuleFile } from '../../src/engine/rule-file.ts';
import type { CodeRule, Rule } from '../../src/engine/rule.ts';

/** A rule from the text of a `rule.yaml`, without the keys that every rule has. */
export function ruleOf(yaml: string, code: CodeRule | null = null): Rule {
  const text = `severity: error\nsummary: s.\nmessage: "{kind} \`{name}\` at {pointer}."\nremediation: Mend it.\n${yaml}`;
  const unique = [
    ...new Map(text.split('\n').map((line) => [/^(\w+):/.exec(line)?.[1] ?? line, line])).values(),
  ];
  const read = readRuleFile('rule.yaml', unique.join('\n'));
  if (read.value === null) throw new Error(JSON.stringify(read.problems));
  return { definition: read.value, code };
}

export function policyWith(rules: Readonly<Record<string, Level>>, more: Partial<Policy> = {}): Policy {
  return {
    ...DEFAULT_POLICY,
    rules: new Map(Object.entries(rules).map(([id, severity]) => [id, { ...NO_SETTING, severity }])),
    ...more,
  };
}
