import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { parseYaml } from '../../src/manifests/yaml-parse.ts';
import type { Range } from '../../src/manifests/position.ts';

function valueOf(text: string): unknown {
  const file = parseYaml('file.yaml', text);
  expect(file.problems).toEqual([]);
  return file.documents[0]?.value;
}

/** The text that a range covers. */
function covered(text: string, range: Range): string {
  const lines = text.split('\n');
  const line = lines[range.start.line - 1] ?? '';
  expect(range.end.line).toBe(range.start.line);
  return line.slice(range.start.column - 1, range.end.column - 1);
}

describe('scalars are read as the cluster reads them', () => {
  test.each([
    ['yes', true],
    ['on', true],
    ['NO', false],
    ['n', false],
    ['true', true],
    ['"yes"', 'yes'],
    ['0644', 420],
    ['0o644', 420],
    ['0x1F', 31],
    ['0b101', 5],
    ['1_000', 1000],
    ['-17', -17],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['.inf', Infinity],
    ['.', '.'],
    ['1:30', '1:30'],
    ['2024-01-01', '2024-01-01'],
    ['1.2.3', '1.2.3'],
    ['v1', 'v1'],
    ['~', null],
    ['null', null],
    ['', null],
    ['!vault secret/x', 'secret/x'],
  ])('%s', (text, value) => {
    expect(valueOf(`a: ${text}\n`)).toEqual({ a: value });
  });

  test.each([
    [
      'a quoted text that goes on further left',
      'a:\n  args: ["\n    x &&\n    y\n  "]\n  b: 1\n',
      { args: [' x && y '], b: 1 },
    ],
    ['a quoted text at the margin', "a:\n  args: 'x\ny'\n  b: 1\n", { args: 'x y', b: 1 }],
    [
      'a list that goes on further left',
      'a:\n  args: [\n  x,\nz\n]\n  # b\n  b: 1\n',
      { args: ['x', 'z'], b: 1 },
    ],
    [
      'a map that ends further left',
      'a:\n  args: {\n    x: {\n    z: 1\n  }\n}\n  b: 1\n',
      { args: { x: { z: 1 } }, b: 1 },
    ],
  ])('brackets and quotes say where they end: %s', (_, text, value) => {
    expect(valueOf(text)).toEqual({ a: value });
    const place = parseYaml('x.yaml', text).documents[0]?.rangeOf(['a', 'b']);
    expect(place?.start).toEqual({ line: text.split('\n').length - 1, column: 6 });
  });

  test.each([
    ['an empty line and a comment', 'a:\n  args:\n\n# c\n    x y\n  b: 1\n'],
    ['a comment that follows its mark at once', 'a:\n  args:\n#c\n    x y\n  b: 1\n'],
    ['empty lines and comments', 'a:\n  args: &x\n\n #c\n\n# d\n\n    x y\n  b: 1\n'],
    ['a value in a second line', 'a:\n  args:\n\n# c\n    x\n    y\n  b: 1\n'],
    ['lines that end as on Windows', 'a:\r\n  args:\r\n\r\n# c\r\n    x y\r\n  b: 1\r\n'],
  ])('a value stands below its key, and in between: %s', (_, text) => {
    for (const one of [text, `--- # d\n${text}`, `&x\n${text}`]) {
      expect(valueOf(one)).toEqual({ a: { args: 'x y', b: 1 } });
      const place = parseYaml('x.yaml', one).documents[0]?.rangeOf(['a', 'b']);
      expect(place?.start).toEqual({ line: one.split('\n').length - 1, column: 6 });
    }
  });

  test.each(['a: v\n\n# c\n  w\n', 'a:\n\n# c\nv\n', 'a:\n  b:\n\n# c\n  v\n'])(
    'what stands behind a comment is indented as everything else: %j',
    (text) => {
      expect(parseYaml('x.yaml', text).problems).not.toEqual([]);
    },
  );

  test.each(['a: [x\n---\nb: 1\n', 'a: "x\n---\nb: 1\n', 'a:\n  - x\n y: 1\n', 'a: x\n  b: y\n'])(
    'what else is indented wrongly stays wrong: %j',
    (text) => {
      expect(parseYaml('x.yaml', text).problems).not.toEqual([]);
    },
  );

  test('a directive cannot change the rules', () => {
    expect(valueOf('%YAML 1.2\n---\nprivileged: yes\n')).toEqual({ privileged: true });
  });

  test('merge keys merge, and own keys win', () => {
    const text = 'base: &base {x: 1, z: 2}\nuse:\n  <<: *base\n  z: 3\n';
    expect(valueOf(text)).toEqual({ base: { x: 1, z: 2 }, use: { x: 1, z: 3 } });
  });

  test('a key named __proto__ is an ordinary key', () => {
    const value = valueOf('__proto__: {polluted: 1}\na: 1\n') as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
    expect(value['polluted']).toBeUndefined();
  });
});

