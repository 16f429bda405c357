import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ignoresIn } from '../../src/engine/inline-ignore.ts';
import { readPolicyFile } from '../../src/engine/policy-file.ts';
import { knownRulesOf } from '../../src/engine/rule.ts';
import { REASON_LENGTH, readWaiverFile } from '../../src/engine/waiver-file.ts';
import { WAIVERS_SCHEMA } from '../../src/engine/waiver-policy-file.ts';
import { parseCommands } from '../../src/github/commands/parse.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { AUDIT_ACTIONS } from '../../src/store/audit-entry.ts';

const page = readFileSync(new URL('../../docs/waivers.md', import.meta.url), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1] ?? '',
  );
const known = knownRulesOf((await loadRuleSet()).rules);

test('the policy, the file and the comment of docs/waivers.md can be used', () => {
  const [policy = '', file = '', inline = ''] = blocks('yaml');
  expect(readPolicyFile('.github/gitops-warden.yml', policy, known).problems).toEqual([]);
  const waivers = readWaiverFile('.github/gitops-warden/waivers.yml', file, [...known.keys()]);
  expect([waivers.problems, waivers.value?.length]).toEqual([[], 2]);
  expect(ignoresIn(inline)).toMatchObject([{ ruleId: 'no-mutable-image-tag', covers: 2 }]);
});

test('its commands are understood, each', () => {
  const { commands } = parseCommands(blocks('text')[0] ?? '');
  expect(commands.map(({ name }) => name)).toEqual(['waive', 'waive', 'waive']);
  const inText = [...page.matchAll(/`(\/warden [a-z]+[^`…]*)`/g)].map((match) => match[1] ?? '');
  const names = inText.flatMap((line) => parseCommands(line).commands).map(({ name }) => name);
  expect(new Set(names)).toEqual(new Set(['unwaive', 'recheck', 'explain', 'help', 'unknown']));
});

test('its figures and names are those of the code', () => {
  expect(page).toContain(`${String(REASON_LENGTH.min)} to ${String(REASON_LENGTH.max)} characters`);
  for (const setting of Object.keys(WAIVERS_SCHEMA.properties.allow.properties))
    expect(page).toContain(`\`${setting}\``);
  for (const action of AUDIT_ACTIONS.filter((one) => one.startsWith('waiver-')))
    expect(page).toContain(`\`${action}\``);
});
