// Input that is made to break, stall or mislead.
import { describe, expect, test } from '@jest/globals';
import { readSopsConfig } from '../../src/manifests/sops-config.ts';
import { ciphertextDefect, goPattern } from '../../src/manifests/sops-crypt.ts';
import { ageRecipient, armoredKey, ciphertext, sopsYaml, yamlMetadata } from '../support/sops-fixture.ts';
import { findingsOf, foundIn } from './judge.ts';

const ops = ageRecipient();
const secret = 'Correct' + '.Horse_' + '77';
const encrypted = sopsYaml(['password'], { recipients: [ops] });

// Each of these takes an engine that goes back and forth, or a rule that repeats work, longer than the test may run.
describe('nothing stalls', () => {
  test.each<[string, Record<string, string>]>([
    [
      'a ciphertext of megabytes',
      {
        'a.yaml': `a: ENC[AES256_GCM,data:${'A'.repeat(4_000_000)},iv:x]\n${yamlMetadata({ recipients: [ops] })}`,
      },
    ],
    [
      'many openings',
      {
        'a.yaml': `a: "${'ENC[AES256_GCM,data:A,iv:'.repeat(40_000)}"\n${yamlMetadata({ recipients: [ops] })}`,
      },
    ],
    [
      'armor without an end',
      {
        'a.yaml': `a: ${ciphertext()}\nsops:\n    age:\n        - recipient: ${ops}\n          enc: "-----BEGIN AGE ENCRYPTED FILE----- ${'A '.repeat(500_000)}"\n    mac: x\n`,
      },
    ],
    ['a long line of dotenv', { 'a.env': `A=${'x='.repeat(1_000_000)}\nsops_mac=x\n` }],
    [
      'many keys of metadata',
      {
        'a.env':
          Array.from({ length: 20_000 }, (_, index) => `sops_age__list_${index}__map_enc=x`).join('\n') +
          '\nsops_mac=x\n',
      },
    ],
    [
      'minified JSON on one line',
      {
        'a.json': JSON.stringify({
          list: Array.from({ length: 30_000 }, () => ({ a: 'ENC[', b: [1] })),
          sops: { mac: 'x', age: [{ recipient: ops, enc: armoredKey() }] },
        }),
      },
    ],
    [
      'aliases that expand',
      {
        '.sops.yaml': `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
          .split('')
          .map(
            (name, at) =>
              `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[at] ?? ''}`).join(',')}]`,
          )
          .join('\n')}\ncreation_rules: *i\n`,
        'a.yaml': encrypted,
      },
    ],
    [
      'merges in merges',
      {
        '.sops.yaml': `creation_rules:\n- key_groups:\n  - ${'{merge: ['.repeat(100)}{age: [x]}${']}'.repeat(100)}\n`,
        'a.yaml': encrypted,
      },
    ],
    ['many comments', { 'a.yaml': `${'# password: \n'.repeat(50_000)}${encrypted}` }],
    ['a comment of spaces', { 'a.yaml': `# password${' '.repeat(200_000)}x\n${encrypted}` }],
  ])('%s', (_name, head) => {
    expect(findingsOf({ base: {}, head }).length).toBeGreaterThanOrEqual(0);
  });

  test.each([
    ['nested repetitions', '((a+)+)+$'],
    ['alternatives', '(a|a|a|a)*b$'],
    ['counted repetitions', '(.*a){20}$'],
  ])('a pattern with %s on a long path', (_name, pattern) => {
    expect(goPattern(pattern)('a'.repeat(50_000))).toBe(pattern.endsWith('$') && !pattern.includes('b'));
  });

  test('thousands of rules and files', () => {
    const rules = Array.from(
      { length: 3000 },
      (_, index) => `- path_regex: ^x${index}/(.*a){5}\\.yaml$\n  age: ${ops}`,
    );
    const files = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`d${index}/a.yaml`, 'a: b\n']),
    );
    const found = foundIn({ '.sops.yaml': `creation_rules:\n${rules.join('\n')}\n`, ...files }, files);
    expect(found).toEqual(['valid-sops-file .sops.yaml']);
  });
});

