import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createGitFixture,
  removeFolders,
  temporaryFolder,
  type GitFixture,
  type SigningKey,
} from '../support/git-fixture.ts';
import { hasProgram } from '../support/programs.ts';
import { GpgHome, stopPrograms } from './support/programs.ts';
import {
  flipped,
  gitAccepts,
  keyringOf,
  parseRaw,
  rawCommit,
  signatureOf,
  verifyRaw,
} from './support/verdict.ts';

afterAll(() => {
  stopPrograms();
  removeFolders();
});

const onGpg = hasProgram('gpg') ? describe : describe.skip;
const ADA = 'ada@example.com';
/** The fixture's committer. */
const CARL = 'carl@example.org';

function commitWith(key: SigningKey, at?: number): { fixture: GitFixture; raw: Buffer } {
  const fixture = createGitFixture();
  fixture.commit({ a: '1' }, 'Signed', { sign: key, ...(at === undefined ? {} : { at }) });
  return { fixture, raw: rawCommit(fixture) };
}

function keys(...armored: string[]): ReturnType<typeof keyringOf> {
  return keyringOf(
    Object.fromEntries(armored.map((text, index) => [`.github/openpgp-keys/${String(index)}.asc`, text])),
  );
}

/** What git says when gpg has the keys, each trusted. */
function gitSays(fixture: GitFixture, armored: string, time?: string): boolean {
  const home = new GpgHome();
  if (armored !== '') home.gpg(['--import'], { input: armored });
  const trust = ['--trust-model', 'always'];
  return gitAccepts(fixture, {
    'gpg.program': home.program({ options: trust, ...(time === undefined ? {} : { time }) }),
  });
}

onGpg('OpenPGP signatures that git makes', () => {
  let home: GpgHome;
  beforeAll(() => {
    home = new GpgHome();
  });

  test.each(['ed25519', 'rsa3072', 'nistp256', 'nistp384', 'nistp521'])(
    '%s: valid with its key, unknown without, and git agrees',
    async (algorithm) => {
      const fingerprint = home.generate(`Ada <${algorithm}-${ADA}>`, algorithm);
      const { fixture, raw } = commitWith(home.sign(fingerprint));
      const armored = home.export(fingerprint);
      expect(await signatureOf(raw, await keys(armored))).toEqual({
        state: 'valid',
        kind: 'openpgp',
        signer: `${algorithm}-${ADA}`,
        reason: null,
      });
      expect(gitSays(fixture, armored)).toBe(true);
      expect(await signatureOf(raw, await keys())).toMatchObject({
        state: 'unknown-key',
        signer: `openpgp:${fingerprint}`,
      });
      expect(gitSays(fixture, '')).toBe(false);
      const tampered = Buffer.from(raw.toString('latin1').replace('\n\nSigned', '\n\nsigned'), 'latin1');
      expect((await signatureOf(tampered, await keys(armored))).state).toBe('bad-signature');
    },
  );

  test('binary keys, several in a file, and a note beside them', async () => {
    const fingerprint = home.generate('Bin <bin@example.com>', 'ed25519');
    const { raw } = commitWith(home.sign(fingerprint));
    const binary = home.gpg(['--export']);
    const keyring = await keyringOf({
      '.github/openpgp-keys/all.gpg': binary,
      '.github/openpgp-keys/README.md': 'Who is who.',
    });
    expect(keyring.problems).toEqual([]);
    expect(keyring.openpgp.length).toBeGreaterThan(1);
    expect(await signatureOf(raw, keyring)).toMatchObject({ state: 'valid', signer: 'bin@example.com' });
    const text = await keyringOf({
      '.github/openpgp-keys/all.asc': `Ada\n${home.export(fingerprint)}\nand another\n${home.export(home.generate('Two <two@example.com>', 'ed25519'))}`,
    });
    expect(text.openpgp).toHaveLength(2);
  });

  test('a private key in the folder is said to be one, and is not used', async () => {
    const fingerprint = home.generate('Oops <oops@example.com>', 'ed25519');
    const { raw } = commitWith(home.sign(fingerprint));
    const keyring = await keys(home.gpg(['--armor', '--export-secret-keys', fingerprint]).toString());
    expect(keyring.problems).toHaveLength(1);
    expect(keyring.problems[0]?.message).toMatch(/PRIVATE key/);
    expect((await signatureOf(raw, keyring)).state).toBe('unknown-key');
  });

  test('a subkey signs for its key', async () => {
    const fingerprint = home.generate('Sub <sub@example.com>', 'ed25519');
    home.gpg(['--quick-add-key', fingerprint, 'rsa2048', 'sign', 'never']);
    const { fixture, raw } = commitWith(home.sign(fingerprint));
    const armored = home.export(fingerprint);
    expect(await signatureOf(raw, await keys(armored))).toMatchObject({
      state: 'valid',
      signer: 'sub@example.com',
    });
    expect(gitSays(fixture, armored)).toBe(true);
  });

  test('SHA-1 is refused', async () => {
    const fingerprint = home.generate('Old <old@example.com>', 'rsa2048');
    const { raw } = commitWith(
      home.sign(fingerprint, { options: ['--digest-algo', 'SHA1', '--allow-weak-digest-algos'] }),
    );
    expect(await signatureOf(raw, await keys(home.export(fingerprint)))).toMatchObject({
      state: 'unsupported',
      reason: expect.stringContaining('SHA-1'),
    });
  });

  test('comments, version lines, CRLF and a missing checksum in the armor change nothing', async () => {
    const fingerprint = home.generate('Crlf <crlf@example.com>', 'ed25519');
    const { raw } = commitWith(home.sign(fingerprint));
    const keyring = await keys(home.export(fingerprint));
    const text = raw.toString('latin1');
    const variants = [
      text.replace(
        '-----BEGIN PGP SIGNATURE-----\n',
        '-----BEGIN PGP SIGNATURE-----\n Version: 1\n Comment: é <b>\n',
      ),
      text.replace(/gpgsig [^]*?\n(?=\n)/, (header) => `${header.trimEnd().split('\n').join('\r\n')}\n`),
      text.replace(/\n =[A-Za-z0-9+/]{4}\n/, '\n'),
    ];
    for (const variant of variants) {
      expect(variant).not.toBe(text);
      expect((await signatureOf(Buffer.from(variant, 'latin1'), keyring)).state).toBe('valid');
    }
  });
});

