import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { stringify } from 'yaml';
import { maskLine } from '../../src/report/source-mask.ts';
import { renderText } from '../../src/report/text.ts';
import { at, failing, fileSubject, finding } from '../support/report-fixture.ts';

/** Not a credential; split so that no scanner takes it for one. */
const VALUE = 'hunter' + '2';

function masked(source: string, path = 'a.yaml'): string[] {
  const lines = source.split('\n');
  return lines.map((_, index) => maskLine(lines, index, path).text);
}

describe('what is left of a line', () => {
  test.each<[string, string, string[]]>([
    ['a value', `password: ${VALUE}`, ['password: …']],
    ['a value with a comment', `password: x # ${VALUE}`, ['password: …']],
    ['only a key', 'stringData:\n  a: b', ['stringData:', '  a: …']],
    ['a key with a tag', `a: !!binary ${VALUE}`, ['a: …']],
    ['a quoted key', `'pass.word': x\n"pass word": ${VALUE}`, ["'pass.word': …", '…']],
    ['a comment', `# ${VALUE}`, ['…']],
    ['items', `a:\n  - ${VALUE}\n  - b: ${VALUE}\n    c: d`, ['a:', '…', '  - b: …', '    c: …']],
    [
      'items at the indent of their key',
      `a:\n- b: ${VALUE}\n  c: d\ne: f`,
      ['a:', '- b: …', '  c: …', 'e: …'],
    ],
    ['a block scalar', `a: |\n  ${VALUE}: x\n  k: y\nb: c`, ['a: …', '…', '…', 'b: …']],
    ['a block scalar in an item', `- a: |-\n    ${VALUE}: x\n  b: c`, ['- a: …', '…', '  b: …']],
    ['a block scalar that is an item', `- |\n  ${VALUE}: x`, ['…', '…']],
    ['a block scalar with a hint', `a: >2+\n  ${VALUE}: x`, ['a: …', '…']],
    ['deep inside a block scalar', `a: |\n  x:\n    ${VALUE}: x`, ['a: …', '…', '…']],
    ['a quoted scalar over lines', `a: "x\n  ${VALUE}: x\n  "\nb: c`, ['a: …', '…', '…', '…']],
    ['a quoted scalar on its own line', `a:\n     "x\n  ${VALUE}: x"`, ['a:', '…', '…']],
    ['a closed quoted scalar', `a: "x \\" y" # z\nb: 'it''s'\nc: d`, ['a: …', 'b: …', 'c: …']],
    ['a plain scalar over lines', `a: x\n  ${VALUE}`, ['a: …', '…']],
    ['a flow map', `a: {b: ${VALUE}}\nc: d`, ['a: …', 'c: …']],
    ['a flow map over lines', `a: {\n  ${VALUE}: x\n}`, ['a: …', '…', '…']],
    ['a flow map at the root', `{a: ${VALUE}}`, ['…']],
    ['a document start', `---\na: ${VALUE}`, ['…', 'a: …']],
    ['a scalar document', `--- |\n${VALUE}: x`, ['…', '…']],
    ['a merge key', `<<: *${VALUE}`, ['<<: …']],
    ['an alias in front of a key', `*${VALUE} : x`, ['…']],
    ['an explicit key', `? ${VALUE}\n: x`, ['…', '…']],
    ['Base64 without a key', `${VALUE}==`, ['…']],
    ['nothing', ' \n\na: b', ['', '', 'a: …']],
  ])('YAML: %s', (_, source, expected) => {
    expect(masked(source)).toEqual(expected);
  });

  test.each<[string, string, string[]]>([
    ['members', `{\n  "a": "${VALUE}",\n  "b": {`, ['…', '  "a": …', '  "b": …']],
    ['one line', `{"a": "${VALUE}", "${VALUE}": 1}`, ['{"a": …']],
    ['an item', `  "${VALUE}",`, ['…']],
    ['an escaped key', `"\\"${VALUE}": 1`, ['…']],
  ])('JSON: %s', (_, source, expected) => {
    expect(masked(source, 'a.json')).toEqual(expected);
  });

  test.each<[string, string, string[]]>([
    ['assignments', `# x\nA=${VALUE}\nexport B_2="${VALUE}"\nC=`, ['…', 'A=…', 'export B_2=…', '…']],
    ['a value over lines', `A="x\nB=${VALUE}"`, ['A=…', '…']],
    ['a continued value', `A=x\\\nB=${VALUE}`, ['A=…', '…']],
    ['Base64', `${VALUE.toUpperCase()}==`, ['…']],
    ['PEM', `-----BEGIN X-----\nABC=D`, ['…', '…']],
    ['text', `the password is ${VALUE}`, ['…']],
  ])('environment files: %s', (_, source, expected) => {
    expect(masked(source, 'prod.env')).toEqual(expected);
  });

  test('a mask tells no length', () => {
    expect(masked('a: x')).toEqual(masked(`a: ${'x'.repeat(500)}`));
  });
});

