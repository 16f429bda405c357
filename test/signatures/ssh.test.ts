import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dearmor } from '../../src/signatures/armor.ts';
import { readSshsig } from '../../src/signatures/sshsig.ts';
import { WireReader, wireString } from '../../src/signatures/ssh-wire.ts';
import {
  createGitFixture,
  removeFolders,
  temporaryFolder,
  type GitFixture,
  type SigningKey,
} from '../support/git-fixture.ts';
import { hasProgram } from '../support/programs.ts';
import { armored, securityKey, signedCommit, sskSign, UNSIGNED } from './support/security-key.ts';
import { certify, sshKey, sshKeygen, type SshKeyFile } from './support/programs.ts';
import {
  flipped,
  gitAccepts,
  keyringOf,
  parseRaw,
  rawCommit,
  signatureOf,
  signersOf,
} from './support/verdict.ts';

afterAll(removeFolders);

const ADA = 'ada@example.com';
const onSsh = hasProgram('git') ? describe : describe.skip;

function commitWith(key: SigningKey, at?: number): { fixture: GitFixture; raw: Buffer } {
  const fixture = createGitFixture();
  fixture.commit({ a: '1' }, 'Signed', { sign: key, ...(at === undefined ? {} : { at }) });
  return { fixture, raw: rawCommit(fixture) };
}

/** What git says with the same lines as allowed signers. */
function gitSays(fixture: GitFixture, lines: string, revoked?: string): boolean {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'allowed'), lines);
  if (revoked !== undefined) writeFileSync(path.join(folder, 'revoked'), revoked);
  return gitAccepts(fixture, {
    'gpg.ssh.allowedSignersFile': path.join(folder, 'allowed'),
    ...(revoked === undefined ? {} : { 'gpg.ssh.revocationFile': path.join(folder, 'revoked') }),
  });
}

