import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { isMap, isScalar, isSeq } from 'yaml';
import { simpleNodes, simpleValues } from '../../src/manifests/simple-yaml/index.ts';
import { compose } from '../../src/manifests/yaml-composition.ts';
import type { YamlFlavour } from '../../src/manifests/yaml-file.ts';
import { exceedsLimits } from '../../src/manifests/yaml-guard.ts';
import { parseYaml } from '../../src/manifests/yaml-parse.ts';

/** Order counts: it is that of the findings. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([key, item]) => [key, ordered(item)]);
}

/** All that is asked of nodes: where they and their keys begin and end, and which are literal texts. */
function places(node: unknown): unknown {
  if (isMap(node)) {
    return [
      'map',
      node.range?.slice(0, 2),
      node.items.map(({ key, value }) => [
        isScalar(key) ? [String(key.value), key.range?.slice(0, 2)] : null,
        places(value),
      ]),
    ];
  }
  if (isSeq(node)) return ['list', node.range?.slice(0, 2), node.items.map(places)];
  return isScalar(node) ? ['scalar', node.range?.slice(0, 2), node.type === 'BLOCK_LITERAL'] : null;
}

/** Many times faster than `toEqual` as long as all is well. */
function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toStrictEqual(expected);
}

/** Fails when a text is read as simple that is wrong, means something else, or has other places. */
function expectAgreement(text: string, flavour: YamlFlavour): 'not read' | 'values only' | 'places too' {
  const values = simpleValues(text, flavour);
  if (values === null) return 'not read';
  expect(exceedsLimits(text)).toBeNull();
  const { documents } = compose({ text, flavour });
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  expectSame(
    values.map(ordered),
    documents.map((document) => ordered(document.toJS())),
  );
  const nodes = simpleNodes(text, flavour);
  if (nodes === null) return 'values only';
  expectSame(
    nodes.map(({ contents }) => places(contents)),
    documents.map(({ contents }) => places(contents)),
  );
  return 'places too';
}

describe('read as simple, with places', () => {
  test.each([
    ['maps and lists', 'a:\n  b: c\n  d:\n    - e\n    - f: g\n      h: i\n'],
    ['a list below its key', 'a:\n- b\n- c\nd: e\n'],
    ['lists in lists', '- - a\n  - - b\n    - c\n- d: e\n'],
    ['flow collections', 'a: {b: [c, "d", {}], "e": f}\n'],
    ['JSON', '{\n  "a": [1, 2.5, {"b": null}],\n  "c": {"d": "\\u0041\\n"}\n}\n'],
    ['a flow collection below its key', 'a:\n  [b,\n   c]\nd: e\n'],
    ['literal texts', 'a: |\n  b\n\n    c: d # e\n\nf: |-\n  g\n'],
    ['folded texts', 'a: >\n  b\n  c\n\n  d\ne: >-\n  f\n\n\n  g\n'],
    ['a scalar on several lines', 'a: b\n  c\n\n  - d\ne: f\n'],
    ['quotes', 'a: "b\\"c"\nd: \'it\'\'s\'\n"e f": g\n'],
    ['comments', '# a\nb: c # d\n# e\nf: # g\n  # h\n  - i\n\n'],
    ['documents', '---\n# a\nb: c\n--- # d\n- e\n'],
    ['nothing behind a key', 'a:\nb:\n\nc:\n  d:\n'],
    ['no line break at the end', 'a: b'],
    ['words that are no texts', 'a: yes\nb: 0644\nc: ~\nd: 2024-01-01\ne: -.5\n'],
  ])('%s', (_name, text) => {
    expect(expectAgreement(text, 'cluster')).toBe('places too');
    expect(expectAgreement(text, 'core')).toBe('places too');
  });
});

