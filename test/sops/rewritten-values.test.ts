// Values in plain text beside encrypted ones, written in another way: an error must mean that the real `sops` refuses the file.
import { afterAll, describe, expect, test } from '@jest/globals';
import { removeFolders } from '../support/git-fixture.ts';
import { foundIn } from './judge.ts';
import { createRealSops, HAS_SOPS } from './real-sops.ts';

afterAll(removeFolders);

const SPELLINGS = [
  ...['yes', '"yes"', '"on"', '"NO"', 'NO', 'true', '"true"', 'True', 'on', 'y', 'off', 'false', 'no'],
  ...[
    '1',
    '"1"',
    '1.0',
    '1.50',
    '1.5',
    '0x10',
    '16',
    '0o17',
    '017',
    '15',
    '1_000',
    '1000',
    '1e3',
    '"1e3"',
    '.5',
    '0.5',
    '+1',
    '-0',
  ],
  ...[
    '2020-01-01',
    '"2020-01-01"',
    '2020-01-01T00:00:00Z',
    '2020-01-01 00:00:00',
    '12:30:45',
    '9007199254740993',
    '123456789012345678901234567890',
  ],
  ...[
    'null',
    '~',
    '""',
    '"null"',
    '.inf',
    '.NaN',
    '|-\n  a\n  b',
    '"a\\nb"',
    'a b',
    "'a b'",
    '>-\n  a\n  b',
    '!!str 1',
    '!!binary aGk=',
    '"\\u00e9"',
    'é',
  ],
  ...['[1, 2]', '["1", 2]', '[]', '{}', '{a: 1}', '{b: 1}', '<<', '&x 1', '"#"'],
];

(HAS_SOPS ? describe : describe.skip)('a plain value that is spelt anew', () => {
  const sops = createRealSops({ keys: 1 });
  sops.write('.sops.yaml', `creation_rules:\n  - age: ${sops.recipients[0] ?? ''}\n`);

  test('is called an error only when sops refuses the file', () => {
    const wrong: string[] = [];
    let called = 0;
    for (const from of SPELLINGS) {
      const original = sops.encrypt('a.yaml', `a: secret\nb_unencrypted: ${from}\n`);
      for (const to of SPELLINGS.filter((one) => one !== from && mayBeSame(from, one))) {
        const text = original.replace(/^b_unencrypted:[\s\S]*?(?=^\w)/m, () => `b_unencrypted: ${to}\n`);
        const found = foundIn({ 'a.yaml': text }, { 'a.yaml': original });
        if (!found.includes('sops-mac-mismatch a.yaml')) continue;
        called += 1;
        if (sops.decrypts('a.yaml', text)) wrong.push(`${from} → ${to}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(called).toBeGreaterThan(100);
  }, 300_000);
});

const letters = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Spellings that share their letters, or that are all words or all numbers. */
function mayBeSame(from: string, to: string): boolean {
  if (letters(from) === letters(to)) return true;
  const kind = (text: string): string =>
    /^["']?(?:yes|no|on|off|y|true|false)["']?$/i.test(text)
      ? 'word'
      : /^[\d.+_xoe:-]+$/.test(text)
        ? 'number'
        : text;
  return kind(from) === kind(to);
}
