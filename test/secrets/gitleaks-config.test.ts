import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { resolveRuleFile, type ResolvedRules } from '../../src/secrets/gitleaks/resolve.ts';
import { compileRuleSet, type RuleSetData } from '../../src/secrets/rule-set.ts';
import { scanText } from '../../src/secrets/text-scan.ts';
import { gitleaksFinds, weFind, writeFiles } from '../support/gitleaks.ts';
import { hasProgram } from '../support/programs.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'gitleaks-config-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const NONE: RuleSetData = { rules: [], allowlists: [] };

async function load(text: string, files: Readonly<Record<string, string>> = {}): Promise<ResolvedRules> {
  return resolveRuleFile('.gitleaks.toml', text, NONE, (name) =>
    Promise.resolve(files[path.basename(name)] ?? null),
  );
}

const FILES = new Map([
  ['apps/a.yaml', 'key: house-1111\nowner: alice\n\n\nkey: house-2222\n'],
  ['apps/b.yaml', 'test key: house-3333 owner: bob\n'],
  ['apps/far.yaml', `owner: carol${' '.repeat(60)}key: house-4444\n`],
  ['docs/c.md', 'Example: house-5555\nhouse-6666 # gitleaks:allow\nroom-7777\n'],
  ['store.key', 'anything\n'],
]);

const HOUSE = `[[rules]]
id = "house"
regex = '''(?:key|Example): (house-[0-9]{4})'''
keywords = ["house-"]
`;
const OWNER = `[[rules]]
id = "owner"
regex = '''owner: ([a-z]+)'''
skipReport = true
`;
const ROOM = `[[rules]]
id = "room"
regex = '''room-[0-9]{4}'''
`;

const allow = (content: string): string => `${HOUSE}[[rules.allowlists]]\n${content}\n`;
const globally = (content: string): string => `${HOUSE}${ROOM}[[allowlists]]\n${content}\n`;
const required = (content: string): string =>
  `${HOUSE}[[rules.required]]\nid = "owner"\n${content}\n${OWNER}`;

/** What is left of the four houses and the room. */
const ALL = ['1111', '2222', '3333', '4444', '5555'];

/** Each with what is found: the last four digits. */
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  ['a rule alone', HOUSE, ALL],
  ['a path alone', `[[rules]]\nid = "key-file"\npath = '''\\.key$'''\n`, ['-']],
  ['a regex with a path', `${HOUSE}path = '''^.*apps/'''\n`, ['1111', '2222', '3333', '4444']],
  ['composite anywhere', required(''), ['1111', '2222', '3333', '4444']],
  ['composite withinLines', required('withinLines = 1'), ['1111', '3333', '4444']],
  ['composite withinLines, further', required('withinLines = 3'), ['1111', '2222', '3333', '4444']],
  ['composite withinLines on the same line', required('withinLines = 0'), ['3333', '4444']],
  ['composite withinColumns', required('withinLines = 0\nwithinColumns = 30'), ['3333']],
  [
    'composite with a companion in the same file only',
    `${HOUSE}[[rules.required]]\nid = "room"\n${ROOM}`,
    ['5555', '7777'],
  ],
  ['regexes of the secret', allow("regexes = ['''^house-1''']"), ALL.slice(1)],
  ['regexes of the match', allow("regexTarget = 'match'\nregexes = ['''^Example''']"), ALL.slice(0, 4)],
  ['regexes of the match, which the secret does not have', allow("regexes = ['''^Example''']"), ALL],
  [
    'regexes of the line',
    allow("regexTarget = 'line'\nregexes = ['''^test''']"),
    ['1111', '2222', '4444', '5555'],
  ],
  ['stopwords', allow("stopwords = ['SE-22']"), ['1111', '3333', '4444', '5555']],
  ['paths', allow("paths = ['''docs/''']"), ALL.slice(0, 4)],
  [
    'OR of paths and stopwords',
    allow("condition = 'OR'\npaths = ['''docs/''']\nstopwords = ['1111']"),
    ['2222', '3333', '4444'],
  ],
  [
    'AND of paths and stopwords',
    allow("condition = 'AND'\npaths = ['''a\\.yaml''']\nstopwords = ['house']"),
    ['3333', '4444', '5555'],
  ],
  [
    'AND of which one is missing',
    allow("condition = 'AND'\npaths = ['''docs/''']\nstopwords = ['1111']"),
    ALL,
  ],
  [
    'AND of commits, which files have none of',
    allow("condition = '&&'\ncommits = ['abc']\nstopwords = ['house']"),
    ALL,
  ],
  ['commits', allow("commits = ['abc']"), ALL],
  ['legacy [rules.allowlist]', `${HOUSE}[rules.allowlist]\nstopwords = ['1111']\n`, ALL.slice(1)],
  ['legacy [allowlist]', `${HOUSE}[allowlist]\nstopwords = ['1111']\n`, ALL.slice(1)],
  ['global paths', globally("paths = ['''docs/''']"), ALL.slice(0, 4)],
  ['global stopwords', globally("stopwords = ['room', 'house-5']"), ALL.slice(0, 4)],
  ['global targetRules', globally("targetRules = ['room']\nregexes = ['''.''']"), ALL],
  ['entropy', `${HOUSE}entropy = 2.53\n`, []],
  ['entropy, lower', `${HOUSE}entropy = 2.5\n`, ALL],
  ['a keyword that is not there', HOUSE.replace('house-', 'castle'), []],
  ['a keyword in other letters', HOUSE.replace('"house-"', '"HOUSE-"'), ALL],
  ['secretGroup', HOUSE.replace('(house-[0-9]{4})', '(house)-([0-9]{4})') + 'secretGroup = 2\n', ALL],
];

