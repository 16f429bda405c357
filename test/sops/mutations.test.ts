// Every class of damage, done to files that the real `sops` made: what is found, and what `sops` itself makes of it.
import { afterAll, describe, expect, test } from '@jest/globals';
import { removeFolders } from '../support/git-fixture.ts';
import { ciphertext } from '../support/sops-fixture.ts';
import { foundIn } from './judge.ts';
import { createRealSops, HAS_SOPS } from './real-sops.ts';

afterAll(removeFolders);

const secret = 'correct' + '-horse-' + '77';
const VALUE = /ENC\[AES256_GCM,[^\]]*\]/;
const TOKEN = /(token: )ENC\[[^\]]*\]/;

(HAS_SOPS ? describe : describe.skip)('damage', () => {
  const sops = createRealSops();
  const [first = '', second = ''] = sops.recipients;
  const config = `creation_rules:\n  - path_regex: ^secrets/\n    age: ${first}\n  - path_regex: \\.sops\\.yaml$\n    age: ${first},${second}\n`;
  sops.write('.sops.yaml', config);
  const plain = `user: ada\npassword: ${secret}\ntoken: t1\nport_unencrypted: 80\nlist: [a, b]\n`;
  const yaml = sops.encrypt('secrets/a.yaml', plain);
  const json = sops.encrypt(
    'secrets/a.json',
    `{"user": "ada", "password": "${secret}", "port_unencrypted": 80}`,
  );
  const env = sops.encrypt('secrets/a.env', `USER=ada\nPASSWORD=${secret}\nPORT_unencrypted=80\n`);
  const ini = sops.encrypt(
    'secrets/a.ini',
    `[db]\nuser = ada\npassword = ${secret}\nport_unencrypted = 80\n`,
  );
  const bin = sops.encrypt('secrets/a.bin', `user ada, ${secret}\n`);
  const two = sops.encrypt('x.sops.yaml', plain);
  const all: Readonly<Record<string, string>> = { yaml, json, env, ini, bin };
  const plainOf: Readonly<Record<string, string>> = {
    yaml: plain,
    json: `{"user": "ada", "password": "${secret}"}\n`,
    env: `USER=ada\nPASSWORD=${secret}\n`,
    ini: `[db]\nuser = ada\npassword = ${secret}\n`,
    bin: `user ada, ${secret}\n`,
  };
  const value = (text: string): string => VALUE.exec(text)?.[0] ?? '';

  interface Damage {
    readonly name: string;
    readonly format: string;
    readonly edit: (text: string) => string;
    readonly finds: string;
    /** Whether `sops` still decrypts it; only then is it a matter of policy. */
    readonly decrypts: boolean;
  }
  const damages: Damage[] = [
    ...Object.keys(all).map((format) => ({
      name: 'A2 decrypted',
      format,
      edit: () => plainOf[format] ?? '',
      finds: 'sops-file-not-encrypted',
      decrypts: false,
    })),
    {
      name: 'A3 a value added by hand',
      format: 'yaml',
      edit: (text) => `added: ${secret}\n${text}`,
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'A3 a number added by hand',
      format: 'yaml',
      edit: (text) => `added: 5\n${text}`,
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'A3 a value replaced by hand',
      format: 'yaml',
      edit: (text) => text.replace(TOKEN, `$1${secret}`),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'A3',
      format: 'json',
      edit: (text) => text.replace(VALUE, secret),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'A3',
      format: 'env',
      edit: (text) => `ADDED=${secret}\n${text}`,
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'A3',
      format: 'ini',
      edit: (text) => text.replace('[db]\n', `[db]\nadded = ${secret}\n`),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'A5 a tail',
      format: 'yaml',
      edit: (text) => text.replace(VALUE, `$&${secret}`),
      finds: 'valid-sops-file',
      decrypts: true,
    },
    {
      name: 'A5 a tail',
      format: 'json',
      edit: (text) => text.replace(VALUE, `$&${secret}`),
      finds: 'valid-sops-file',
      decrypts: true,
    },
    {
      name: 'A5 a tail',
      format: 'env',
      edit: (text) => text.replace(VALUE, `$&${secret}`),
      finds: 'valid-sops-file',
      decrypts: true,
    },
    {
      name: 'A6 a comment',
      format: 'yaml',
      edit: (text) => `# password: ${secret}\n${text}`,
      finds: 'no-secret-in-sops-comment',
      decrypts: true,
    },
    {
      name: 'A6 a comment',
      format: 'env',
      edit: (text) => `#PASSWORD=${secret}\n${text}`,
      finds: 'no-secret-in-sops-comment',
      decrypts: true,
    },
    {
      name: 'B a cut value',
      format: 'yaml',
      edit: (text) => text.replace(VALUE, (one) => one.slice(0, 60)),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B another type',
      format: 'yaml',
      edit: (text) => text.replace(',type:str]', ',type:text]'),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B a short tag',
      format: 'json',
      edit: (text) => text.replace(/tag:[^,]{4}/, 'tag:'),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B no MAC',
      format: 'yaml',
      edit: (text) => text.replace(/ {4}mac: .*\n/, ''),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B no MAC',
      format: 'env',
      edit: (text) => text.replace(/sops_mac=.*\n/, ''),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B no MAC',
      format: 'ini',
      edit: (text) => text.replace(/^mac .*\n/m, ''),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B no version',
      format: 'yaml',
      edit: (text) => text.replace(/ {4}version: .*\n/, ''),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B a time that is none',
      format: 'yaml',
      edit: (text) => text.replace(/lastmodified: .*/, 'lastmodified: yesterday'),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B two modes',
      format: 'yaml',
      edit: (text) => text.replace(/( {4})unencrypted_suffix/, '$1encrypted_regex: x\n$&'),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B no recipients',
      format: 'yaml',
      edit: (text) => text.replace(/ {4}age:\n(?: {8}.*\n)+/, ''),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B no metadata',
      format: 'yaml',
      edit: (text) => text.slice(0, text.indexOf('sops:')),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B cut-off armor',
      format: 'yaml',
      edit: (text) => text.replace(/\n.*\n {12}-----END AGE/, '\n            -----END AGE'),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B sops is no map',
      format: 'yaml',
      edit: (text) => `${text.slice(0, text.indexOf('sops:'))}sops: [1]\n`,
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B merge markers',
      format: 'yaml',
      edit: (text) => `<<<<<<< ours\n${text}=======\nx: y\n>>>>>>> theirs\n`,
      finds: 'valid-yaml',
      decrypts: false,
    },
    { name: 'B emptied', format: 'yaml', edit: () => '', finds: 'valid-sops-file', decrypts: false },
    { name: 'B emptied', format: 'bin', edit: () => '', finds: 'valid-sops-file', decrypts: false },
    {
      name: 'B truncated',
      format: 'bin',
      edit: (text) => text.slice(0, 300),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B truncated',
      format: 'json',
      edit: (text) => text.slice(0, 300),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B truncated',
      format: 'env',
      edit: (text) => text.slice(0, text.indexOf('sops_lastmodified')),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B a loose line',
      format: 'env',
      edit: (text) => `${text}loose words\n`,
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'B Windows line ends',
      format: 'env',
      edit: (text) => text.replaceAll('\n', '\r\n'),
      finds: 'valid-sops-file',
      decrypts: false,
    },
    {
      name: 'the MAC: a plain value changed',
      format: 'yaml',
      edit: (text) => text.replace(': 80', ': 81'),
      finds: 'sops-mac-mismatch',
      decrypts: false,
    },
    {
      name: 'the MAC: a plain value changed',
      format: 'json',
      edit: (text) => text.replace(': 80', ': 81'),
      finds: 'sops-mac-mismatch',
      decrypts: false,
    },
    {
      name: 'the MAC: a plain value changed',
      format: 'env',
      edit: (text) => text.replace('=80', '=81'),
      finds: 'sops-mac-mismatch',
      decrypts: false,
    },
    {
      name: 'the MAC: a plain value changed',
      format: 'ini',
      edit: (text) => text.replace('= 80', '= 81'),
      finds: 'sops-mac-mismatch',
      decrypts: false,
    },
    {
      name: 'the MAC: a value removed',
      format: 'yaml',
      edit: (text) => text.replace(/token: .*\n/, ''),
      finds: 'sops-mac-mismatch',
      decrypts: false,
    },
    {
      name: 'the MAC: items swapped',
      format: 'yaml',
      edit: (text) => text.replace(/( {4}- .*\n)( {4}- .*\n)/, '$2$1'),
      finds: 'sops-mac-mismatch',
      decrypts: false,
    },
    {
      name: 'the MAC: a plain value added',
      format: 'yaml',
      edit: (text) => `more_unencrypted: x\n${text}`,
      finds: 'sops-mac-mismatch',
      decrypts: false,
    },
    {
      name: 'the MAC: another ciphertext',
      format: 'yaml',
      edit: (text) => text.replace(VALUE, ciphertext(3)),
      finds: 'sops-mac-mismatch',
      decrypts: false,
    },
    {
      name: 'the MAC: another MAC',
      format: 'yaml',
      edit: (text) => text.replace(/mac: .*/, `mac: ${ciphertext(128)}`),
      finds: 'sops-mac-mismatch',
      decrypts: false,
    },
    {
      name: 'the MAC: another time',
      format: 'yaml',
      edit: (text) => text.replace(/lastmodified: .*/, 'lastmodified: "2020-01-01T00:00:00Z"'),
      finds: 'sops-mac-mismatch',
      decrypts: false,
    },
    {
      name: 'the MAC: only what is encrypted',
      format: 'yaml',
      edit: (text) => text.replace(/ {4}version/, '    mac_only_encrypted: true\n$&'),
      finds: 'sops-mac-mismatch',
      decrypts: false,
    },
    {
      name: 'the MAC: a document added',
      format: 'yaml',
      edit: (text) => `${text}---\nname_unencrypted: x\n`,
      finds: 'sops-mac-mismatch',
      decrypts: false,
    },
    {
      name: 'a renamed key',
      format: 'yaml',
      edit: (text) => text.replace('token:', 'apiToken:'),
      finds: 'sops-ciphertext-moved',
      decrypts: false,
    },
    {
      name: 'a renamed key',
      format: 'env',
      edit: (text) => text.replace('USER=', 'LOGIN='),
      finds: 'sops-ciphertext-moved',
      decrypts: false,
    },
    {
      name: 'a renamed section',
      format: 'ini',
      edit: (text) => text.replace('[db]', '[database]'),
      finds: 'sops-ciphertext-moved',
      decrypts: false,
    },
    {
      name: 'a copied value',
      format: 'yaml',
      edit: (text) => `copy: ${value(text)}\n${text}`,
      finds: 'sops-ciphertext-moved',
      decrypts: false,
    },
    {
      name: 'F a private key',
      format: 'yaml',
      edit: (text) => `# ${'AGE-SECRET-' + 'KEY-1'}${'Q'.repeat(58)}\n${text}`,
      finds: 'no-private-key',
      decrypts: true,
    },
  ];

  test.each(damages.map((damage) => [damage.name, damage.format, damage] as const))(
    '%s, %s',
    (_name, format, damage) => {
      const path = `secrets/a.${format}`;
      const text = damage.edit(all[format] ?? '');
      expect(text).not.toBe(all[format]);
      const before = { '.sops.yaml': config, [path]: all[format] ?? '' };
      expect(foundIn({ ...before, [path]: text }, before)).toContain(`${damage.finds} ${path}`);
      // Decrypted files are judged by what they were; sops has nothing to decrypt in them.
      expect(sops.decrypts(path, text)).toBe(damage.decrypts);
    },
  );

  test.each(
    damages
      .filter(({ finds, name }) => /file-not|valid-sops/.test(finds) && !name.includes('emptied'))
      .map((damage) => [damage.name, damage.format, damage] as const),
  )('%s, %s: in a commit that a later one mends', (_name, format, damage) => {
    const path = `secrets/a.${format}`;
    const whole = all[format] ?? '';
    const found = foundIn(
      { '.sops.yaml': config, [path]: whole },
      { '.sops.yaml': config },
      {
        past: [
          { commit: '1'.repeat(40), path, content: whole },
          { commit: '2'.repeat(40), path, content: damage.edit(whole) },
        ],
      },
    );
    expect(found).toContain(`${damage.finds} ${path}`);
  });

  const base = { '.sops.yaml': config, 'secrets/a.yaml': yaml, 'x.sops.yaml': two };

  test('A1: never encrypted, where a rule asks for it', () => {
    expect(foundIn({ ...base, 'secrets/new.sops.yaml': plain }, base)).toEqual([
      'sops-file-not-encrypted secrets/new.sops.yaml',
    ]);
  });

  test('A4 and A7: encrypted with another mode than the rule asks for', () => {
    const partly = sops.encrypt('secrets/b.yaml', plain, ['--encrypted-regex', '^user$']);
    const found = foundIn({ ...base, 'secrets/b.yaml': partly }, base);
    expect(found).toEqual(['sops-mode-mismatch secrets/b.yaml']);
    const keyless = `creation_rules:\n  - encrypted_regex: ^user$\n`;
    expect(foundIn({ '.sops.yaml': keyless, 'b.yaml': partly }, { '.sops.yaml': keyless })).toEqual([
      'no-plain-key-in-sops-file b.yaml',
    ]);
  });

  test('A8: a decrypted copy', () => {
    expect(foundIn({ ...base, 'x.dec.yaml': plain }, base)).toEqual(['sops-file-not-encrypted x.dec.yaml']);
    const other = plain.replaceAll(/: (\S+)$/gm, ': $1-other');
    expect(foundIn({ ...base, 'x.dec.yaml': other }, base)).toEqual(['no-decrypted-sops-copy x.dec.yaml']);
  });

  test('C: other recipients, and moved to where the rules name others', () => {
    expect(foundIn({ ...base, 'y.sops.yaml': yaml }, base)).toEqual(['sops-recipients-mismatch y.sops.yaml']);
    expect(
      foundIn({ '.sops.yaml': config, 'secrets/a.yaml': yaml, 'else.yaml': two }, base, {
        renames: { 'x.sops.yaml': 'else.yaml' },
      }),
    ).toEqual(['sops-file-without-rule else.yaml']);
  });

  test('a recipient is removed: the values stay, until the data key is rotated', () => {
    const single = config.replace(`,${second}`, '');
    sops.write('.sops.yaml', single);
    sops.write('x.sops.yaml', two);
    expect(sops.run(['updatekeys', '-y', 'x.sops.yaml']).ok).toBe(true);
    const kept = { '.sops.yaml': single, 'x.sops.yaml': sops.read('x.sops.yaml').toString('utf8') };
    const before = { '.sops.yaml': config, 'x.sops.yaml': two };
    expect(foundIn(kept, before)).toEqual(['sops-data-key-not-rotated x.sops.yaml']);
    expect(sops.run(['rotate', '--in-place', 'x.sops.yaml']).ok).toBe(true);
    expect(foundIn({ ...kept, 'x.sops.yaml': sops.read('x.sops.yaml').toString('utf8') }, before)).toEqual(
      [],
    );
  });

  test('E: another configuration', () => {
    const without = { 'secrets/a.yaml': yaml, 'x.sops.yaml': two };
    expect(foundIn(without, base)).toEqual(['no-weaker-sops-config secrets/a.yaml']);
    const wider = config.replace(`age: ${first}\n`, `age: ${first},${second}\n`);
    expect(foundIn({ ...base, '.sops.yaml': wider }, base)).toEqual([
      'no-weaker-sops-config .sops.yaml',
      'sops-recipients-mismatch secrets/a.yaml',
    ]);
  });
});
