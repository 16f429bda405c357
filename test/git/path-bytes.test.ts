import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { decodePath, encodePath, splitNul } from '../../src/git/path-bytes.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('decodePath', () => {
  test.each([
    ['apps/web.yaml', 'apps/web.yaml'],
    ['apps/\u00c3\u00a9.yaml', 'apps/é.yaml'],
    ['a\nb\t"c\'', 'a\nb\t"c\''],
    ['back\\slash', 'back\\slash'],
    ['b\xff\xfed', 'b\\xff\\xfed'],
    // The text of an escape, as a real file name.
    ['b\\xffd', 'b\\x5cxffd'],
    ['b\\xFFd', 'b\\x5cxFFd'],
    ['b\\\\xff', 'b\\\\x5cxff'],
    ['\\\xff', '\\\\xff'],
    // Cut off, overlong and surrogate sequences are no UTF-8.
    ['\xc3', '\\xc3'],
    ['\xc0\xaf', '\\xc0\\xaf'],
    ['\xed\xa0\x80', '\\xed\\xa0\\x80'],
    ['\xef\xbb\xbfbom', '\ufeffbom'],
    ['\xf0\x9f\x98\x80', '\u{1f600}'],
  ])('%j', (bytes, text) => {
    expect(decodePath(latin1(bytes))).toBe(text);
    expect(encodePath(text)).toEqual(latin1(bytes));
  });

  test('encodePath gives the bytes back, so no two paths share a text', () => {
    const byte = fc.oneof(
      fc.constantFrom(...'\\\\x5cfF0a/'.split('').map((c) => c.charCodeAt(0))),
      fc.integer({ min: 1, max: 255 }),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), (bytes) => {
        expect(encodePath(decodePath(Uint8Array.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  test('text that cannot be mistaken stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!/\\x[0-9a-f]{2}/i.test(text) && text.isWellFormed());
        expect(decodePath(Buffer.from(text, 'utf8'))).toBe(text);
      }),
    );
  });
});

test('splitNul keeps empty fields inside and drops the empty end', () => {
  const split = (text: string): string[] => splitNul(latin1(text)).map((field) => field.toString('latin1'));
  expect(split('a\0\0b\0')).toEqual(['a', '', 'b']);
  expect(split('a\0b')).toEqual(['a', 'b']);
  expect(split('')).toEqual([]);
});
