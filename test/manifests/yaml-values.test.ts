import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { compose } from '../../src/manifests/yaml-composition.ts';
import type { YamlFlavour } from '../../src/manifests/yaml-file.ts';
import { parseYaml } from '../../src/manifests/yaml-parse.ts';
import { fastValues } from '../../src/manifests/yaml-values.ts';

/** Order counts: it is that of the findings. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([key, item]) => [key, ordered(item)]);
}

/** What the parser that decides makes of a text: null when it finds anything wrong. */
function decided(text: string, flavour: YamlFlavour): unknown[] | null {
  const { documents } = compose({ text, flavour });
  if (documents.some(({ errors }) => errors.length > 0)) return null;
  try {
    return documents.map((document) => document.toJS() as unknown);
  } catch {
    // What is merged is no map.
    return null;
  }
}

/** Fails when the fast parser reads a text that the other one refuses, or reads otherwise. */
function expectAgreement(text: string, flavour: YamlFlavour = 'cluster'): boolean {
  const fast = fastValues(text, flavour);
  if (fast !== null) expect(fast.map(ordered)).toEqual(decided(text, flavour)?.map(ordered));
  return fast !== null;
}

const PLAIN = [
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'n', 'N', 'no', 'No', 'NO', 'true', 'True', 'TRUE', 'false', 'False'],
  ...['on', 'On', 'ON', 'off', 'Off', 'OFF', 'yeS', 'oN', 'tRue', 'null', 'Null', 'NULL', 'nUll', '~', ''],
  ...['0', '-0', '+1', '-17', '007', '0644', '0o644', '-0o17', '0o8', '08', '0x1F', '-0xff', '0b101', '0b2'],
  ...['1_000', '_1', '1_', '12345678901234567890', '-9223372036854775808', '1.5', '-1.5', '.5', '5.', '.'],
  ...[
    '1e3',
    '1E-3',
    '1e',
    '1.5e+10',
    '.inf',
    '-.inf',
    '+.Inf',
    '.NaN',
    '.nan',
    'inf',
    'NaN',
    '1:30',
    '190:20:30',
  ],
  ...[
    '2024-01-01',
    '2024-01-01T00:00:00Z',
    '1.2.3',
    'v1',
    '10.0.0.0/8',
    '1Gi',
    '500m',
    '=',
    '<<',
    '-',
    '+',
    '-.',
  ],
];

describe('scalars', () => {
  test.each(PLAIN)('%j is read alike', (scalar) => {
    for (const flavour of ['cluster', 'core'] as const) {
      for (const text of [
        `a: ${scalar}\n`,
        `- ${scalar}\n`,
        `{a: ${scalar}}\n`,
        `${scalar}: a\n`,
        `a: "${scalar}"\n`,
      ])
        expectAgreement(text, flavour);
    }
  });

  test('and the fast parser reads them', () => {
    expect(fastValues('a: yes\nb: 0644\nc: 2024-01-01\nd: 1e3\ne: .\nf: ~\n', 'cluster')).toEqual([
      { a: true, b: 420, c: '2024-01-01', d: 1000, e: '.', f: null },
    ]);
  });
});