describe('what cannot be used is refused with its line', () => {
  test.each([
    ['too long', 'a'.repeat(3000), 'too large'],
    ['that unfolds', '((a?){500}){2}', 'too large'],
    ['with too many repetitions', '(a{1000}){1000}', 'not a valid'],
    ['with look-ahead', '(?=a)', 'not a valid'],
  ])('a pattern %s', (_name, pattern, says) => {
    const { problems } = readSopsConfig(
      '.sops.yaml',
      `creation_rules:\n  - age: x\n    path_regex: ${pattern}\n`,
    );
    expect(problems).toEqual([
      expect.objectContaining({
        message: expect.stringContaining(says),
        range: expect.objectContaining({ start: expect.objectContaining({ line: 3 }) }),
      }),
    ]);
  });

  test.each([
    ['broken', 'creation_rules:\n  - a: [\n'],
    ['with merge markers', '<<<<<<< a\ncreation_rules: []\n=======\n>>>>>>> b\n'],
    ['too deep', `creation_rules: ${'['.repeat(600)}\n`],
  ])('a configuration that is %s', (_name, text) => {
    const config = readSopsConfig('.sops.yaml', text);
    expect(config.unreadable).not.toBeNull();
    expect(config.ruleFor('a.yaml')).toBeNull();
  });
});

test('keys that JavaScript treats specially stay keys', () => {
  const json = `{"__proto__": "${ciphertext()}", "constructor": "${secret}", "sops": {"mac": "${ciphertext(128)}", "lastmodified": "2026-03-04T05:06:07Z", "version": "3.13.2", "age": [{"recipient": "${ops}", "enc": ${JSON.stringify(armoredKey())}}]}}`;
  const yaml = `__proto__: ${secret}\n${encrypted}`;
  expect(
    foundIn({ 'a.json': json, 'a.yaml': yaml, '.sops.yaml': 'creation_rules:\n- __proto__: {age: x}\n' }),
  ).toEqual(expect.arrayContaining(['valid-sops-file a.json', 'valid-sops-file a.yaml']));
  expect(({} as Record<string, unknown>)['age']).toBeUndefined();
});

test('bytes that are no text, and UTF-16', () => {
  const bytes = Buffer.concat([Buffer.from([0, 255, 254]), Buffer.from(encrypted)]);
  const utf16 = Buffer.concat([
    Buffer.from([255, 254]),
    Buffer.from(`added: ${secret}\n${encrypted}`, 'utf16le'),
  ]);
  expect(findingsOf({ base: {}, head: { 'a.bin': bytes } })).toEqual([]);
  expect(foundIn({ 'a.yaml': utf16 })).toEqual(['valid-sops-file a.yaml']);
});

test('a tail is one, however it looks', () => {
  for (const tail of ['x', ' ', '\u200b', ']', ciphertext()]) {
    expect(ciphertextDefect(ciphertext() + tail)).toBe('tail');
  }
});

test('no message holds what it is about', () => {
  const heads: Record<string, string>[] = [
    { 'a.yaml': `added: ${secret}\n${encrypted}` },
    { 'a.yaml': `# password: ${secret}\n${encrypted}` },
    {
      'a.yaml': `apiToken: ${secret}\n${sopsYaml(['password'], { recipients: [ops], mode: 'encrypted_regex: ^password$' })}`,
    },
    { 'a.yaml': encrypted.replace('password:', `x_unencrypted: ${secret}\npassword:`) },
    { 'a.dec.yaml': `password: ${secret}\n`, 'a.yaml': encrypted },
    { '.sops.yaml': `creation_rules:\n  - age: ${secret}\n    pgp: ${secret}\n`, 'a.yaml': encrypted },
    {
      '.sops.yaml': `creation_rules:\n  - encrypted_regex: ^user$\n`,
      'a.yaml': `user: ${secret}\n${sopsYaml(['password'], { recipients: [ops], mode: 'encrypted_regex: ^password$' })}`,
    },
  ];
  for (const head of heads) {
    const found = findingsOf({ base: { 'a.yaml': encrypted }, head });
    expect(found.length).toBeGreaterThan(0);
    expect(JSON.stringify(found)).not.toMatch(/Correct|Horse/);
  }
});
