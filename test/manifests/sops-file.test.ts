import { describe, expect, test } from '@jest/globals';
import { ciphertextDefect, ciphertextIn, isMac } from '../../src/manifests/sops-crypt.ts';
import { isSopsEncrypted, sopsFormatOf } from '../../src/manifests/sops-file.ts';
import { isSameRecipient, recipientsOfMetadata } from '../../src/manifests/sops-recipients.ts';
import { parseYaml } from '../../src/manifests/yaml-parse.ts';
import { ageRecipient, ciphertext, sopsYaml } from '../support/sops-fixture.ts';

describe('ciphertextDefect', () => {
  const good = ciphertext();
  test.each([
    ['every type', ciphertext(1, 'bytes'), null],
    ['a tail', `${good}x`, 'tail'],
    ['a tail that is ciphertext', good + good, 'tail'],
    ['a newline behind it', `${good}\n`, 'tail'],
    ['something before it', `x${good}`, 'malformed'],
    ['no padding', good.replace(/=,tag/, ',tag'), 'malformed'],
    ['another cipher', good.replace('GCM', 'CBC'), 'malformed'],
    ['no data', good.replace(/data:[^,]+/, 'data:'), 'malformed'],
    ['data of a wrong length', good.replace(/data:./, 'data:'), 'malformed'],
    ['an unknown type', good.replace('type:str', 'type:strx'), 'malformed'],
    ['no end', good.slice(0, -1), 'malformed'],
  ])('%s', (_name, text, expected) => {
    expect(ciphertextDefect(text)).toBe(expected);
  });

  test('one value has one form, whatever its spelling', () => {
    const value = good.replace(/data:[^,]+/, 'data:XQ==');
    expect(ciphertextIn(`${value.replace('XQ==', 'XR==')}tail`)).toBe(value);
    expect(ciphertextIn('ENC[AES256_GCM,data:A]')).toBeNull();
    expect(ciphertextIn(5)).toBeNull();
  });

  test('a MAC has 128 bytes and is a string', () => {
    expect(isMac(ciphertext(128))).toBe(true);
    expect(isMac(ciphertext(127))).toBe(false);
    expect(isMac(ciphertext(128, 'bytes'))).toBe(false);
  });
});

test.each([
  ['a/.env', 'env'],
  ['a/prod.env', 'env'],
  ['a/x.yml', 'yaml'],
  ['a/x.ini', 'ini'],
  ['a/x.json', 'json'],
  ['a/x.YAML', 'binary'],
  ['a.yaml/x', 'binary'],
])('the format of %s is %s', (path, expected) => {
  expect(sopsFormatOf(path)).toBe(expected);
});

describe('isSopsEncrypted', () => {
  const judge = (path: string, text: string): boolean =>
    isSopsEncrypted({ path, text, yaml: /\.ya?ml$|\.json$/.test(path) ? parseYaml(path, text) : null });
  const mac = ciphertext(128);

  test('every format', () => {
    expect(judge('a.yaml', sopsYaml(['a'], { recipients: [ageRecipient()] }))).toBe(true);
    expect(judge('a.json', JSON.stringify({ a: ciphertext(), sops: { mac } }))).toBe(true);
    expect(judge('a.bin', JSON.stringify({ data: ciphertext(), sops: { mac } }))).toBe(true);
    expect(judge('a.env', `A=${ciphertext()}\nsops_mac=${mac}\n`)).toBe(true);
    expect(judge('a.ini', `[a]\nb=${ciphertext()}\n[sops]\nmac=${mac}\n`)).toBe(true);
  });

  test('a mention is not enough', () => {
    expect(judge('a.yaml', `sops: {enabled: true}\na: ${mac}\n`)).toBe(false);
    expect(judge('a.yaml', 'sops: {mac: x}\na: b\n')).toBe(false);
    expect(judge('a.md', `{ "sops": ${mac}`)).toBe(false);
    expect(judge('a.env', `# sops_mac=${mac}\n`)).toBe(false);
  });

  test('keys that JavaScript treats specially stay keys', () => {
    expect(judge('a.env', `__proto__=x\nsops____proto__=y\nA=${mac}\nsops_mac=${mac}\n`)).toBe(true);
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });
});

test('recipients of a file, in every list, and flat lists before groups', () => {
  const names = (metadata: Record<string, unknown>): string[] =>
    recipientsOfMetadata(metadata).map(({ type, id }) => `${type} ${id}`);
  expect(
    names({
      age: [{ recipient: 'a1' }],
      pgp: [{ fp: 'ab cd' }],
      kms: [{ arn: 'arn:k', role: 'r' }],
      gcp_kms: [{ resource_id: 'g' }],
      azure_kv: [{ vault_url: 'https://v', name: 'k', version: '1' }],
      hc_vault: [{ vault_address: 'https://h/', engine_path: 'sops', key_name: 'k' }],
      hckms: [{ key_id: 'r:k' }],
      key_groups: [{ age: [{ recipient: 'hidden' }] }],
    }),
  ).toEqual([
    'age a1',
    'pgp ABCD',
    'kms arn:k',
    'gcp_kms g',
    'azure_kv https://v/keys/k/1',
    'hc_vault https://h/v1/sops/keys/k',
    'hckms r:k',
  ]);
  expect(names({ key_groups: [{ age: [{ recipient: 'a1' }] }, { age: [{ recipient: 'a2' }] }] })).toEqual([
    'age a1',
    'age a2',
  ]);
});

test('recipients are the same in spite of how they are written', () => {
  const pgp = (id: string) => ({ type: 'pgp', id }) as const;
  const azure = (id: string) => ({ type: 'azure_kv', id }) as const;
  expect(isSameRecipient(pgp('85D77543B3D624B63CEA9E6DBC17301B491B3F21'), pgp('BC17301B491B3F21'))).toBe(
    true,
  );
  expect(isSameRecipient(pgp('85D77543B3D624B63CEA9E6DBC17301B491B3F21'), pgp('3F21'))).toBe(false);
  expect(isSameRecipient(azure('https://v/keys/k/1'), azure('https://v/keys/k'))).toBe(true);
  expect(isSameRecipient(azure('https://v/keys/kk'), azure('https://v/keys/k'))).toBe(false);
  expect(isSameRecipient(pgp('AA'), { type: 'age', id: 'AA' })).toBe(false);
});
