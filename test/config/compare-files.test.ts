import { describe, expect, test } from '@jest/globals';
import { compareSecretFiles } from '../../src/config/compare/secret-files.ts';
import { compareWaiverFiles } from '../../src/config/compare/waiver-files.ts';
import { readWaiverFile, WAIVER_PATHS } from '../../src/engine/waiver-file.ts';
import type { Waiver } from '../../src/engine/waiver.ts';
import type { PolicyDifference } from '../../src/engine/policy-difference.ts';
import { NOTHING_KNOWN, type KnownLeaks } from '../../src/secrets/gitleaks/known.ts';
import { resolveRuleFile } from '../../src/secrets/gitleaks/resolve.ts';
import type { ScanSetup } from '../../src/secrets/scan-setup.ts';

/** `effect setting: before > after`. */
function words(differences: readonly PolicyDifference[]): string[] {
  return differences.map(
    ({ effect, pointer, before, after }) =>
      `${effect} ${pointer.join('.')}: ${before ?? 'nothing'} > ${after ?? 'nothing'}`,
  );
}

const [PATH] = WAIVER_PATHS;
const FINDING = 'f'.repeat(32);

function waivers(...entries: readonly string[]): readonly Waiver[] {
  const text = `waivers:\n${entries.map((entry) => `  - {reason: It is known and planned., ${entry}}\n`).join('')}`;
  const { value, problems } = readWaiverFile(PATH, entries.length === 0 ? 'waivers: []\n' : text, [
    'a-rule',
    'b-rule',
  ]);
  expect(problems).toEqual([]);
  return value ?? [];
}

describe('another waiver file', () => {
  const all = 'rule: a-rule, approver: mona, until: 2030-01-01';
  const some = 'rule: a-rule, paths: [apps/**], approver: mona, until: 2030-01-01';
  const one = `finding: ${FINDING}, approver: mona, until: 2030-01-01`;

  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['that is the same', [all, one], [one, all], []],
    ['with one more', [], [all], ['weaker waivers.a-rule: nothing > until 2030-01-01']],
    [
      'with one more for some files',
      [all],
      [all, some],
      ['weaker waivers.a-rule in apps/**: nothing > until 2030-01-01'],
    ],
    ['with one more for a finding', [], [one], [`weaker waivers.${FINDING}: nothing > until 2030-01-01`]],
    ['without one', [all, some], [some], ['stricter waivers.a-rule: until 2030-01-01 > nothing']],
    [
      'in which one lasts longer',
      [all],
      [all.replace('2030', '2031')],
      ['weaker waivers.a-rule: until 2030-01-01 > until 2031-01-01'],
    ],
    [
      'in which one ends sooner',
      [all],
      [all.replace('2030', '2029')],
      ['stricter waivers.a-rule: until 2030-01-01 > until 2029-01-01'],
    ],
    [
      'that says one twice: the longer counts',
      [all],
      [all, all.replace('2030', '2032')],
      ['weaker waivers.a-rule: until 2030-01-01 > until 2032-01-01'],
    ],
    [
      'with another approver',
      [all],
      [all.replace('mona', 'ann')],
      ['other waivers.a-rule: mona: It is known and planned. > ann: It is known and planned.'],
    ],
    [
      'of another rule',
      [all],
      [all.replace('a-rule', 'b-rule')],
      [
        'stricter waivers.a-rule: until 2030-01-01 > nothing',
        'weaker waivers.b-rule: nothing > until 2030-01-01',
      ],
    ],
  ])('%s', (_what, before, after, expected) => {
    expect(words(compareWaiverFiles(waivers(...before), waivers(...after))).sort()).toEqual(
      [...expected].sort(),
    );
  });

  test('is told on the line of the waiver', () => {
    const [, second] = compareWaiverFiles([], waivers(all, one));
    expect(second).toMatchObject({ path: PATH, line: 3, says: 'This finding does not block until then.' });
  });
});