onGpg("GitHub's own key", () => {
  const FLOW = 'noreply@github.com';

  test.each([
    [['GitHub (web-flow commit signing) <noreply@github.com>'], {}, 'signer-not-allowed', 'web-flow'],
    [['GitHub <noreply@github.com>'], { webFlow: 'merges' }, 'signer-not-allowed', 'web-flow'],
    [['GitHub <noreply@github.com>'], { webFlow: 'always' }, 'valid', 'web-flow'],
    [
      ['GitHub <noreply@github.com>'],
      { webFlow: 'always', signers: [['ada@example.com']] },
      'valid',
      'web-flow',
    ],
    [['GitHub <noreply@github.com>'], { require: 'verified' }, 'valid', 'web-flow'],
    // Whoever adds the address to a key of their own does not become GitHub.
    [['Eve <eve@example.com>', 'GitHub <noreply@github.com>'], {}, 'valid', FLOW],
    [
      ['Eve <eve@example.com>', 'GitHub <noreply@github.com>'],
      { signers: [['ada@example.com']] },
      'signer-not-allowed',
      FLOW,
    ],
  ] as const)('%j under %j', async (userIds, policy, state, signer) => {
    const home = new GpgHome();
    const fingerprint = home.generate(userIds[0], 'ed25519');
    for (const userId of userIds.slice(1)) home.gpg(['--quick-add-uid', fingerprint, userId]);
    const fixture = createGitFixture();
    fixture.commit({ a: '1' }, 'Signed');
    const unsigned = rawCommit(fixture)
      .toString()
      .replace(/^committer .* </m, 'committer GitHub <')
      .replace(CARL, FLOW);
    const raw = signWith(home, fingerprint, unsigned);
    const settings = { require: 'allowed-signer', identity: 'committer', ...policy } as const;
    expect(await signatureOf(raw, await keys(home.export(fingerprint)), settings)).toMatchObject({
      state,
      signer,
    });
  });

  /** A raw commit with a signature that gpg makes over it. */
  function signWith(home: GpgHome, fingerprint: string, commit: string): Buffer {
    const armor = home
      .gpg(['--armor', '--detach-sign', '--local-user', fingerprint], { input: commit })
      .toString();
    const at = commit.indexOf('\n\n') + 1;
    return Buffer.from(
      `${commit.slice(0, at)}gpgsig ${armor.trimEnd().split('\n').join('\n ')}\n${commit.slice(at)}`,
    );
  }
});