onSsh('SSH signatures that git makes', () => {
  test.each([
    ['ed25519', undefined],
    ['ecdsa', 256],
    ['ecdsa', 384],
    ['ecdsa', 521],
    ['rsa', 2048],
    ['rsa', 4096],
  ] as const)('%s %s: valid with its line, unknown without, and git agrees', async (type, bits) => {
    const key = sshKey(type, bits);
    const { fixture, raw } = commitWith(key);
    const lines = `${ADA} ${key.publicKey}\n`;
    expect(await signatureOf(raw, await signersOf(lines))).toEqual({
      state: 'valid',
      kind: 'ssh',
      signer: ADA,
      reason: null,
    });
    expect(gitSays(fixture, lines)).toBe(true);
    const stranger = sshKey();
    const others = `${ADA} ${stranger.publicKey}\n`;
    expect(await signatureOf(raw, await signersOf(others))).toMatchObject({
      state: 'unknown-key',
      signer: key.fingerprint,
    });
    expect(gitSays(fixture, others)).toBe(false);
    const tampered = Buffer.from(raw.toString('latin1').replace('\n\nSigned', '\n\nsigned'), 'latin1');
    expect((await signatureOf(tampered, await signersOf(lines))).state).toBe('bad-signature');
  });

  test('an RSA key that is too short is not accepted, though git would', async () => {
    const key = sshKey('rsa', 1024);
    const { raw } = commitWith(key);
    const signature = await signatureOf(raw, await signersOf(`${ADA} ${key.publicKey}\n`));
    expect(signature.state).toBe('unsupported');
    expect(signature.reason).toMatch(/too short/);
  });

  test('a key that was revoked', async () => {
    const key = sshKey();
    const { fixture, raw } = commitWith(key);
    const line = `${ADA} ${key.publicKey}\n`;
    const keyring = await keyringOf({
      '.github/allowed_signers': line,
      '.github/revoked_signers': `# lost laptop\n${key.publicKey}\n`,
    });
    expect(await signatureOf(raw, keyring)).toMatchObject({
      state: 'revoked-key',
      reason: 'the key is revoked',
    });
    expect(gitSays(fixture, line, `${key.publicKey}\n`)).toBe(false);
  });

  test('every line of the list of revoked keys counts', async () => {
    const keys = [sshKey(), sshKey(), sshKey()];
    const keyring = await keyringOf({
      '.github/allowed_signers': keys.map(({ publicKey }) => `${ADA} ${publicKey}\n`).join(''),
      '.github/revoked_signers': keys
        .slice(0, 2)
        .map(({ publicKey }) => `${publicKey}\n`)
        .join(''),
    });
    const verdicts = await Promise.all(keys.map((key) => signatureOf(commitWith(key).raw, keyring)));
    expect(verdicts.map(({ state }) => state)).toEqual(['revoked-key', 'revoked-key', 'valid']);
  });

  const [before, made, after] = [1_735_689_600, 1_748_736_000, 1_767_225_600];
  test.each([
    ['valid-after="20250101"', 'valid'],
    ['valid-before="20260101"', 'valid'],
    ['valid-after="20260101"', 'unknown-key'],
    ['valid-before="20250101"', 'expired-key'],
    ['valid-after="20250601000000Z"', 'valid'],
    ['valid-before="20250601000000Z"', 'valid'],
    ['valid-after="20250601000001Z"', 'unknown-key'],
    ['valid-before="20250531235959Z"', 'expired-key'],
    ['namespaces="git"', 'valid'],
    ['namespaces="file,g*"', 'valid'],
    ['namespaces="file"', 'unknown-key'],
    ['namespaces="!git,*"', 'unknown-key'],
    ['NAMESPACES="git",Valid-After="20250101"', 'valid'],
  ])('the option %s makes it %s, and git agrees', async (option, state) => {
    expect(before < made && made < after).toBe(true);
    const key = sshKey();
    const { fixture, raw } = commitWith(key, made);
    const lines = `${ADA} ${option} ${key.publicKey}\n`;
    expect((await signatureOf(raw, await signersOf(lines))).state).toBe(state);
    expect(gitSays(fixture, lines)).toBe(state === 'valid');
  });

  test('expired when it signed, and expired since, are two facts', async () => {
    const key = sshKey();
    const { raw } = commitWith(key, made);
    const keyring = await signersOf(`${ADA} valid-before="20260101Z" ${key.publicKey}\n`);
    expect(await signatureOf(raw, keyring)).toMatchObject({
      state: 'valid',
      reason: 'the key has expired since',
    });
    expect(await signatureOf(raw, keyring, { expiredKeys: 'now' })).toMatchObject({
      state: 'expired-key',
      reason: 'the key was valid when it signed, and has expired since',
    });
    const early = new Date('2025-07-01T00:00:00Z');
    expect(await signatureOf(raw, keyring, { expiredKeys: 'now' }, early)).toMatchObject({
      state: 'valid',
      reason: null,
    });
    const expired = await signersOf(`${ADA} valid-before="20250101Z" ${key.publicKey}\n`);
    expect((await signatureOf(raw, expired)).state).toBe('expired-key');
  });
});

onSsh('a date in the future', () => {
  const now = new Date('2026-06-01T00:00:00Z');
  const at = (text: string): number => Date.parse(text) / 1000;

  test.each([
    ['2030-06-01T00:00:00Z', 'valid-after="20300101"', 'unknown-key'],
    ['2026-05-31T00:00:00Z', 'valid-after="20260101"', 'valid'],
    // A clock may be some minutes ahead of ours.
    ['2026-06-01T00:05:00Z', 'valid-after="20260601000400Z"', 'valid'],
    ['2026-06-01T01:00:00Z', 'valid-after="20260601003000Z"', 'unknown-key'],
    ['2030-06-01T00:00:00Z', 'valid-before="20270101"', 'expired-key'],
  ])('%s makes no key valid that has %s: %s', async (date, option, state) => {
    const key = sshKey();
    const { raw } = commitWith(key, at(date));
    const ring = await signersOf(`${ADA} ${option} ${key.publicKey}\n`);
    expect((await signatureOf(raw, ring, {}, now)).state).toBe(state);
  });

  test('makes no certificate valid that is not yet', async () => {
    const authority = sshKey();
    const { raw } = commitWith(
      certify(authority, sshKey(), ['-n', ADA, '-V', '20300101Z:20310101Z']),
      at('2030-06-01T00:00:00Z'),
    );
    const ring = await signersOf(`${ADA} cert-authority ${authority.publicKey}\n`);
    expect((await signatureOf(raw, ring, {}, now)).state).toBe('unknown-key');
    expect((await signatureOf(raw, ring, {}, new Date('2030-07-01T00:00:00Z'))).state).toBe('valid');
  });

  test('a key with two lines has expired since only when both have', async () => {
    const key = sshKey();
    const { raw } = commitWith(key, at('2025-01-15T00:00:00Z'));
    const lines = `${ADA} valid-before="20260101" ${key.publicKey}\n${ADA} ${key.publicKey}\n`;
    expect(await signatureOf(raw, await signersOf(lines), { expiredKeys: 'now' }, now)).toMatchObject({
      state: 'valid',
      reason: null,
    });
  });
});

