import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { readAllowedSigners } from '../../src/signatures/allowed-signers.ts';
import { matchesPattern, matchesPatternList } from '../../src/signatures/patterns.ts';
import { verifySsh } from '../../src/signatures/ssh.ts';
import { removeFolders, temporaryFolder } from '../support/git-fixture.ts';
import { sshKey, sshKeygen, type SshKeyFile } from './support/programs.ts';

afterAll(removeFolders);

let key: SshKeyFile;
let other: SshKeyFile;
let folder: string;
const PAYLOAD = 'payload\n';
beforeAll(() => {
  key = sshKey();
  other = sshKey();
  folder = temporaryFolder();
  writeFileSync(path.join(folder, 'payload'), PAYLOAD);
  sshKeygen(['-q', '-Y', 'sign', '-f', key.file, '-n', 'git', path.join(folder, 'payload')]);
});

const TIME = 1_748_736_000;

/** Whether ssh-keygen accepts the signature for an identity, with these lines. */
function opensshAccepts(lines: string, identity: string): boolean {
  writeFileSync(path.join(folder, 'allowed'), lines);
  const options = [
    '-f',
    path.join(folder, 'allowed'),
    '-I',
    identity,
    '-n',
    'git',
    '-s',
    path.join(folder, 'payload.sig'),
  ];
  return (
    spawnSync('ssh-keygen', ['-Y', 'verify', ...options, '-Overify-time=20250601000000Z'], {
      input: PAYLOAD,
      env: { ...process.env, TZ: 'UTC' },
    }).status === 0
  );
}

function weAccept(lines: string, identity: string): boolean {
  const { entries } = readAllowedSigners('allowed', lines);
  const armor = spawnSync('cat', [path.join(folder, 'payload.sig')]).stdout;
  const attestation = verifySsh(
    Buffer.from(PAYLOAD),
    armor,
    { ssh: entries, revokedSsh: new Map() },
    TIME,
    TIME,
  );
  return attestation.state === 'attested' && attestation.speaksFor(identity);
}

describe('allowed signers, as OpenSSH reads them', () => {
  // KEY is the key that signed, OTHER another one.
  test.each([
    ['ada@x KEY', 'ada@x'],
    ['ada@x KEY', 'eve@x'],
    ['ada@x OTHER', 'ada@x'],
    ['ada@x OTHER\nada@x KEY', 'ada@x'],
    ['*@x KEY', 'ada@x'],
    ['*@x KEY', 'ada@y'],
    ['a?a@x KEY', 'ada@x'],
    ['!ada@x,*@x KEY', 'ada@x'],
    ['!ada@x,*@x KEY', 'eve@x'],
    ['*@x,!ada@x KEY', 'ada@x'],
    ['eve@x,ada@x KEY', 'ada@x'],
    ['"ada@x" KEY', 'ada@x'],
    ['"ada hopper" KEY', 'ada hopper'],
    ['   ada@x   KEY   a comment with "quotes', 'ada@x'],
    ['\tada@x\tKEY', 'ada@x'],
    ['# ada@x KEY', 'ada@x'],
    ['ada@x # KEY', 'ada@x'],
    ['ada@x KEY # comment', 'ada@x'],
    ['ada@x namespaces="git" KEY', 'ada@x'],
    ['ada@x namespaces="file" KEY', 'ada@x'],
    ['ada@x namespaces="file,git" KEY', 'ada@x'],
    ['ada@x namespaces=git KEY', 'ada@x'],
    ['ada@x Namespaces="git",VALID-AFTER="20200101Z" KEY', 'ada@x'],
    ['ada@x valid-after="20200101Z",valid-before="20300101Z" KEY', 'ada@x'],
    ['ada@x valid-after="20260101Z" KEY', 'ada@x'],
    ['ada@x valid-before="20250101Z" KEY', 'ada@x'],
    ['ada@x valid-before="202506010000Z" KEY', 'ada@x'],
    ['ada@x valid-before="20250531235959Z" KEY', 'ada@x'],
    ['ada@x valid-after="20250601000000Z" KEY', 'ada@x'],
    ['ada@x valid-after="20300101Z",valid-before="20200101Z" KEY', 'ada@x'],
    ['ada@x valid-after="never" KEY', 'ada@x'],
    ['ada@x valid-after="20251301Z" KEY', 'ada@x'],
    ['ada@x cert-authority KEY', 'ada@x'],
    ['ada@x unknown-option KEY', 'ada@x'],
    ['ada@x cert-authority, KEY', 'ada@x'],
    ['ada@x namespaces="git",namespaces="git" KEY', 'ada@x'],
    ['ada@x namespaces="git KEY', 'ada@x'],
    ['ada@x', 'ada@x'],
    ['ada@x ssh-ed25519', 'ada@x'],
    ['ada@x ssh-rsa BASE64', 'ada@x'],
    ['nonsense\nada@x KEY', 'ada@x'],
    ['ada@x KEY\r', 'ada@x'],
    [',ada@x KEY', 'ada@x'],
  ])('%j for %s', (template, identity) => {
    const lines = `${template
      .replaceAll('BASE64', key.publicKey.split(' ')[1]!)
      .replaceAll('KEY', key.publicKey)
      .replaceAll('OTHER', other.publicKey)}\n`;
    expect(weAccept(lines, identity)).toBe(opensshAccepts(lines, identity));
  });

  test.each([
    ['Ada@x', 'ada@X', true],
    ['*@X,!ADA@x', 'ada@x', false],
  ])('%s for %s: other than there, case does not count', (principals, identity, accepted) => {
    expect(weAccept(`${principals} ${key.publicKey}\n`, identity)).toBe(accepted);
  });

  test('an unreadable line is named, and every other one holds', () => {
    const { entries, problems } = readAllowedSigners(
      'f',
      [
        '# comment',
        'a@x',
        `b@x ${key.publicKey}`,
        '',
        'c@x valid-after="x" ssh-ed25519 AAAA',
        `d@x ${other.publicKey}`,
      ].join('\r\n'),
    );
    expect(entries.map(({ principals, line }) => [principals, line])).toEqual([
      [['b@x'], 3],
      [['d@x'], 6],
    ]);
    expect(problems.map(({ line }) => line)).toEqual([2, 5]);
  });

  test('no message quotes a key', () => {
    const secret = 'c2VjcmV0' + 'c2VjcmV0';
    for (const line of [
      `a@x ${secret}`,
      `a@x ssh-ed25519 ${secret}`,
      `a@x opt="${secret}" ${key.publicKey}`,
      `${secret} "${secret}`,
    ]) {
      const { problems } = readAllowedSigners('f', line);
      expect(problems).toHaveLength(1);
      expect(problems[0]?.message).not.toContain(secret);
    }
  });
});

describe('patterns', () => {
  const word = fc.stringMatching(/^[ab]{0,8}$/);
  const pattern = fc.stringMatching(/^[ab?*]{0,8}$/);

  test('match as a regular expression would', () => {
    fc.assert(
      fc.property(word, pattern, (text, glob) => {
        const expected = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
        expect(matchesPattern(text, glob)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a negated one always wins', () => {
    fc.assert(
      fc.property(word, fc.array(pattern, { maxLength: 4 }), (text, globs) => {
        expect(matchesPatternList(text, [...globs, `!${text}`, '*'])).toBe(false);
      }),
    );
  });

  test('that are hostile take no time', () => {
    expect(matchesPattern('a'.repeat(5_000), `${'*a'.repeat(2_000)}b`)).toBe(false);
  });
});