onGpg('time and OpenPGP keys', () => {
  const [day2025, summer2025] = [1_735_732_800, 1_748_736_000];

  test('signed by a key that has expired since: valid then, and the policy may ask for now', async () => {
    const home = new GpgHome();
    const fingerprint = home.generate(`Ada <${ADA}>`, 'ed25519', {
      time: '20250101T000000',
      expires: '2025-12-31',
    });
    const { fixture, raw } = commitWith(home.sign(fingerprint, { time: '20250601T000000' }), summer2025);
    const armored = home.export(fingerprint);
    const keyring = await keys(armored);
    expect(await signatureOf(raw, keyring)).toMatchObject({
      state: 'valid',
      reason: 'the key has expired since',
    });
    expect((await signatureOf(raw, keyring, { expiredKeys: 'now' })).state).toBe('expired-key');
    const early = new Date('2025-07-01T00:00:00Z');
    expect(await signatureOf(raw, keyring, { expiredKeys: 'now' }, early)).toMatchObject({
      state: 'valid',
      reason: null,
    });
    // git only knows now.
    expect(gitSays(fixture, armored)).toBe(false);
    expect(gitSays(fixture, armored, '20250701T000000')).toBe(true);
  });

  test('signed after the key had expired', async () => {
    const home = new GpgHome();
    const fingerprint = home.generate(`Ada <${ADA}>`, 'ed25519', {
      time: '20240101T000000',
      expires: '2026-12-31',
    });
    const { raw } = commitWith(home.sign(fingerprint, { time: '20250601T000000' }), summer2025);
    home.gpg(['--quick-set-expire', fingerprint, '2025-01-31'], { time: '20240102T000000' });
    expect(await signatureOf(raw, await keys(home.export(fingerprint)))).toMatchObject({
      state: 'expired-key',
      reason: 'the key had expired when it signed',
    });
  });

  test('a key that was prolonged later still accounts for what it signed before', async () => {
    const home = new GpgHome();
    const fingerprint = home.generate(`Ada <${ADA}>`, 'ed25519', {
      time: '20250101T000000',
      expires: '2025-08-31',
    });
    const { fixture, raw } = commitWith(home.sign(fingerprint, { time: '20250601T000000' }), summer2025);
    home.gpg(['--quick-set-expire', fingerprint, '2030-01-01'], { time: '20250701T000000' });
    const armored = home.export(fingerprint);
    expect(await signatureOf(raw, await keys(armored))).toMatchObject({ state: 'valid', reason: null });
    expect(gitSays(fixture, armored)).toBe(true);
  });

  test.each([
    ['1', 'the key is revoked', 'given away'],
    ['0', 'the key is revoked', 'for no reason that was given'],
  ])('a key that was revoked (%s) accounts for nothing it ever signed', async (reason, says) => {
    const home = new GpgHome();
    const fingerprint = home.generate(`Ada <${ADA}>`, 'ed25519', { time: '20250101T000000' });
    const { fixture, raw } = commitWith(home.sign(fingerprint, { time: '20250601T000000' }), summer2025);
    const armored = home.export(fingerprint);
    const revoked = revoke(home, fingerprint, reason);
    expect((await signatureOf(raw, await keys(armored))).state).toBe('valid');
    for (const retiredKeys of ['now', 'at-signing'] as const) {
      expect(await signatureOf(raw, await keys(revoked), { retiredKeys })).toMatchObject({
        state: 'revoked-key',
        reason: says,
      });
    }
    expect(gitSays(fixture, revoked)).toBe(false);
    // An older copy in another file gives nothing back, whichever is read first.
    for (const copies of [await keys(armored, revoked), await keys(revoked, armored)]) {
      expect(await signatureOf(raw, copies)).toMatchObject({ state: 'revoked-key' });
    }
  });

  test('a key that its owner retired afterwards: refused, unless the policy looks at the day it signed', async () => {
    const home = new GpgHome();
    const fingerprint = home.generate(`Ada <${ADA}>`, 'ed25519', { time: '20250101T000000' });
    const { fixture, raw } = commitWith(home.sign(fingerprint, { time: '20250601T000000' }), summer2025);
    const revoked = revoke(home, fingerprint, '3');
    expect(await signatureOf(raw, await keys(revoked))).toMatchObject({
      state: 'revoked-key',
      reason: 'its owner retired the key after it signed',
    });
    expect(await signatureOf(raw, await keys(revoked), { retiredKeys: 'at-signing' })).toMatchObject({
      state: 'valid',
      reason: 'its owner retired the key afterwards',
    });
    expect(gitSays(fixture, revoked)).toBe(false);
  });

  test('a signature from the future', async () => {
    const home = new GpgHome();
    const fingerprint = home.generate(`Ada <${ADA}>`, 'ed25519', { time: '20250101T000000' });
    const { raw } = commitWith(home.sign(fingerprint, { time: '20990101T000000' }), day2025);
    expect(await signatureOf(raw, await keys(home.export(fingerprint)))).toMatchObject({
      state: 'bad-signature',
      reason: 'it claims to be made in the future',
    });
  });

  test('the addresses of a key: those it certified and did not revoke', async () => {
    const home = new GpgHome();
    const fingerprint = home.generate(`Ada <${ADA}>`, 'ed25519', { time: '20250101T000000' });
    home.gpg(['--quick-add-uid', fingerprint, 'Ada <ada@work.example>'], { time: '20250102T000000' });
    home.gpg(['--quick-add-uid', fingerprint, 'Ada <ada@former.example>'], { time: '20250102T000000' });
    home.gpg(['--quick-revoke-uid', fingerprint, 'Ada <ada@former.example>'], { time: '20250103T000000' });
    const keyring = await keys(home.export(fingerprint));
    const { raw } = commitWith(home.sign(fingerprint, { time: '20250601T000000' }), summer2025);
    const verification = await verifyRaw(raw, keyring);
    if (verification.state !== 'attested') throw new Error(verification.state);
    expect([...verification.names].sort()).toEqual([ADA, 'ada@work.example']);
    expect(verification.speaksFor('Ada@Work.Example')).toBe(true);
    expect(verification.speaksFor('ada@former.example')).toBe(false);
    // The fixture's committer is somebody else.
    expect(await signatureOf(raw, keyring, { identity: 'committer' })).toMatchObject({
      state: 'identity-mismatch',
      reason: expect.stringContaining('`carl@example.org`'),
    });
  });
});

