import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { TextSearch, WordIndex } from '../../src/manifests/word-index.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.', '1'), maxLength: 8 });
const text = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.', ' ', '\n', '$'), maxLength: 30 });

describe('words', () => {
  test('in a text, and with a part, are found as by looking at each', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), word, (words, part) => {
        const index = new WordIndex(words);
        expect(index.someIn(part)).toBe(words.some((one) => part.includes(one)));
        expect(index.someWith(part)).toBe(words.some((one) => one.includes(part)));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a search in texts', () => {
  test('answers the first question, the twentieth and the same again as reading them would', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), fc.array(text, { minLength: 20 }), (texts, questions) => {
        const search = new TextSearch(() => texts);
        for (const part of [...questions, ...questions])
          expect(search.has(part)).toBe(texts.some((one) => one.includes(part)));
      }),
      { numRuns: 300 },
    );
  });

  test('reads the texts once, when it is first asked', () => {
    let reads = 0;
    const search = new TextSearch(() => ((reads += 1), ['a text with words']));
    expect(reads).toBe(0);
    for (let n = 0; n < 30; n += 1) expect(search.has(`word${n}`)).toBe(false);
    expect([search.has('words'), search.has('ord'), reads]).toEqual([true, true, 1]);
  });
});