describe('texts', () => {
  test.each([
    ['a tag', 'a: !vault b\n'],
    ['a standard tag', 'a: !!str 1\n'],
    ['an anchor', 'a: &b 1\nc: *b\n'],
    ['an anchor named like an operator', 'a: && [1]\nb: *&\n'],
    ['a merge key', 'a: {<<: {b: 1}}\n'],
    ['a merge key without a value', '{a: 1,\n << # b\n}\n'],
    ['a directive', '%YAML 1.2\n---\na: yes\n'],
    ['a duplicate key', 'a: 1\na: 2\n'],
    ['keys that only look alike', '1: a\n"1": b\n'],
    ['a key that is null', '~: a\n'],
    ['a key that is a collection', '{a: 1, {}}\n'],
    ['a key that is a list', '{a: 1, [b]}\n'],
    ['a key that is an empty list', '[]: a\n'],
    ['an expression where a value stands', 'a: {{b}}\n'],
    ['nothing behind a dash', '- -\n-\n'],
    ['an anchor before a key that is null', ':: && :\n'],
    ['a block that gives its indentation', 'a: |2\n   b\n'],
    ['a block that keeps its end', 'a: |+\n  b\n \n'],
    ['a block that begins with spaces', 'a: >\n   \n  b\n'],
    ['a comment in the place of a block', ' >\n#\n'],
    ['an escaped line break before an empty line', 'a: "b\\\n\n  c"\n'],
    ['a comment without a space', 'a: {"b":#c\n}\n'],
    ['a comment at the end of a flow collection', 'a: [b: 1\n#\n]\n'],
    ['something behind a document marker', '--- a: b\n'],
    ['a document end marker', 'a: 1\n...\n'],
    ['a carriage return', 'a: 1\r\nb: 2\r\n'],
    ['an explicit key', '? a\n: b\n'],
    ['an alias without an anchor', 'a: *b\n'],
    ['a tab', 'a:\n\t- b\n'],
    ['an empty document', 'a: 1\n---\n'],
    ['nothing at all', ''],
    ['an unfinished text', 'a: [1, 2\n'],
    ['a key of more than 1024 characters', `${'k'.repeat(1025)}: 1\n`],
    ['deep nesting', '['.repeat(200) + ']'.repeat(200)],
  ])('with %s are left to the other parser', (_name, text) => {
    expect(fastValues(text, 'cluster')).toBeNull();
  });

  test('a key named __proto__ is an ordinary key', () => {
    const [value] = fastValues('__proto__: {polluted: 1}\na: 1\n', 'cluster') as [Record<string, unknown>];
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
    expect(value['polluted']).toBeUndefined();
    expectAgreement('__proto__: {polluted: 1}\nconstructor: {toString: 1}\n');
  });

  test('what scripts and expressions hold does not make a text slow', () => {
    const text = `schedule: "*/15 * * * *"
script: |
  #!/bin/sh
  test -f a && echo "a" || exit 1 # yes
  if [ "$a" != b ]; then echo 'what? no!'; fi
legend: "{{code}}"
list: [a, "b", {c: d}]
---
glob: '*.example.com'
`;
    expect(expectAgreement(text)).toBe(true);
  });

  test('the case folders of all rules are read alike, most of them fast', () => {
    const root = path.join(import.meta.dirname, '../../rules');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(?:ya?ml|json)$/.test(name),
    );
    const fast = files.filter((name) => {
      const text = readFileSync(path.join(root, name), 'utf8');
      return expectAgreement(text) && expectAgreement(text, 'core');
    });
    expect(files.length).toBeGreaterThan(300);
    expect(fast.length).toBeGreaterThan(files.length * 0.8);
  });

  test('positions of a text that was read fast are those of the other parser', () => {
    const text = 'a:\n  # about b\n  b: [1, {c: "d"}]\n---\ne: |\n  f\n  g\n';
    expect(fastValues(text, 'cluster')).not.toBeNull();
    const [first, second] = parseYaml('x.yaml', text).documents;
    expect(first?.rangeOf(['a', 'b', '1', 'c']).start).toEqual({ line: 3, column: 14 });
    expect(
      second?.rangeWithin?.(['e'], { start: { line: 2, column: 1 }, end: { line: 2, column: 2 } }),
    ).toEqual({
      start: { line: 7, column: 3 },
      end: { line: 7, column: 4 },
    });
  });

  test('positions can be asked for long after other files were read', () => {
    const first = parseYaml('x.yaml', 'a:\n  b: 1\n').documents[0];
    expect(first?.rangeOf(['a', 'b']).start).toEqual({ line: 2, column: 6 });
    for (let index = 0; index < 20; index += 1)
      parseYaml('y.yaml', `a: ${String(index)}\n`).documents[0]?.rangeOf(['a']);
    expect(first?.rangeOf(['a', 'b']).start).toEqual({ line: 2, column: 6 });
  });
});

const PIECES = [
  ...[
    'a',
    ':',
    ' ',
    '\n',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|',
    '>',
    '|-',
    '>-',
    '|2',
    '|+',
    '&x',
    '*x',
    '!',
    '%',
  ],
  ...[
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
    '    ',
    '\n\n',
    ': ',
    'key: ',
    '"a": ',
  ],
  ...[
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
    '{a: 1}',
    '[1, 2]',
    '\n  ',
    '\n- ',
  ],
  ...['\r\n', '//', '!=', '&&', ' && ', '😀', ',{}', '[a]', '\n#'],
];

const SEEDS = [
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: |\n    x: y\n      z\n\n    # no comment\n  b: >-\n    c\n    d\n',
  'spec:\n  containers:\n    # first\n    - name: a\n      args: ["--x", \'y\']\n      resources: {limits: {cpu: 1}}\n    - name: b\n',
  '---\n# a comment\n- a: 1\n  b:\n  - c\n  - d: "e \\\n      f"\n---\ng: h\n  i\nj: \'k\n\n  l\'\n',
  '{\n  "a": [1, 2.5, {"b": null}],\n  "c": {"d": "e\\u0041"}\n}\n',
];

test.each(['cluster', 'core'] as const)('whatever is written, the parsers agree (%s)', (flavour) => {
  const edit = fc.record({ at: fc.nat(300), remove: fc.nat(4), insert: fc.constantFrom('', ...PIECES) });
  const edited = fc.tuple(fc.constantFrom(...SEEDS), fc.array(edit, { maxLength: 4 })).map(([seed, edits]) =>
    edits.reduce((text, { at, remove, insert }) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + insert + text.slice(place + remove);
    }, seed),
  );
  const made = fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join(''));
  let fast = 0;
  fc.assert(
    fc.property(fc.oneof(edited, made), (text) => {
      if (expectAgreement(text, flavour)) fast += 1;
    }),
    { numRuns: 4_000 },
  );
  expect(fast).toBeGreaterThan(400);
});