onGpg('OpenPGP user ids', () => {
  const later = 1_754_006_400;

  test('one that was given up does not count, whatever date the signature has', async () => {
    const home = new GpgHome();
    const fingerprint = home.generate(`Ada <${ADA}>`, 'ed25519', { time: '20250101T000000' });
    home.gpg(['--quick-add-uid', fingerprint, 'Ada <ada@former.example>'], { time: '20250102T000000' });
    const signed = [
      commitWith(home.sign(fingerprint, { time: '20250601T000000' }), 1_748_736_000),
      commitWith(home.sign(fingerprint, { time: '20250801T000000' }), later),
    ];
    const before = await keys(home.export(fingerprint));
    home.gpg(['--quick-revoke-uid', fingerprint, 'Ada <ada@former.example>'], { time: '20250701T000000' });
    const after = await keys(home.export(fingerprint));
    for (const { raw } of signed) {
      const speaks = async (ring: typeof before, address: string): Promise<boolean> => {
        const verification = await verifyRaw(raw, ring);
        return verification.state === 'attested' && verification.speaksFor(address);
      };
      expect(await speaks(before, 'ada@former.example')).toBe(true);
      expect(await speaks(after, 'ada@former.example')).toBe(false);
      expect(await speaks(after, ADA)).toBe(true);
    }
  });

  test('a signature that is older than its key', async () => {
    const home = new GpgHome();
    const fingerprint = home.generate(`Ada <${ADA}>`, 'ed25519', { time: '20250601T000000' });
    const early = ['--ignore-time-conflict', '--ignore-valid-from'];
    const { raw } = commitWith(home.sign(fingerprint, { time: '20250101T000000', options: early }), later);
    expect(await signatureOf(raw, await keys(home.export(fingerprint)))).toMatchObject({
      state: 'bad-signature',
      reason: 'it is older than its key',
    });
  });
});

/** The key with a revocation of a reason: 0 none, 1 compromised, 2 superseded, 3 no longer used. */
function revoke(home: GpgHome, fingerprint: string, reason: string): string {
  const certificate = home.gpg(
    ['--command-fd', '0', '--no-batch', '--no-tty', '--armor', '--gen-revoke', fingerprint],
    {
      time: '20250801T000000',
      input: `y\n${reason}\n\ny\n`,
    },
  );
  const file = path.join(temporaryFolder(), 'revocation');
  writeFileSync(file, certificate);
  home.gpg(['--import', file], { time: '20250801T000000' });
  return home.export(fingerprint);
}

