import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { correct, type Corrections } from '../../src/secrets/gitleaks/corrections.ts';
import { resolveRuleFile } from '../../src/secrets/gitleaks/resolve.ts';
import { gitleaksFinds, weFind, writeFiles } from '../support/gitleaks.ts';
import { testWith } from '../support/programs.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'gitleaks-corrections-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const OFF: Corrections = { anchoredAllowlists: false, remoteReferences: false };

const ANCHORS = `[[rules]]
id = "house"
regex = '''house: (\\w+)'''
[[rules.allowlists]]
regexes = ['''(?i)^true|false|null$''']
`;
const REFERENCE = `[[rules]]
id = "generic-house"
regex = '''key: ([\\w/-]+)'''
`;
const FILES = new Map([
  ['a.yaml', 'house: Xfalse9\nhouse: false\nhouse: trueish\nhouse: other\n'],
  ['b.yaml', 'remoteRef:\n  key: teams/web/password\n  - key: "x"\nkey: plain-value\nvalue: key: a/b\n'],
]);

/** What gitleaks finds, and what is found with each correction. */
const CASES: readonly (readonly [
  string,
  string,
  Partial<Corrections>,
  readonly string[],
  readonly string[],
])[] = [
  [
    'anchoredAllowlists: words between anchors are words, not beginnings and ends',
    ANCHORS,
    { anchoredAllowlists: true },
    ['other'],
    ['Xfalse9', 'other', 'trueish'],
  ],
  [
    'remoteReferences: the path of what an ExternalSecret fetches is no secret',
    REFERENCE,
    { remoteReferences: true },
    ['a/b', 'plain-value', 'teams/web/password'],
    ['a/b', 'plain-value'],
  ],
];

describe.each(CASES)('%s', (_name, config, correction, theirs, mended) => {
  const secrets = (lines: readonly string[]): string[] =>
    lines.map((line) => line.split(' ').at(-1) ?? '').sort();

  test('ours, switched off and on', async () => {
    const { data, problems } = await resolveRuleFile('x.toml', config, { rules: [], allowlists: [] }, () =>
      Promise.resolve(null),
    );
    expect(problems).toEqual([]);
    expect(secrets(weFind(FILES, correct(data, OFF)))).toEqual(theirs);
    expect(secrets(weFind(FILES, correct(data, { ...OFF, ...correction })))).toEqual(mended);
  });

  testWith('gitleaks')("gitleaks' own", () => {
    writeFiles(folder, new Map([['x.toml', config]]));
    const tree = writeFiles(path.join(folder, 'tree'), FILES);
    expect(secrets(gitleaksFinds(tree, '--config', path.join(folder, 'x.toml')))).toEqual(theirs);
  });
});

test('patterns that are anchored as they mean it stay as they are', () => {
  const regexes = ['^a$', '^(?:a|b)$', '^a|^b$', 'a|b', '^(a|b)|c$'];
  const list = {
    condition: 'or',
    commits: [],
    paths: [],
    regexTarget: 'secret',
    regexes,
    stopwords: [],
  } as const;
  const { allowlists } = correct({ rules: [], allowlists: [list] }, { ...OFF, anchoredAllowlists: true });
  expect(allowlists[0]?.regexes).toEqual(regexes);
});