onSsh('SSH certificates', () => {
  let authority: SshKeyFile;
  beforeAll(() => {
    authority = sshKey();
  });
  const cases: [
    string,
    string,
    readonly string[],
    (authority: SshKeyFile, key: SshKeyFile) => string,
    string,
  ][] = [
    ['of a named principal', 'valid', ['-n', ADA], (ca) => `${ADA} cert-authority ${ca.publicKey}`, ADA],
    [
      'matched by a pattern',
      'valid',
      ['-n', `eve@elsewhere.org,${ADA}`],
      (ca) => `*@example.com cert-authority ${ca.publicKey}`,
      ADA,
    ],
    [
      'of somebody else',
      'unknown-key',
      ['-n', 'eve@elsewhere.org'],
      (ca) => `*@example.com cert-authority ${ca.publicKey}`,
      ADA,
    ],
    ['without principals', 'unknown-key', [], (ca) => `*@example.com cert-authority ${ca.publicKey}`, ADA],
    ['by a key that is no authority', 'unknown-key', ['-n', ADA], (ca) => `${ADA} ${ca.publicKey}`, ADA],
    ['whose own key is named', 'unknown-key', ['-n', ADA], (_, key) => `${ADA} ${key.publicKey}`, ADA],
    ['of a host', 'bad-signature', ['-h', '-n', ADA], (ca) => `${ADA} cert-authority ${ca.publicKey}`, ADA],
    [
      'in force when it signed',
      'valid',
      ['-n', ADA, '-V', '20230101:20240101'],
      (ca) => `${ADA} cert-authority ${ca.publicKey}`,
      ADA,
    ],
    [
      'that had expired',
      'expired-key',
      ['-n', ADA, '-V', '20200101:20210101'],
      (ca) => `${ADA} cert-authority ${ca.publicKey}`,
      ADA,
    ],
    [
      'that was not valid yet',
      'unknown-key',
      ['-n', ADA, '-V', '20300101:20310101'],
      (ca) => `${ADA} cert-authority ${ca.publicKey}`,
      ADA,
    ],
    [
      'with a login option',
      'valid',
      ['-n', ADA, '-O', 'force-command=true'],
      (ca) => `${ADA} cert-authority ${ca.publicKey}`,
      ADA,
    ],
  ];
  test.each(cases)('%s: %s, and git agrees', async (_name, state, options, lineOf) => {
    const key = sshKey('ecdsa', 256);
    const { fixture, raw } = commitWith(certify(authority, key, options));
    const lines = `${lineOf(authority, key)}\n`;
    expect((await signatureOf(raw, await signersOf(lines))).state).toBe(state);
    expect(gitSays(fixture, lines)).toBe(state === 'valid');
  });

  test('a plain signature by the authority itself is none of its certificates', async () => {
    const { fixture, raw } = commitWith(authority);
    const lines = `${ADA} cert-authority ${authority.publicKey}\n`;
    const { state, reason } = await signatureOf(raw, await signersOf(lines));
    expect([state, reason]).toEqual([
      'unknown-key',
      'it fits the content, and its key is named here only as an authority, which signs certificates',
    ]);
    expect(gitSays(fixture, lines)).toBe(false);
  });

  test('an authority without its option, and a key beside its certificate, say what is missing', async () => {
    const key = sshKey();
    const { fixture, raw } = commitWith(certify(authority, key, ['-n', ADA]));
    for (const named of [authority, key]) {
      const lines = `${ADA} ${named.publicKey}\n`;
      const { state, reason } = await signatureOf(raw, await signersOf(lines));
      expect([state, reason]).toEqual([
        'unknown-key',
        'it fits the content, and its certificate only counts where its authority is named with `cert-authority`',
      ]);
      expect(gitSays(fixture, lines)).toBe(false);
    }
  });

  test('a revoked authority revokes its certificates', async () => {
    const key = sshKey();
    const { fixture, raw } = commitWith(certify(authority, key, ['-n', ADA]));
    const line = `${ADA} cert-authority ${authority.publicKey}\n`;
    const keyring = await keyringOf({
      '.github/allowed_signers': line,
      '.github/revoked_signers': `${authority.publicKey}\n`,
    });
    expect((await signatureOf(raw, keyring)).state).toBe('revoked-key');
    expect(gitSays(fixture, line, `${authority.publicKey}\n`)).toBe(false);
  });

  test.each(['rsa', 'ecdsa', 'ed25519'])(
    'a %s key can be certified, and its certificate cannot be changed',
    async (type) => {
      const key = sshKey(type, type === 'rsa' ? 2048 : undefined);
      const { raw } = commitWith(certify(authority, key, ['-n', ADA]));
      const keyring = await signersOf(`*@example.com cert-authority ${authority.publicKey}\n`);
      expect((await signatureOf(raw, keyring)).state).toBe('valid');
      const { signature } = parseRaw(raw);
      if (signature.state !== 'signed') throw new Error('unsigned');
      const bytes = dearmor(signature.parts.signature)!;
      const at = bytes.indexOf(ADA);
      expect(at).toBeGreaterThan(0);
      const forged = armored(flipped(bytes, at));
      const read = readSshsig(forged, signature.parts.payload);
      // The signature itself still fits; it is the certificate that does not.
      expect(read.state === 'fits' ? read.signer.certificate?.isAuthentic : read.state).not.toBe(true);
    },
  );
});