onGpg('bad OpenPGP input', () => {
  let raw: Buffer;
  let armored: string;
  let second: Buffer;
  beforeAll(() => {
    const home = new GpgHome();
    const fingerprint = home.generate(`Ada <${ADA}>`, 'ed25519');
    armored = home.export(fingerprint);
    ({ raw } = commitWith(home.sign(fingerprint)));
    const other = home.generate('Eve <eve@example.com>', 'ed25519');
    ({ raw: second } = commitWith(home.sign(other)));
  });

  const armorOf = (commit: Buffer): string => {
    const { signature } = parseRaw(commit);
    if (signature.state !== 'signed') throw new Error('unsigned');
    return Buffer.from(signature.parts.signature).toString();
  };
  const withArmor = (armor: string): Buffer =>
    Buffer.from(
      raw
        .toString('latin1')
        .replace(/gpgsig [^]*?\n(?! )/, `gpgsig ${armor.trimEnd().split('\n').join('\n ')}\n`),
      'latin1',
    );
  const binaryOf = (armor: string): Buffer => Buffer.from(armor.split('\n\n')[1]!.split('\n=')[0]!, 'base64');
  const armorFor = (bytes: Uint8Array): string =>
    `-----BEGIN PGP SIGNATURE-----\n\n${Buffer.from(bytes).toString('base64')}\n-----END PGP SIGNATURE-----`;

  test('two signatures, in one armor or in two, are not one good signature', async () => {
    const keyring = await keys(armored);
    expect((await signatureOf(withArmor(armorOf(raw)), keyring)).state).toBe('valid');
    const joined = armorFor(Buffer.concat([binaryOf(armorOf(raw)), binaryOf(armorOf(second))]));
    expect(await signatureOf(withArmor(joined), keyring)).toMatchObject({
      state: 'malformed',
      reason: 'it carries more than one signature',
    });
    const twice = `${armorOf(raw).trimEnd()}\n${armorOf(second)}`;
    expect((await signatureOf(withArmor(twice), keyring)).state).toBe('malformed');
  });

  test('the signature of another commit', async () => {
    const keyring = await keys(armored);
    const other = createGitFixture();
    other.commit({ a: '2' }, 'Other');
    const unsigned = rawCommit(other).toString();
    const at = unsigned.indexOf('\n\n') + 1;
    const moved = `${unsigned.slice(0, at)}gpgsig ${armorOf(raw).trimEnd().split('\n').join('\n ')}\n${unsigned.slice(at)}`;
    expect((await signatureOf(Buffer.from(moved), keyring)).state).toBe('bad-signature');
  });

  test('every bit of the signature counts, and no cut is read as a signature', async () => {
    const keyring = await keys(armored);
    const bytes = binaryOf(armorOf(raw));
    const unhashed = unhashedPart(bytes);
    for (let at = 0; at < bytes.length; at += 1) {
      // What is not signed only helps to find the key.
      if (at >= unhashed.start && at < unhashed.end) continue;
      const { state } = await signatureOf(withArmor(armorFor(flipped(bytes, at, at % 8))), keyring);
      expect([at, state === 'valid']).toEqual([at, false]);
    }
    for (let length = 0; length < bytes.length; length += 5) {
      const { state } = await signatureOf(withArmor(armorFor(bytes.subarray(0, length))), keyring);
      expect([length, state === 'valid']).toEqual([length, false]);
    }
  });

  test('a committed key that is damaged is a problem with its path, and others hold', async () => {
    const keyring = await keys(
      armored,
      armored.replace(/\n\n.{20}/, '\n\nAAAAAAAAAAAAAAAAAAAA'),
      'no key at all',
    );
    expect(keyring.problems.map(({ path: file }) => file)).toEqual([
      '.github/openpgp-keys/1.asc',
      '.github/openpgp-keys/2.asc',
    ]);
    expect((await signatureOf(raw, keyring)).state).toBe('valid');
  });
});

/** Where the subpackets of a version 4 signature stand that are not signed, their length included. */
function unhashedPart(bytes: Buffer): { start: number; end: number } {
  const header = bytes[0]! >= 0xc0 ? 2 : 2 + ((bytes[0]! & 3) === 0 ? 0 : 1);
  const hashed = bytes.readUInt16BE(header + 4);
  const start = header + 6 + hashed;
  // The length itself is checked by reading on.
  return { start: start + 2, end: start + 2 + bytes.readUInt16BE(start) };
}
