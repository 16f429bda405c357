import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { code, escapeMarkdown, fenceFor, link, renderMessage } from '../../src/report/markdown.ts';
import { oneLine, visible } from '../../src/report/plain.ts';
import { HOSTILE } from '../support/report-fixture.ts';
import { anyText } from './arbitrary.ts';
import { foundByGithub, rendered } from './rendered.ts';

/** As a reader sees it: without the invisible breaks, and without the blanks that Markdown drops at both ends. */
function shown(text: string): string {
  return text.replaceAll('\u200b', '').trim();
}

describe('escapeMarkdown', () => {
  test.each([
    ['plain words, with (brackets) and 1.2.3', 'plain words, with (brackets) and 1.2.3'],
    ['a_b *c* ~d~', 'a\\_b \\*c\\* \\~d\\~'],
    ['[x](https://e.org)', '\\[x\\](https:\u200b//e.org)'],
    ['@octocat', '@\u200boctocat'],
    ['fixes #12 and GH-3', 'fixes \\#\u200b12 and GH-\u200b3'],
    ['<b>&amp;', '&lt;b&gt;&amp;amp;'],
    ['a `b` c', 'a &#96;b&#96; c'],
    ['# heading', '\\#\u200b heading'],
    ['- item', '\\- item'],
    ['+ item', '\\+ item'],
    ['12. item', '12\\. item'],
    ['=== setext', '\\=== setext'],
    [':- cell', '\\:- cell'],
    ['two\n\nlines\r\n\tand tabs', 'two lines and tabs'],
    [': not a list', ': not a list'],
    [':white_check_mark:', ':\u200bwhite\\_check\\_mark:'],
    ['www.e.org and :boom:', 'www\u200b.e.org and :\u200bboom:'],
    ['\u001b[31m', '\\\\u{1b}\\[31m'],
    ['\u202egpj', '\\\\u{202e}gpj'],
  ])('%j', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });

  test('is inert and reads the same, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { text: read, codes, constructs } = rendered(escapeMarkdown(text));
        expect(constructs).toEqual([]);
        expect(codes).toEqual([]);
        expect(foundByGithub(read)).toEqual([]);
        expect(shown(read)).toBe(oneLine(text).trim());
      }),
      { numRuns: 1000 },
    );
  });

  test('is inert in an item of a list, and behind other text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { constructs } = rendered(`- x: ${escapeMarkdown(text)}`);
        expect(constructs).toEqual([
          'bullet_list_open',
          'list_item_open',
          'list_item_close',
          'bullet_list_close',
        ]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('code', () => {
  test.each([
    ['name', '`name`'],
    ['', '` `'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['``a', '``` ``a ```'],
    ['a\nb', '`a\\u{a}b`'],
    ['@octocat <b> #1', '`@octocat <b> #1`'],
  ])('%j', (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  test('is one code span that reads the same, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { text: outside, codes, constructs } = rendered(`x ${code(text)} y`);
        expect({ outside, constructs }).toEqual({ outside: 'x … y', constructs: [] });
        expect(codes).toEqual([text === '' ? ' ' : visible(text)]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('renderMessage', () => {
  test('keeps names as code, and the text around them as it reads', () => {
    const message =
      'Container `web` uses the moving tag `latest`: what runs changes. Add `x: y`, - or 1. `z`+ = more_';
    expect(renderMessage(message)).toBe(
      'Container `web` uses the moving tag `latest`: what runs changes. Add `x: y`, - or 1. `z`+ = more\\_',
    );
  });

  test('still escapes what starts the line', () => {
    expect(renderMessage('- `a` - b')).toBe('\\- `a` - b');
  });

  test('holds no construct but code spans, whatever the message', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (a, b, c) => {
        const { text, constructs } = rendered(renderMessage(`${a}\`${b}\`${c}`));
        expect(constructs).toEqual([]);
        expect(foundByGithub(text)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('link', () => {
  test('a page of a rule', () => {
    expect(link('`x`', 'https://e.org/a_(b)')).toBe('[`x`](https://e.org/a_%28b%29)');
  });

  test.each([
    null,
    '',
    'javascript:alert(1)',
    'https://e.org/a b',
    'https://e.org/"x"',
    'https://e.org/`',
    '//e.org',
  ])('only the label for %j', (url) => {
    expect(link('`x`', url)).toBe('`x`');
  });

  test('leads to the given page or nowhere', () => {
    fc.assert(
      fc.property(anyText, fc.oneof(fc.webUrl(), anyText), (label, url) => {
        const { targets, constructs } = rendered(link(code(label), url));
        expect(['', 'link_open link_close']).toContain(constructs.join(' '));
        if (targets.length > 0) expect(targets[0]).toMatch(/^https?:\/\//);
      }),
      { numRuns: 500 },
    );
  });
});

test('fenceFor gives a fence that the text cannot close', () => {
  expect(fenceFor('x')).toBe('```');
  expect(fenceFor('a ```` b')).toBe('`````');
});

test.each(HOSTILE)('%j is inert between words', (text) => {
  const { constructs, text: read } = rendered(`The rule ${escapeMarkdown(text)} stopped.`);
  expect(constructs).toEqual([]);
  expect(foundByGithub(read)).toEqual([]);
});
