import { describe, expect, test } from '@jest/globals';
import { KINDS, type Kind } from '../../src/secrets/catalogue/index.ts';
import { classify } from '../../src/secrets/classify.ts';
import { catalogueRules } from '../../src/secrets/catalogue/rules.ts';
import { compileRuleSet } from '../../src/secrets/rule-set.ts';
import { scanText } from '../../src/secrets/text-scan.ts';
import { randomFrom, sampleOf } from '../support/secret-samples.ts';

const set = compileRuleSet(catalogueRules());
const PATHS = ['values.yaml', 'main.tf', 'index.php', 'nuget.config', 'store.p12'];

function find(kind: Kind, text: string): boolean {
  const path =
    PATHS.find((name) => kind.path === null || new RegExp(kind.path.replace('(?i)', ''), 'i').test(name)) ??
    '';
  return scanText(set, { path, commit: null, text }, { decodeDepth: 0 }).some(
    (leak) => leak.ruleId === kind.id,
  );
}

const all = [...KINDS.values()];

describe('every kind', () => {
  test.each(all.map((kind) => [kind.id, kind] as const))(
    '%s finds what it describes, and not half of it',
    (_id, kind) => {
      expect(kind.title).not.toBe('');
      expect(kind.advice).toMatch(/^[A-Z].*\.$/);
      expect(URL.canParse(kind.url)).toBe(true);
      if (kind.pattern === null) {
        expect(find(kind, 'x')).toBe(true);
        return;
      }
      const random = randomFrom(kind.id.length);
      const samples = Array.from({ length: 12 }, () => sampleOf(kind.pattern ?? '', random));
      const text = (sample: string): string => `# ${kind.keywords[0] ?? ''}\n${sample}\n`;
      expect(samples.some((sample) => find(kind, text(sample)))).toBe(true);
      const halves = samples.map((sample) =>
        sample.replaceAll(/[\w-]{6,}/g, (word) => word.slice(0, word.length / 2)),
      );
      expect(halves.filter((half) => find(kind, text(half)))).toEqual([]);
    },
  );
});

test('classify names a value by its looks, and nothing that needs a name beside it', () => {
  const random = randomFrom(3);
  const pat = sampleOf('ghp_[0-9A-Za-z]{36}', random);
  expect(classify(pat)?.id).toBe('github-pat');
  expect(classify(`  ${pat}\n`)?.id).toBe('github-pat');
  expect(classify(pat.slice(0, -1))).toBeNull();
  expect(classify('hunter2')).toBeNull();
  expect(classify(`${pat} ${'x'.repeat(5_000)}`)).toBeNull();
});