describe('places are left to the other parser', () => {
  test.each([
    ['where a comment may belong to the block before it', 'a:\n  b: c\n  # d\ne: f\n'],
    ['where a comment stands in the place of a value', 'a:\n  b: # c\nd: e\n'],
  ])('%s', (_name, text) => {
    expect(expectAgreement(text, 'cluster')).toBe('values only');
    // And they are the same to whoever asks.
    const simple = parseYaml('a.yaml', text).documents[0];
    const { documents, toRange } = compose({ text, flavour: 'cluster' });
    const range = isMap(documents[0]?.contents) ? documents[0].contents.range : null;
    expect(simple?.extentOf?.([])).toEqual(toRange(range?.[0] ?? -1, range?.[1] ?? -1));
  });
});

describe('not read', () => {
  test.each([
    ['an anchor', 'a: &b c\n'],
    ['an alias', 'a: *b\n'],
    ['a tag', 'a: !b c\n'],
    ['a merge key', '<<: {a: b}\n'],
    ['a merge key in quotes', '"<<": {a: b}\n'],
    ['a merge key as a value', 'a: <<\n'],
    ['an explicit key', '? a\n: b\n'],
    ['a key that stands twice', 'a: b\na: c\n'],
    ['a key that stands twice with nothing behind it', 'a:\na:\n'],
    ['a key in quotes that stands again without', 'a: b\n"a": c\n'],
    ['a key that every object has', '__proto__: a\n'],
    ['a key that is a number', '1: a\n'],
    ['a key that is a boolean', 'yes: a\n'],
    ['a key of more than a thousand characters', `${'k'.repeat(1_001)}: a\n`],
    ['a map within a line', 'a: b: c\n'],
    ['a colon at the end', 'a: b:\n'],
    ['a dash without anything', '-\n- a\n'],
    ['a list in the line of a key', 'a: - b\n'],
    ['a line further in', 'a: b\n c: d\n'],
    ['a line further out', 'a:\n    b: c\n  d: e\n'],
    ['a comment in a scalar on several lines', 'a: b\n  # c\n  d\n'],
    ['a text below its key', 'a:\n  b\n'],
    ['a block that gives its indentation', 'a: |2\n   b\n'],
    ['a block that keeps its end', 'a: |+\n  b\n\n'],
    ['a block without lines', 'a: |\nb: c\n'],
    ['a block that begins with spaces', 'a: |\n    \n  b\n'],
    ['a folded text with lines further in', 'a: >\n  b\n    c\n'],
    ['quotes on several lines', 'a: "b\n  c"\n'],
    ['an escape that JSON does not have', 'a: "\\x41"\n'],
    ['something behind quotes', 'a: "b" c\n'],
    ['a comment without a space', 'a: "b"# c\n'],
    ['an empty entry', 'a: [b,,c]\n'],
    ['a pair in a list', 'a: [b: c]\n'],
    ['a key without a value', 'a: {b, c: d}\n'],
    ['an open end', 'a: [b\n'],
    ['a comment in a flow collection', 'a: [b, # c\n  d]\n'],
    ['a template', 'a: {{b}}\n'],
    ['a directive', '%YAML 1.2\n---\na: b\n'],
    ['an end marker', 'a: b\n...\n'],
    ['something behind a marker', '--- a\n'],
    ['a marker in a flow collection', 'a: [b,\n---\n]\n'],
    ['an end marker in a flow collection', 'a: [b,\n...\n]\n'],
    ['an empty document', 'a: b\n---\n'],
    ['a scalar', 'a\n'],
    ['nothing', ''],
    ['a tab', 'a:\tb\n'],
    ['a carriage return', 'a: b\r\n'],
    ['deep lists', '['.repeat(101) + ']'.repeat(101)],
    ['deep blocks', `${'- '.repeat(101)}a\n`],
  ])('%s', (_name, text) => {
    expect(simpleValues(text, 'cluster')).toBeNull();
  });
});

