import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { catalogueRules } from '../../src/secrets/catalogue/rules.ts';
import { STRUCTURAL_KINDS } from '../../src/secrets/catalogue/index.ts';
import { resolveRuleFile } from '../../src/secrets/gitleaks/resolve.ts';
import { compileRuleSet, type RuleSetData } from '../../src/secrets/rule-set.ts';
import { scanText } from '../../src/secrets/text-scan.ts';
import { gitleaksFinds, weFind, writeFiles } from '../support/gitleaks.ts';
import { hasProgram } from '../support/programs.ts';
import { officialRules, randomFrom, sampleOf } from '../support/secret-samples.ts';

const official = officialRules();
const folder = mkdtempSync(path.join(tmpdir(), 'gitleaks-parity-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const available = official !== null && hasProgram('gitleaks');
const NONE: RuleSetData = { rules: [], allowlists: [] };

async function load(text: string, defaults = NONE): Promise<RuleSetData> {
  const { data, problems } = await resolveRuleFile('.gitleaks.toml', text, defaults, () =>
    Promise.resolve(null),
  );
  expect(problems).toEqual([]);
  return data;
}

/** Names that rules which look at the path want. */
function nameFor(id: string, rulePath: string | null): string {
  if (rulePath === null) return `${id}/values.yaml`;
  const end = ['values.yaml', 'nuget.config', 'main.tf', 'index.php', 'store.p12'].find((name) =>
    new RegExp(rulePath.replace('(?i)', ''), 'i').test(`x/${name}`),
  );
  return `${id}/${end ?? 'values.yaml'}`;
}

/** The last letter of every longer word gone: almost what was meant. */
function spoil(text: string): string {
  return text.replaceAll(/[\w-]{8,}/g, (word) => word.slice(0, -1));
}

(available ? describe : describe.skip)('beside the real gitleaks, with its own rules', () => {
  const files = new Map<string, string>();
  const positives = new Map<string, string>();
  let data: RuleSetData = NONE;

  test('its file loads as it is', async () => {
    data = await load(official ?? '');
    expect(data.rules.length).toBeGreaterThan(200);
    for (const rule of data.rules) {
      const random = randomFrom(rule.id.length * 7919 + rule.id.charCodeAt(0));
      const name = nameFor(rule.id, rule.path);
      const samples = Array.from({ length: 6 }, () =>
        rule.regex === null ? 'content' : sampleOf(rule.regex, random),
      );
      const keyword = rule.keywords[0] ?? '';
      const text = samples.map((sample) => `# ${keyword}\n${sample}\n`).join('\n\n');
      positives.set(rule.id, name);
      files.set(name, text);
      files.set(`near/${name}`, `${samples.map((sample) => spoil(sample)).join('\n\n')}\n`);
      files.set(
        `encoded/${name}`,
        `# ${keyword}\nvalue: ${Buffer.from(samples[0] ?? '').toString('base64')}\n\nhex: ${Buffer.from(samples[1] ?? '').toString('hex')}\nurl: ${encodeURIComponent(samples[2] ?? '')}\n`,
      );
    }
  });

  test('every rule finds what its pattern describes, and what gitleaks finds is found, and nothing else', () => {
    const directory = writeFiles(path.join(folder, 'rules'), files);
    const expected = gitleaksFinds(directory);
    const found = weFind(files, data);
    const silent = [...positives].filter(
      ([id, name]) => !expected.some((one) => one.startsWith(`${name}:`) && one.includes(` ${id} `)),
    );
    expect(silent.map(([id]) => id)).toEqual([]);
    expect(expected.length).toBeGreaterThan(1_000);
    expect(found).toEqual(expected);
  });

  test('the catalogue finds every kind in what gitleaks describes', () => {
    const set = compileRuleSet(catalogueRules());
    const missed = data.rules.flatMap((rule) => {
      if (STRUCTURAL_KINDS.has(rule.id) || rule.regex === null) return [];
      const random = randomFrom(rule.id.length);
      const name = nameFor(rule.id, rule.path);
      const found = Array.from({ length: 40 }, () => {
        const text = `# ${rule.keywords[0] ?? ''}\n${sampleOf(rule.regex ?? '', random)}\n`;
        return scanText(set, { path: name, commit: null, text }, { decodeDepth: 0 });
      });
      return found.flat().some((leak) => leak.ruleId === rule.id) ? [] : [rule.id];
    });
    expect(missed.sort()).toEqual(Object.keys(NARROWER).sort());
  });
});

/** Kinds for which gitleaks' pattern also describes what no such credential looks like; ours does not. */
const NARROWER: Readonly<Record<string, string>> = {
  'generic-api-key': 'takes any word that contains key, api or auth, and a comma for an operator',
  'private-key': 'ends with the first KEY-----; ours wants the line that begins with END',
  'sidekiq-sensitive-url': 'takes any character for the dots of the host name',
  'slack-config-access-token': 'takes any character for the dot behind xoxe',
  'slack-webhook-url': 'takes any character for the dots of the host name',
};
