import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { RULES_DIRECTORY, rulePages } from '../../scripts/generate-rule-docs.ts';
import { createRule } from '../../scripts/new-rule.ts';
import { readRuleFile } from '../../src/engine/rule-file.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'rules-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('a new rule can be read, and has everything still to be written', async () => {
  const folder = await createRule('no-thing', directory);
  expect(readdirSync(folder).sort()).toEqual(['README.md', 'invalid', 'rule.yaml', 'valid']);
  const read = readRuleFile('rule.yaml', readFileSync(path.join(folder, 'rule.yaml'), 'utf8'));
  expect(read.value?.id).toBe('no-thing');
  expect(readdirSync(path.join(folder, 'invalid'))).toEqual([]);
});

test('a new rule takes no bad name and no name that is taken', async () => {
  await expect(createRule('../escape', directory)).rejects.toThrow('is no rule id');
  await expect(createRule('No-Thing', directory)).rejects.toThrow('is no rule id');
  await createRule('no-thing', directory);
  await expect(createRule('no-thing', directory)).rejects.toThrow('EEXIST');
});

test('a page is stale when rule.yaml says something else, and keeps what people wrote', async () => {
  cpSync(path.join(RULES_DIRECTORY, 'valid-yaml'), path.join(directory, 'valid-yaml'), { recursive: true });
  const file = path.join(directory, 'valid-yaml', 'rule.yaml');
  const fresh = (await rulePages(directory)).find((page) => page.file.includes('valid-yaml'));
  expect(fresh?.wanted).toBe(fresh?.current);
  writeFileSync(file, readFileSync(file, 'utf8').replace('severity: error', 'severity: info'));
  const [page, catalogue] = await rulePages(directory);
  expect(page?.wanted).not.toBe(page?.current);
  expect(page?.wanted).toContain('recommended: info');
  expect(page?.wanted.split('## Why')[1]).toBe(page?.current.split('## Why')[1]);
  expect(catalogue?.wanted).toMatch(/\[valid-yaml\]\(valid-yaml\/README\.md\).*\| info \|/);
});