/** Whatever means something in YAML. */
const PIECES = [
  ...['a', ':', ' ', '\n', '- ', '{', '}', '[', ']', '"', "'", '|', '>', '|-', '>-', '|2', '|+', '&x', '*x'],
  ...[
    '!',
    '%',
    '#',
    ' #',
    '---\n',
    '---',
    '...\n',
    '? ',
    '\t',
    '<<: ',
    ',',
    '@',
    'é',
    '  ',
    '\n\n',
    ': ',
    '=',
  ],
  ...[
    'key: ',
    '"a": ',
    '~',
    'null',
    '0644',
    'yes',
    '\\',
    '\\n',
    '- - ',
    'a:b',
    '-',
    '.',
    '{}',
    '[]',
    '😀',
    '$',
  ],
  ...[
    '[1, 2]',
    '\n  ',
    '\n- ',
    '\r\n',
    '\n#',
    '\n  # c',
    '\n    # c',
    '\n\n    ',
    '\n  - ',
    '\n      b: c',
    '-1',
  ],
  ...[
    'x: >-\n  a\n  b\n',
    'y: |\n   z\n',
    "''",
    '"b"',
    '\n...',
    '\n---',
    '\n--- # c\n',
    'k:\n',
    'k:\n- ',
    '.5',
  ],
  ...[
    '- a: 1\n  b: 2\n',
    '~: ',
    '[a,\nb]',
    '{a: 1,\n  b: 2}',
    'a b',
    'null: ',
    '1: ',
    '\\"',
    '\\u0041',
    ',{}',
  ],
];

const SEEDS = [
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: |\n    x: y\n      z\n\n    # no comment\n  b: >-\n    c\n    d\n',
  'spec:\n  containers:\n    # first\n    - name: a\n      args: ["--x", \'y\']\n      resources: {limits: {cpu: 1}}\n    - name: b\n',
  'a:\n  b:\n    - c: d\n      e:\n      - f\n      # x\n    # y\n  # z\n  g: h\n# w\ni: >\n  j\n  k\n\n  l\n\nm: n\n  o\n\n  p\n',
  'a: b # c\nd: \'e\'   # f\ng: {h: [i, "j"], k: l} # m\nn:\n  - - o\n    - p\n  - q: |-\n      r\n\n      s\n\n  - t\n---\nu: v\n',
  '{\n  "a": [1, 2.5, {"b": null}],\n  "c": {"d": "e\\u0041"}\n}\n',
];

function caseFolders(): string[] {
  const root = path.join(import.meta.dirname, '../../rules');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ya?ml|json)$/.test(name))
    .map((name) => readFileSync(path.join(root, name), 'utf8'));
}

test('the case folders of all rules agree, and most of them are simple', () => {
  const files = caseFolders();
  const answers = files.map((text) => expectAgreement(text, 'cluster'));
  expect(answers.filter((answer) => answer !== 'not read').length).toBeGreaterThan(files.length * 0.8);
  expect(answers.filter((answer) => answer === 'places too').length).toBeGreaterThan(files.length * 0.7);
});

test.each(['cluster', 'core'] as const)('whatever is written agrees (%s)', (flavour) => {
  const short = caseFolders().filter((text) => text.length < 1_000);
  const edit = fc.record({ at: fc.nat(1_000), remove: fc.nat(4), insert: fc.constantFrom('', ...PIECES) });
  const edited = fc
    .tuple(
      fc.oneof({ arbitrary: fc.constantFrom(...SEEDS), weight: 2 }, fc.constantFrom(...short)),
      fc.array(edit, { maxLength: 5 }),
    )
    .map(([seed, edits]) =>
      edits.reduce((text, { at, remove, insert }) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + insert + text.slice(place + remove);
      }, seed),
    );
  const made = fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join(''));
  const counts = { 'not read': 0, 'values only': 0, 'places too': 0 };
  fc.assert(
    fc.property(fc.oneof({ arbitrary: edited, weight: 3 }, made), (text) => {
      counts[expectAgreement(text, flavour)] += 1;
    }),
    { numRuns: 4_000 },
  );
  expect(counts['places too']).toBeGreaterThan(200);
  expect(counts['values only']).toBeGreaterThan(10);
});
