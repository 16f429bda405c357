import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { RE2JS } from 're2js';
import { Pattern } from '../../src/secrets/pattern/pattern.ts';
import { PatternError } from '../../src/secrets/pattern/syntax.ts';

function spans(pattern: string, text: string, engine: 'v8' | 're2'): string[] {
  const ascii = !/[^\x00-\x7f]/.test(text);
  return [...new Pattern(pattern).matches(text, ascii, engine)].map(({ start, end }) => `${start}-${end}`);
}

describe('patterns in the syntax of Go', () => {
  test.each([
    ['(?i)abc', 'ABC abc', 2],
    ['a(?i)bc', 'aBC ABC', 1],
    ['(?i:ab)c', 'ABc ABC', 1],
    ['(?i)a(?-i:B)c', 'ABC aBc abc', 2],
    ['[[:alnum:]]+\\z', 'ab-c1', 1],
    ['(?P<name>x)', 'xx', 2],
    ['a.c', 'a\nc a\rc a\u2028c', 2],
    ['(?s:a.c)', 'a\nc', 1],
    ['\\s', '\u00a0\u2003\v \t', 2],
    ['a$', 'a\na', 1],
    ['(?m)^a$', 'a\na\r\na', 2],
    ['(?i)k', 'kK\u212a', 3],
    ['(?i)s', 'sS\u017f', 3],
    ['\\bé', 'é xé', 1],
    ['.{3}', '😀😀😀', 1],
    ['[^a]', '😀a', 1],
    ['\\Qa.b\\E+', 'a.bbb axb', 1],
    ['\\x41\\x{42}\\103', 'ABC', 1],
    ['{a}', '{a}', 1],
    ['x{2,3}?', 'xxxxx', 2],
    ['(?U)x+', 'xxx', 3],
    ['[]a]+', 'a]', 1],
    ['[^]a]', ']ab', 1],
    ['\\pL+', 'aé1', 1],
    ['\\p{Greek}', 'aβ', 1],
    ['[\\w.-]{0,3}?key=(\\d)', 'ab.xkey=1 key=2mykey=3', 3],
    ['(?i)[a-z]{0,5}?key', '\u017f\u212akey', 1],
  ])('%s in %j', (pattern, text, count) => {
    const found = spans(pattern, text, 'v8');
    expect(found).toHaveLength(count);
    expect(found).toEqual(spans(pattern, text, 're2'));
  });

  test('groups are those of RE2, where JavaScript would forget them', () => {
    const pattern = new Pattern('(?:(a)|b)*');
    expect(pattern.groupsOf('ab', 'v8')).toEqual(['ab', 'a']);
    expect(new Pattern('(a)(b)?').groupsOf('a', 'v8')?.[2]).toBeUndefined();
  });

  test.each([
    ['(?=a)'],
    ['(?<=a)'],
    ['(a)\\1'],
    ['a**'],
    ['*a'],
    ['(a'],
    ['a)'],
    ['[a'],
    ['[b-a]'],
    ['a{1001}'],
    ['(a{100}){100}'],
    ['((a{40}){40}){2}'],
    ['a{2,1}'],
    ['\\y'],
    ['\\'],
    ['(?P<a>x)(?P<a>y)'],
    ['[[:nope:]]'],
    ['(?<!x)'],
    [`${'('.repeat(300)}${')'.repeat(300)}`],
    ['x'.repeat(20_000)],
  ])('%.40s is refused', (pattern) => {
    expect(() => new Pattern(pattern)).toThrow(PatternError);
  });

  test('any pattern matches any text as it does in the linear engine', () => {
    const atom = fc.constantFrom(
      ...[
        'a',
        'b',
        'k',
        's',
        '.',
        '\\w',
        '\\W',
        '\\s',
        '\\d',
        '[a-c]',
        '[^b]',
        '\\b',
        '(?i:k)',
        '(?i:[a-s])',
        '$',
        '^',
        '\\n',
        'é',
      ],
    );
    const piece = fc
      .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{1,2}', '*?', '{0,2}?'))
      .map(([one, times]) => (/^(?:\\b|\$|\^)$/.test(one) ? one : one + times));
    const sequence = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
    const pattern = fc
      .tuple(fc.constantFrom('', '(?i)', '(?s)', '(?m)', '[ab]{0,2}?'), sequence, sequence)
      .map(([flags, left, right]) => `${flags}(${left}|${right})`);
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'k', 's', 'K', ' ', '\n', '1', 'é', '\u212a', '\u017f', '😀', '-'),
    });
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        RE2JS.compile(source);
        expect(spans(source, subject, 'v8')).toEqual(spans(source, subject, 're2'));
      }),
      { numRuns: 2000 },
    );
  });
});