describe('manifests', () => {
  const LIST = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata: {name: a, namespace: b}
    stringData: {token: x}
  - not an object
---
apiVersion: v1
kind: SecretList
items:
  - metadata: {name: untyped}
---
just: data
---
# empty
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
`;

  test('documents, items of lists and items of typed lists; nothing else', () => {
    const { manifests } = parseYaml('x.yaml', LIST);
    expect(manifests.map((one) => [one.group, one.version, one.kind, one.namespace, one.name])).toEqual([
      ['', 'v1', 'Secret', 'b', 'a'],
      ['', 'v1', 'Secret', null, 'untyped'],
      ['apps', 'v1', 'Deployment', null, 'web'],
    ]);
  });

  test('positions lead into items and later documents', () => {
    const { manifests } = parseYaml('x.yaml', LIST);
    expect(manifests[0]?.rangeOf(['stringData', 'token'], 'key').start).toEqual({ line: 7, column: 18 });
    expect(manifests[2]?.rangeOf(['metadata', 'name']).start).toEqual({ line: 22, column: 9 });
  });

  test('JSON is read too', () => {
    const text = '{\n\t"apiVersion": "v1",\n\t"kind": "Secret",\n\t"data": {"a": "Yg=="}\n}\n';
    const { manifests, problems } = parseYaml('x.json', text);
    expect(problems).toEqual([]);
    expect(manifests[0]?.rangeOf(['data', 'a'], 'key').start).toEqual({ line: 4, column: 11 });
  });
});

describe('rangeOf', () => {
  const text = `top:
  block: |
    several
    lines
  alias: &a {deep: value}
  use: *a
  merged:
    <<: *a
  empty:
  list:
    - name: one
      x: 1
    - two
`;
  const document = parseYaml('x.yaml', text).documents[0];

  test.each([
    [['top'], 'top'],
    [['top', 'block'], 'block'],
    [['top', 'alias', 'deep'], 'value'],
    [['top', 'use', 'deep'], 'value'],
    [['top', 'merged', 'deep'], 'value'],
    [['top', 'empty'], 'empty'],
    [['top', 'list', '0'], 'name'],
    [['top', 'list', '0', 'x'], '1'],
    [['top', 'list', '1'], 'two'],
    [['top', 'list', '7', 'x'], 'list'],
    [['top', 'absent', 'deeper'], 'top'],
    [[], 'top'],
  ])('%j', (pointer, expected) => {
    expect(document && covered(text, document.rangeOf(pointer))).toBe(expected);
  });

  test('every value of a generated document is found where it stands, whatever surrounds it', () => {
    const key = fc
      .stringMatching(/^[a-z]{2,6}$/)
      .filter((name) => !/^(?:yes|no|on|off|true|false|null)$/.test(name));
    const tree = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.integer({ min: 100_000, max: 999_999 }),
        fc.dictionary(key, tie('node'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(
        fc.dictionary(key, tree.node, { minKeys: 1, maxKeys: 5, noNullPrototype: true }),
        fc.boolean(),
        (root, crlf) => {
          const newline = crlf ? '\r\n' : '\n';
          const lines: string[] = ['# a comment', '---'];
          const places: { pointer: string[]; line: number; column: number }[] = [];
          const write = (value: unknown, pointer: string[], depth: number): void => {
            for (const [name, child] of Object.entries(value as object)) {
              lines.push('', `${'  '.repeat(depth)}# about ${name}`);
              const indent = '  '.repeat(depth);
              if (typeof child === 'number') {
                lines.push(`${indent}${name}: ${child} # trailing`);
                places.push({
                  pointer: [...pointer, name],
                  line: lines.length,
                  column: indent.length + name.length + 3,
                });
              } else {
                lines.push(`${indent}${name}:`);
                write(child, [...pointer, name], depth + 1);
              }
            }
          };
          write(root, [], 0);
          const parsed = parseYaml('x.yaml', lines.join(newline) + newline).documents[0];
          for (const place of places) {
            expect(parsed?.rangeOf(place.pointer).start).toEqual({ line: place.line, column: place.column });
          }
        },
      ),
    );
  });
});