describe('no value is shown', () => {
  /** Everything that the terminal shows of a file, one finding for each line. */
  function shown(source: string, path: string): string {
    const findings = source
      .split('\n')
      .map((_, index) => finding({ message: 'M.', subject: fileSubject(path, at(index + 1, 1, 2)) }));
    return renderText(failing(findings), { color: false, sources: () => source });
  }

  /** Texts that look like keys, assignments or names, in each of which the value stands. */
  const values = fc
    .array(
      fc.constantFrom(
        VALUE,
        `${VALUE}: x`,
        `  ${VALUE}: y`,
        `- ${VALUE}: z`,
        `"${VALUE}": 1`,
        `"x": "${VALUE}`,
        `${VALUE}:`,
        'plain: text',
        '# note',
        '---',
        '{a: b',
        "it's",
        '',
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((lines) => lines.join('\n'));

  const keys = fc.constantFrom('password', 'a.b', 'K', 'tls.key');
  const trees = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      values,
      fc.dictionary(keys, tie('node'), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
      fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
    ),
  })).node;

  test('of YAML, in whatever style it is written', () => {
    const styles = fc.record({
      defaultStringType: fc.constantFrom(
        'PLAIN',
        'QUOTE_DOUBLE',
        'QUOTE_SINGLE',
        'BLOCK_LITERAL',
        'BLOCK_FOLDED',
      ),
      collectionStyle: fc.constantFrom('any', 'any', 'flow'),
      indentSeq: fc.boolean(),
      lineWidth: fc.constantFrom(0, 20, 80),
    } as const);
    fc.assert(
      fc.property(trees, styles, fc.boolean(), (tree, style, start) => {
        const source = `${start ? '---\n' : ''}${stringify({ stringData: tree }, style)}`;
        expect(shown(source, 'a.yaml')).not.toContain(VALUE);
      }),
      { numRuns: 1500 },
    );
  });

  test('of JSON', () => {
    fc.assert(
      fc.property(trees, fc.constantFrom(0, 2, '\t'), (tree, indent) => {
        expect(shown(JSON.stringify({ data: tree }, null, indent), 'a.json')).not.toContain(VALUE);
      }),
      { numRuns: 300 },
    );
  });

  test('of an environment file', () => {
    const line = fc
      .tuple(fc.constantFrom('A', 'TOKEN', 'export B'), values, fc.constantFrom('"', "'"))
      .map(([key, value, quote]) => `${key}=${quote}${value.replaceAll(/["']/g, '')}${quote}`);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
        expect(shown(lines.join('\n'), '.env').toLowerCase()).not.toContain(VALUE);
        const upper = lines.join('\n').replaceAll(VALUE, 'HUNTER=X');
        expect(shown(upper, '.env')).not.toContain('HUNTER');
      }),
      { numRuns: 300 },
    );
  });

  test('of any other file', () => {
    fc.assert(
      fc.property(values, fc.constantFrom('id_rsa', 'a.txt', 'values', 'a.toml'), (source, path) => {
        expect(shown(source, path)).not.toContain(VALUE);
      }),
      { numRuns: 300 },
    );
  });
});
