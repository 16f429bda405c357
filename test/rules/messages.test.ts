import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RULES_DIRECTORY } from '../../scripts/generate-rule-docs.ts';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { readRuleFile } from '../../src/engine/rule-file.ts';
import { review } from '../../src/engine/review.ts';
import type { Finding } from '../../src/engine/finding.ts';
import type { Rule } from '../../src/engine/rule.ts';
import { CODE_RULES } from '../../src/rules/index.ts';
import { shellWord } from '../../src/rules/support/shell.ts';
import { changeOf, type Files } from '../support/change-fixture.ts';
import { withLeaks } from '../support/leak-fixture.ts';
import { ageRecipient, ciphertext, sopsYaml, yamlMetadata } from '../support/sops-fixture.ts';

const secret = 'hunter' + '2-' + 'correct-horse';

const rules = readdirSync(RULES_DIRECTORY, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }): Rule => {
    const file = path.join(RULES_DIRECTORY, name, 'rule.yaml');
    const definition = readRuleFile(file, readFileSync(file, 'utf8')).value;
    if (definition === null) throw new Error(name);
    return { definition, code: CODE_RULES[name] ?? null };
  });

function findings(head: Files, base: Files = {}): readonly Finding[] {
  const report = review(withLeaks(changeOf({ base, head }), DEFAULT_POLICY), rules, DEFAULT_POLICY);
  expect(report.failures).toEqual([]);
  return report.findings;
}

describe('no message holds what it is about', () => {
  const b64 = Buffer.from(secret).toString('base64');
  const recipient = ageRecipient();
  test.each<[string, Files, Files, string]>([
    [
      'values of a Secret',
      {
        'a.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {k: ${secret}}\ndata: {d: ${b64}}\n`,
      },
      {},
      'no-plaintext-secret',
    ],
    [
      'a value that was encrypted',
      { 'a.yaml': `k: ${secret}\n` },
      { 'a.yaml': sopsYaml(['k'], { recipients: [recipient] }) },
      'sops-file-not-encrypted',
    ],
    [
      'a value in the encrypted part',
      { 'a.yaml': `k: ${secret}\n${yamlMetadata({ recipients: [recipient] })}` },
      {},
      'valid-sops-file',
    ],
    [
      'a tail',
      { 'a.yaml': `k: ${ciphertext()}${secret}\n${yamlMetadata({ recipients: [recipient] })}` },
      {},
      'valid-sops-file',
    ],
    [
      'a recipient',
      {
        '.sops.yaml': `creation_rules: [{age: ${secret}}]\n`,
        'a.yaml': sopsYaml(['k'], { recipients: [recipient] }),
      },
      {},
      'sops-recipients-mismatch',
    ],
    ['an alias', { 'a.yaml': `k: *${secret}\n` }, {}, 'valid-yaml'],
    ['a word out of place', { 'a.yaml': `k: "x" ${secret}\n` }, {}, 'valid-yaml'],
    ['a bracket out of place', { 'a.yaml': `k: [${secret}\n` }, {}, 'valid-yaml'],
    ['a second document on a line', { 'a.yaml': `--- "x" ${secret}\n` }, {}, 'valid-yaml'],
    ['a block header', { 'a.yaml': `k: |${secret}\n  x\n` }, {}, 'valid-yaml'],
    ['an escape', { 'a.yaml': `k: "\\${secret}"\n` }, {}, 'valid-yaml'],
    ['a tag', { 'a.yaml': `k: !<${secret} x\n` }, {}, 'valid-yaml'],
    ['a directive', { 'a.yaml': `%${secret}\n--- \nk: [\n` }, {}, 'valid-yaml'],
    ['an odd key twice', { 'a.yaml': `"${secret} x": 1\n"${secret} x": 2\n` }, {}, 'valid-yaml'],
    ['a compact map', { 'a.yaml': `k: ${secret}: x\n` }, {}, 'valid-yaml'],
    [
      'a merge conflict',
      { 'a.yaml': `<<<<<<< ${secret}\na: 1\n=======\na: ${secret}\n>>>>>>> ${secret}\n` },
      {},
      'valid-yaml',
    ],
    [
      'a key',
      { 'a.txt': `-----BEGIN PRIVATE` + ` KEY-----\n${'A'.repeat(40)}${secret}\n` },
      {},
      'no-private-key',
    ],
  ])('%s', (_name, head, base, ruleId) => {
    const found = findings(head, base);
    expect(found.map((finding) => finding.ruleId)).toContain(ruleId);
    const printed = JSON.stringify(found);
    for (const part of [secret, b64, 'hunter' + '2', 'correct-horse']) expect(printed).not.toContain(part);
  });
});

describe('shellWord', () => {
  test.each([
    'a b',
    "a'b",
    '$(id)',
    '-rf',
    '--help',
    'a;b',
    'a`id`',
    'ä/ö.yaml',
    '~',
    '*',
    'a\\b',
    '!x',
    'plain/path.yaml',
  ])('%j comes out of a shell as it went in', (text) => {
    const out = execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' });
    expect(out).toBe(text.startsWith('-') ? `./${text}` : text);
  });

  test.each(['a\nb', 'a\u001bb', 'a\u202eb', ''])('%j is not shown', (text) => {
    expect(shellWord(text)).toBe('<file>');
  });
});

test('what is encrypted below a changed .sops.yaml is loaded', () => {
  const code = CODE_RULES['sops-recipients-mismatch'];
  expect(code?.widen?.('clusters/a/.sops.yaml')).toEqual({
    under: 'clusters/a',
    containing: 'ENC[AES256_GCM,',
  });
  expect(code?.widen?.('.sops.yaml')).toEqual({ under: '', containing: 'ENC[AES256_GCM,' });
  expect(code?.widen?.('clusters/a/values.yaml')).toBeNull();
  expect(code?.context).toContain('**/.sops.yaml');
});