const digits = (lines: readonly string[]): string[] =>
  lines.map((line) => /\d{4}$/.exec(line)?.[0] ?? '-').sort();

describe.each(CASES)('%s', (_name, config, left) => {
  test('finds what it should', async () => {
    const { data, problems } = await load(config);
    expect(problems).toEqual([]);
    expect(digits(weFind(FILES, data))).toEqual(left);
  });
});

const beside = hasProgram('gitleaks') ? describe : describe.skip;

beside('beside the real gitleaks', () => {
  const tree = path.join(folder, 'tree');

  test.each(CASES)('%s', async (_name, config) => {
    writeFiles(tree, FILES);
    writeFiles(folder, new Map([['rules.toml', config]]));
    const { data } = await load(config);
    expect(weFind(FILES, data)).toEqual(gitleaksFinds(tree, '--config', path.join(folder, 'rules.toml')));
  });

  const inFolder = (name: string): string => path.join(folder, name);
  const extending = (name: string, more = ''): string => `[extend]\npath = '${inFolder(name)}'\n${more}\n`;

  const CHAINS: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
    ['a file', { 'rules.toml': extending('base.toml'), 'base.toml': HOUSE }, ALL],
    [
      'three files deep',
      { 'rules.toml': extending('one.toml'), 'one.toml': extending('two.toml', HOUSE), 'two.toml': ROOM },
      [...ALL, '7777'],
    ],
    [
      'four files deep: the last is not read',
      {
        'rules.toml': extending('one.toml'),
        'one.toml': extending('two.toml', HOUSE),
        'two.toml': extending('three.toml'),
        'three.toml': ROOM,
      },
      ALL,
    ],
    [
      'disabledRules',
      { 'rules.toml': extending('base.toml', "disabledRules = ['house']"), 'base.toml': HOUSE + ROOM },
      ['7777'],
    ],
    [
      'a rule of the same id, which keeps what it does not say and adds to lists',
      {
        'rules.toml': extending(
          'base.toml',
          "[[rules]]\nid = 'house'\n[[rules.allowlists]]\nstopwords = ['2222']",
        ),
        'base.toml': allow("stopwords = ['1111']"),
      },
      ['3333', '4444', '5555'],
    ],
    [
      'a rule of the same id with another regex',
      {
        'rules.toml': extending('base.toml', "[[rules]]\nid = 'house'\nregex = '''house-5+'''"),
        'base.toml': HOUSE,
      },
      ['5555'],
    ],
    [
      'allowlists of both',
      {
        'rules.toml': extending('base.toml', "[[allowlists]]\nstopwords = ['1111']"),
        'base.toml': globally("stopwords = ['2222']"),
      },
      ['3333', '4444', '5555', '7777'],
    ],
  ];

  test.each(CHAINS)('[extend]: %s', async (_name, files, left) => {
    writeFiles(tree, FILES);
    writeFiles(folder, new Map(Object.entries(files)));
    const { data, problems } = await resolveRuleFile('rules.toml', files['rules.toml'] ?? '', NONE, (name) =>
      Promise.resolve(readFileSync(name, 'utf8')),
    );
    expect(problems).toEqual([]);
    const found = weFind(FILES, data);
    expect(digits(found)).toEqual(left);
    expect(found).toEqual(gitleaksFinds(tree, '--config', inFolder('rules.toml')));
  });
});

test('commits of an allowlist are compared in any case', async () => {
  const { data } = await load(allow(`commits = ['${'AB12'.repeat(10)}']`));
  const set = compileRuleSet(data);
  const found = (commit: string | null): number =>
    scanText(set, { path: 'a', commit, text: 'key: house-1111\n' }, { decodeDepth: 0 }).length;
  expect([found('ab12'.repeat(10)), found('cd34'.repeat(10)), found(null)]).toEqual([0, 1, 1]);
});

test.each<[string, string, number | null, RegExp]>([
  [
    'both kinds of allowlists',
    `${allow("stopwords = ['a']")}[rules.allowlist]\nstopwords = ['b']\n`,
    7,
    /both/,
  ],
  ['a condition that is none', allow("condition = 'XOR'\nstopwords = ['a']"), 6, /AND.*OR/],
  ['a target that is none', allow("regexTarget = 'file'\nregexes = ['a']"), 6, /regexTarget/],
  ['an empty allowlist', allow("description = 'nothing'"), 5, /names no/],
  ['a group that is not there', `${HOUSE}secretGroup = 2\n`, 5, /group 2 of 1/],
  ['a companion that is not there', `${HOUSE}[[rules.required]]\nid = "none"\n`, 5, /requires a rule `none`/],
  [
    'an allowlist for a rule that is not there',
    globally("targetRules = ['none']\nstopwords = ['a']"),
    null,
    /`none`/,
  ],
  ['two bases', '[extend]\nuseDefault = true\npath = "x"\n', null, /both/],
  ['a base that is not there', '[extend]\npath = "x.toml"\n', null, /`x\.toml`/],
  [
    'a pattern that needs to look back',
    "[[rules]]\nid = 'x'\nregex = '''(?<=a)b'''\n",
    3,
    /regex of rule `x`/,
  ],
  ['neither regex nor path', "[[rules]]\nid = 'x'\n", null, /neither/],
  ['no id', "[[rules]]\nregex = 'x'\n", 1, /without an `id`/],
])('%s is named with its line', async (_name, config, line, message) => {
  const { problems } = await load(config);
  expect(problems).toContainEqual({
    path: '.gitleaks.toml',
    line,
    message: expect.stringMatching(message) as unknown,
  });
});