describe('what is wrong', () => {
  test('syntax errors have a kind and a place', () => {
    const { problems, documents } = parseYaml('x.yaml', 'a: 1\nb: [1, 2\nc: 3\n');
    expect(problems[0]).toMatchObject({ kind: 'syntax', range: { start: { line: 2 } } });
    expect(documents[0]?.value).toBeUndefined();
  });

  test('duplicate keys are named, and the document is still readable', () => {
    const { problems, documents } = parseYaml('x.yaml', 'a: 1\nb: 2\na: 3\n');
    expect(problems).toEqual([
      expect.objectContaining({
        kind: 'duplicate-key',
        range: expect.objectContaining({ start: { line: 3, column: 1 } }),
      }),
    ]);
    expect(documents[0]?.value).toEqual({ a: 3, b: 2 });
  });

  test('one problem for each merge conflict, and none for the underline of a heading', () => {
    const conflict = 'a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> branch\n';
    expect(parseYaml('x.yaml', conflict).problems.map((one) => [one.kind, one.range.start.line])).toEqual([
      ['merge-conflict', 2],
    ]);
    expect(parseYaml('x.yaml', 'text: |\n  Title\n  =======\n  <<<<<<< not a marker\n').problems).toEqual([]);
  });

  test.each([
    ['deep flow', '['.repeat(1000) + ']'.repeat(1000)],
    ['deep sequences', '- '.repeat(1000) + 'a'],
    ['deep maps', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    [
      'sequences in maps at one column',
      Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:\n${' '.repeat(depth)}-`).join('\n'),
    ],
    ['explicit keys', '? '.repeat(200) + 'a'],
    ['too many tokens', '[' + '1,'.repeat(600_000) + '1]'],
    ['too many tokens, as people write them', `a:\n${'- 1\n'.repeat(400_000)}`],
    [
      'aliases that multiply',
      'a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]',
    ],
  ])('a limit is a problem, not a crash: %s', (_name, text) => {
    const { problems } = parseYaml('x.yaml', text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.kind).toBe('limit');
  });

  test('ordinary depth, long block texts and wide lists are no limit', () => {
    const nested = Array.from({ length: 100 }, (_, depth) => `${'  '.repeat(depth)}key:`).join('\n');
    expect(parseYaml('x.yaml', `${nested} 1\n`).problems).toEqual([]);
    const art = `a: |\n${'  '.repeat(300)}- {[ deep looking text\n`;
    expect(parseYaml('x.yaml', art).problems).toEqual([]);
    expect(parseYaml('x.yaml', `a:\n${'- b: c\n'.repeat(5000)}`).problems).toEqual([]);
    expect(parseYaml('x.yaml', `a: ${'x'.repeat(1_200_000)}\n`).problems).toEqual([]);
    expect(parseYaml('x.yaml', `a:\n${'  b: c\n---\na:\n'.repeat(1000)}`).problems).toEqual([]);
  });

  test('no text makes it throw', () => {
    const piece = fc.constantFrom(
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
      '&x',
      '*x',
      '!',
      '%',
      '#',
      '---\n',
      '? ',
      '\t',
      '<<: ',
      '\r',
      ',',
      '@',
      '\ufeff',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const file = parseYaml('x.yaml', pieces.join(''));
        for (const { range } of file.problems) {
          expect(range.start.line).toBeGreaterThan(0);
          expect(range.start.column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