onSsh('security keys', () => {
  test.each(['ed25519', 'ecdsa'] as const)(
    'sk-%s: ssh-keygen agrees, and a touch is asked for',
    async (type) => {
      const key = securityKey(type);
      const folder = temporaryFolder();
      for (const [flags, present] of [
        [1, true],
        [5, true],
        [0, false],
        [4, false],
      ] as const) {
        const { blob, armor } = sskSign(key, Buffer.from(UNSIGNED), flags);
        const line = `${ADA} ${key.keyType} ${blob.toString('base64')}\n`;
        const raw = signedCommit(UNSIGNED, armor);
        const keyring = await signersOf(line);
        const signature = await signatureOf(raw, keyring);
        expect(signature.state).toBe(present ? 'valid' : 'signer-not-allowed');
        if (!present) expect(signature.reason).toMatch(/touching/);
        expect((await signatureOf(raw, keyring, { userPresence: 'optional' })).state).toBe('valid');
        writeFileSync(path.join(folder, 'allowed'), line);
        writeFileSync(path.join(folder, 'sig'), armor);
        const verify = [
          '-Y',
          'verify',
          '-f',
          path.join(folder, 'allowed'),
          '-I',
          ADA,
          '-n',
          'git',
          '-s',
          path.join(folder, 'sig'),
        ];
        expect(sshKeygen(verify, UNSIGNED).toString()).toMatch(/^Good "git" signature/);
        // The flags are signed too.
        const other = signedCommit(UNSIGNED, forgeFlags(armor, flags ^ 1));
        expect((await signatureOf(other, keyring)).state).toBe('bad-signature');
      }
    },
  );
});

function forgeFlags(armor: Buffer, flags: number): Buffer {
  const bytes = Buffer.from(dearmor(armor)!);
  bytes[bytes.length - 5] = flags;
  return armored(bytes);
}