describe('other files about credentials', () => {
  const DEFAULTS = { rules: [], allowlists: [] };

  async function setup(toml: string, known: KnownLeaks = NOTHING_KNOWN): Promise<ScanSetup> {
    const { data, problems } = await resolveRuleFile('.gitleaks.toml', toml, DEFAULTS, () =>
      Promise.resolve(null),
    );
    expect(problems).toEqual([]);
    return { rules: data, known, decodeDepth: 5 };
  }

  const rule = (id: string, more = ''): string =>
    `[[rules]]\nid = "${id}"\nregex = "tok_[a-z]{9}"\n${more}\n`;
  const or = '[[allowlists]]\npaths = ["^docs/"]\nregexes = ["dummy"]\n';
  const and = '[[allowlists]]\ncondition = "AND"\npaths = ["^docs/"]\nregexes = ["dummy"]\n';

  test.each<[string, string, string, readonly string[]]>([
    ['alike', rule('a') + or, rule('a') + or, []],
    ['without a rule', rule('a') + rule('b'), rule('a'), ['weaker rules.b: looked for > not looked for']],
    ['with a new rule', rule('a'), rule('a') + rule('b'), ['stricter rules.b: not looked for > looked for']],
    [
      'with an edited rule',
      rule('a'),
      rule('a').replace('{9}', '{90}'),
      ['other rules.a: as it was > edited'],
    ],
    [
      'with a path that nobody looks at',
      rule('a'),
      `${rule('a')}[allowlist]\npaths = [".*"]\n`,
      ['weaker allowlists.paths: nothing > .*'],
    ],
    [
      'without such a path',
      `${rule('a')}[allowlist]\npaths = [".*"]\n`,
      rule('a'),
      ['stricter allowlists.paths: .* > nothing'],
    ],
    [
      'with more values that do no harm',
      rule('a'),
      `${rule('a')}[allowlist]\nstopwords = ["x", "y"]\n`,
      ['weaker allowlists.values: 0 entries > 2 entries, 2 of them new'],
    ],
    [
      'with others in their place',
      `${rule('a')}[allowlist]\nstopwords = ["x"]\n`,
      `${rule('a')}[allowlist]\nstopwords = ["y"]\n`,
      ['weaker allowlists.values: 1 entry > 1 entry, 1 of them new'],
    ],
    [
      'with fewer',
      `${rule('a')}[allowlist]\nregexes = ["x", "y"]\n`,
      `${rule('a')}[allowlist]\nregexes = ["x"]\n`,
      ['stricter allowlists.values: 2 entries > 1 entry, 0 of them new'],
    ],
    [
      'with one for a rule',
      rule('a'),
      rule('a', '[[rules.allowlists]]\npaths = ["x"]'),
      ['weaker rules.a.allowlists.paths: nothing > x'],
    ],
    [
      'in which one needs less to hold',
      rule('a') + and,
      rule('a') + or,
      [
        'weaker allowlists.paths: nothing > ^docs/',
        'weaker allowlists.values: 0 entries > 1 entry, 1 of them new',
        'stricter allowlists.combined: 1 entry > 0 entries, 0 of them new',
      ],
    ],
  ])('%s', async (_what, before, after, expected) => {
    const { rules, ignored, baseline } = compareSecretFiles(await setup(before), await setup(after));
    expect(words(rules)).toEqual(expected);
    expect([...ignored, ...baseline]).toEqual([]);
  });

  test('count what is known, and tell none of it', async () => {
    const secret = ['known', 'value', crypto.randomUUID()].join('-');
    const entry = { ruleId: 'a', file: 'x', commit: '', startLine: 1, endLine: 1, secret };
    const known: KnownLeaks = { ignored: ['a.yaml:generic:1'], baseline: [entry] };
    const differences = compareSecretFiles(await setup(rule('a')), await setup(rule('a'), known));
    expect(words(differences.ignored)).toEqual(['weaker entries: 0 entries > 1 entry, 1 of them new']);
    expect(words(differences.baseline)).toEqual(['weaker entries: 0 entries > 1 entry, 1 of them new']);
    expect(JSON.stringify(differences)).not.toContain(secret);
  });

  test('tell many rules in one go', async () => {
    const all = 'abcdefgh'.split('').map((id) => rule(id));
    const told = async (before: string, after: string): Promise<string[]> =>
      words(compareSecretFiles(await setup(before), await setup(after)).rules);
    expect(await told(all.join(''), '')).toEqual([
      'weaker rules.a, b, c, d, e and 3 more: looked for > not looked for',
    ]);
    expect(await told('', all.join(''))).toEqual([
      'stricter rules.a, b, c, d, e and 3 more: not looked for > looked for',
    ]);
    expect(await told(all.join(''), all.join('').replaceAll('{9}', '{8}'))).toEqual([
      'other rules.a, b, c, d, e and 3 more: as it was > edited',
    ]);
  });

  test('tell no pattern of a value', async () => {
    const value = ['tok', 'abcdefghi'].join('_');
    const toml = `${rule('a')}[allowlist]\nregexes = ["${value}"]\nstopwords = ["${value}"]\n[[allowlists]]\ncondition = "AND"\npaths = ["x"]\nregexes = ["${value}"]\n`;
    const differences = compareSecretFiles(
      await setup(rule('a')),
      await setup(toml.replace('[allowlist]', '[[allowlists]]')),
    );
    expect(differences.rules.length).toBeGreaterThan(0);
    expect(JSON.stringify(differences)).not.toContain(value);
  });
});