onSsh('a good signature with one field changed', () => {
  test('every field of an SSH signature counts', () => {
    const key = sshKey('ecdsa', 256);
    const { raw } = commitWith(key);
    const { signature } = parseRaw(raw);
    if (signature.state !== 'signed') throw new Error('unsigned');
    const { payload, signature: armor } = signature.parts;
    const bytes = dearmor(armor)!;
    const fields: { name: string; start: number; end: number }[] = [];
    const reader = new WireReader(bytes);
    const field = (name: string, read: () => unknown): void => {
      const start = reader.position;
      read();
      fields.push({ name, start, end: reader.position });
    };
    field('magic', () => reader.bytes(6));
    field('version', () => reader.uint32());
    for (const name of ['key', 'namespace', 'reserved', 'hash', 'signature'])
      field(name, () => reader.string());
    reader.end();
    expect(readSshsig(armor, payload).state).toBe('fits');
    for (const { name, start, end } of fields) {
      for (let at = start; at < end; at += 1) {
        for (const bit of [0, 7]) {
          const read = readSshsig(armored(flipped(bytes, at, bit)), payload);
          const fits = read.state === 'fits' && read.signer.key.fingerprint === key.fingerprint;
          expect([name, at, bit, fits]).toEqual([name, at, bit, false]);
        }
      }
    }
  });

  test('bytes to spare, a shorter signature, and other namespaces are refused', async () => {
    const key = sshKey();
    const { raw } = commitWith(key);
    const { signature } = parseRaw(raw);
    if (signature.state !== 'signed') throw new Error('unsigned');
    const { payload, signature: armor } = signature.parts;
    const bytes = dearmor(armor)!;
    expect(readSshsig(armored(Buffer.concat([bytes, Buffer.from([0])])), payload).state).toBe('malformed');
    for (let length = 0; length < bytes.length; length += 7) {
      expect(readSshsig(armored(bytes.subarray(0, length)), payload).state).toBe('malformed');
    }
    const file = path.join(temporaryFolder(), 'payload');
    writeFileSync(file, payload);
    sshKeygen(['-Y', 'sign', '-f', key.file, '-n', 'file', file]);
    const other = signedCommit(Buffer.from(payload).toString(), readFileSync(`${file}.sig`));
    const keyring = await signersOf(`${ADA} ${key.publicKey}\n`);
    expect(await signatureOf(other, keyring)).toMatchObject({
      state: 'bad-signature',
      reason: 'it was made for another purpose than git',
    });
  });

  test('SHA-1 is not accepted for RSA', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { n, e } = publicKey.export({ format: 'jwk' });
    const number = (text: string): Buffer => {
      const value = Buffer.from(text, 'base64url');
      return wireString(value[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), value]) : value);
    };
    const blob = Buffer.concat([wireString('ssh-rsa'), number(e!), number(n!)]);
    const payload = Buffer.from(UNSIGNED);
    const make = (algorithm: string, digest: string): Buffer => {
      const header = ['git', '', 'sha512'].map((text) => wireString(text));
      const signed = Buffer.concat([
        Buffer.from('SSHSIG'),
        ...header,
        wireString(createHash('sha512').update(payload).digest()),
      ]);
      const signature = Buffer.concat([wireString(algorithm), wireString(sign(digest, signed, privateKey))]);
      return armored(
        Buffer.concat([
          Buffer.from('SSHSIG'),
          Buffer.from([0, 0, 0, 1]),
          wireString(blob),
          ...header,
          wireString(signature),
        ]),
      );
    };
    expect(readSshsig(make('rsa-sha2-512', 'sha512'), payload).state).toBe('fits');
    expect(readSshsig(make('rsa-sha2-256', 'sha256'), payload).state).toBe('fits');
    expect(readSshsig(make('ssh-rsa', 'sha1'), payload)).toMatchObject({
      state: 'unsupported',
      reason: 'it is made with SHA-1, which can be forged',
    });
    expect(readSshsig(make('rsa-sha2-512', 'sha256'), payload).state).toBe('bad-signature');
  });
});
