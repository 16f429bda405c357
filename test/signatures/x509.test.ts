import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { sign, X509Certificate } from 'node:crypto';
import path from 'node:path';
import { BitString, Constructed, fromBER, Sequence, type BaseBlock } from 'asn1js';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SignaturePolicy } from '../../src/engine/policy.ts';
import { dearmor } from '../../src/signatures/armor.ts';
import {
  createGitFixture,
  removeFolders,
  temporaryFolder,
  type GitFixture,
  type SigningKey,
} from '../support/git-fixture.ts';
import { hasProgram } from '../support/programs.ts';
import {
  cmsSigner,
  EC,
  ED25519,
  ED448,
  RSA,
  RSA_PSS,
  script,
  x509Issue,
  x509Revoke,
  x509Root,
  type X509Key,
} from './support/programs.ts';
import {
  flipped,
  gitAccepts,
  keyringOf,
  parseRaw,
  rawCommit,
  signatureOf,
  verifyRaw,
} from './support/verdict.ts';

afterAll(removeFolders);

const onOpenssl =
  hasProgram('git') && execFileSync('sh', ['-c', 'command -v openssl || true']).length > 0
    ? describe
    : describe.skip;
const ADA = 'ada@example.com';
const LEAF = [
  `subjectAltName=email:${ADA}`,
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=emailProtection',
];
const AUTHORITY = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const ROOT = [...AUTHORITY, 'subjectKeyIdentifier=hash'];
const CODE = ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=codeSigning'];

function commitWith(key: SigningKey, at?: number): { fixture: GitFixture; raw: Buffer } {
  const fixture = createGitFixture();
  fixture.commit({ a: '1' }, 'Signed', { sign: key, ...(at === undefined ? {} : { at }) });
  return { fixture, raw: rawCommit(fixture) };
}

function roots(...files: string[]): ReturnType<typeof keyringOf> {
  return keyringOf(
    Object.fromEntries(files.map((text, index) => [`.github/x509-roots/${String(index)}.pem`, text])),
  );
}

const pem = (key: X509Key): string => readFileSync(key.certificate, 'utf8');

function partsOf(value: unknown): BaseBlock[] {
  if (!(value instanceof Constructed)) throw new Error('not constructed');
  return value.valueBlock.value;
}

/** The certificate with its last extension in it twice, which openssl would not write. */
function withTwin({ certificate, key }: X509Key, issuer: X509Key): X509Key {
  const { raw } = new X509Certificate(readFileSync(certificate));
  const [tbs, algorithm] = partsOf(fromBER(Uint8Array.from(raw)).result);
  const [extensions] = partsOf(partsOf(tbs).at(-1));
  if (tbs === undefined || algorithm === undefined) throw new Error('no certificate');
  const list = partsOf(extensions);
  list.push(list.at(-1)!);
  const signed = Buffer.from(tbs.toBER());
  const signature = sign('sha256', signed, readFileSync(issuer.key));
  const whole = new Sequence({
    value: [
      fromBER(Uint8Array.from(signed)).result,
      algorithm,
      new BitString({ valueHex: Uint8Array.from(signature).buffer }),
    ],
  });
  const file = path.join(temporaryFolder(), 'twin.pem');
  const text = Buffer.from(whole.toBER()).toString('base64');
  writeFileSync(
    file,
    `-----BEGIN CERTIFICATE-----\n${text.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  );
  return { certificate: file, key };
}

/** The list with one bit of its signature changed. */
function damaged(list: string): string {
  const bytes = Buffer.from(list.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  const text = flipped(bytes, bytes.length - 3).toString('base64');
  return `-----BEGIN X509 CRL-----\n${text}\n-----END X509 CRL-----\n`;
}

/** What openssl says of the same bytes. */
function opensslAccepts(raw: Buffer, root: string): boolean {
  const { signature } = parseRaw(raw);
  if (signature.state !== 'signed') return false;
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  writeFileSync(at('sig'), dearmor(signature.parts.signature)!);
  writeFileSync(at('payload'), signature.parts.payload);
  const argv = [
    'cms',
    '-verify',
    '-binary',
    '-inform',
    'DER',
    '-in',
    at('sig'),
    '-content',
    at('payload'),
    '-CAfile',
    root,
    '-purpose',
    'any',
    '-out',
    at('out'),
  ];
  try {
    execFileSync('openssl', argv, { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

onOpenssl('X.509 signatures', () => {
  let root: X509Key;
  beforeAll(() => {
    root = x509Root('Example Root');
  });

  test.each([
    ['ECDSA P-256', EC, []],
    ['ECDSA P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], ['-md', 'sha384']],
    ['RSA', RSA, []],
    ['RSA with SHA-512', RSA, ['-md', 'sha512']],
    ['RSA-PSS', RSA, ['-keyopt', 'rsa_padding_mode:pss']],
    ['without signed attributes', RSA, ['-noattr']],
    ['by key identifier', EC, ['-keyid']],
  ] as const)('%s: valid under its root, and openssl agrees', async (_name, key, options) => {
    const leaf = x509Issue(root, 'Ada', [...LEAF, 'subjectKeyIdentifier=hash'], { key });
    const { raw } = commitWith(cmsSigner(leaf, [], options));
    expect(await signatureOf(raw, await roots(pem(root)))).toEqual({
      state: 'valid',
      kind: 'x509',
      signer: ADA,
      reason: 'not verified: whether its certificate was revoked',
    });
    expect(opensslAccepts(raw, root.certificate)).toBe(true);
    const tampered = Buffer.from(raw.toString('latin1').replace('\n\nSigned', '\n\nsigned'), 'latin1');
    expect((await signatureOf(tampered, await roots(pem(root)))).state).toBe('bad-signature');
    expect(opensslAccepts(tampered, root.certificate)).toBe(false);
  });

  test('without roots the state says what was not verified, and is never valid', async () => {
    const { raw } = commitWith(cmsSigner(x509Issue(root, 'Ada', LEAF)));
    expect(await signatureOf(raw, await roots())).toMatchObject({
      state: 'unknown-key',
      reason: 'it fits its certificate, but who issued that was not verified: no X.509 root is named here',
    });
    const tampered = Buffer.from(raw.toString('latin1').replace('\n\nSigned', '\n\nsigned'), 'latin1');
    expect((await signatureOf(tampered, await roots())).state).toBe('bad-signature');
  });

  test('another root does not do', async () => {
    const { raw } = commitWith(cmsSigner(x509Issue(root, 'Ada', LEAF)));
    const other = x509Root('Other Root');
    expect(await signatureOf(raw, await roots(pem(other)))).toMatchObject({
      state: 'unknown-key',
      reason: 'its certificate leads to no root that is named here',
    });
    const impostor = x509Root('Example Root');
    expect((await signatureOf(raw, await roots(pem(impostor)))).state).toBe('unknown-key');
  });

  test('through an intermediate that comes with the signature, or stands beside the root', async () => {
    const between = x509Issue(root, 'Between', [
      'basicConstraints=critical,CA:TRUE,pathlen:0',
      'keyUsage=critical,keyCertSign,cRLSign',
    ]);
    const leaf = x509Issue(between, 'Ada', LEAF);
    const withChain = commitWith(cmsSigner(leaf, [between.certificate]));
    expect((await signatureOf(withChain.raw, await roots(pem(root)))).state).toBe('valid');
    expect(opensslAccepts(withChain.raw, root.certificate)).toBe(true);
    const alone = commitWith(cmsSigner(leaf));
    expect((await signatureOf(alone.raw, await roots(pem(root)))).state).toBe('unknown-key');
    expect((await signatureOf(alone.raw, await roots(`${pem(between)}${pem(root)}`))).state).toBe('valid');
  });

  test.each<[string, string, string[], string[], RegExp]>([
    [
      'a leaf that issues',
      'unsupported',
      ['basicConstraints=critical,CA:FALSE'],
      LEAF,
      /may not issue certificates/,
    ],
    [
      'an authority without the right to certify',
      'unknown-key',
      ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,digitalSignature'],
      LEAF,
      /leads to no root/,
    ],
    [
      'limited names',
      'unsupported',
      [...AUTHORITY, 'nameConstraints=critical,permitted;email:other.example'],
      LEAF,
      /limits names/,
    ],
    [
      'a leaf for servers',
      'unsupported',
      AUTHORITY,
      ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=serverAuth'],
      /not made for signing e-mail or code/,
    ],
    [
      'a leaf for encryption',
      'unsupported',
      AUTHORITY,
      ['keyUsage=critical,keyEncipherment'],
      /not made for signing/,
    ],
    [
      'an unknown critical extension',
      'unsupported',
      AUTHORITY,
      [...LEAF, '1.2.3.4.5=critical,ASN1:UTF8String:x'],
      /critical extension/,
    ],
  ])('%s is %s', async (_name, state, between, leafExtensions, says) => {
    const issuer = x509Issue(root, 'Between', between);
    const leaf = x509Issue(issuer, 'Ada', leafExtensions);
    const { raw } = commitWith(cmsSigner(leaf, [issuer.certificate]));
    const signature = await signatureOf(raw, await roots(pem(root)));
    expect(signature.state).toBe(state);
    expect(signature.reason).toMatch(says);
  });

  test('an authority farther down than allowed', async () => {
    const first = x509Issue(root, 'First', [
      'basicConstraints=critical,CA:TRUE,pathlen:0',
      'keyUsage=critical,keyCertSign',
    ]);
    const second = x509Issue(first, 'Second', [
      'basicConstraints=critical,CA:TRUE',
      'keyUsage=critical,keyCertSign',
    ]);
    const leaf = x509Issue(second, 'Ada', LEAF);
    const { raw } = commitWith(cmsSigner(leaf, [first.certificate, second.certificate]));
    const signature = await signatureOf(raw, await roots(pem(root)));
    expect(signature).toMatchObject({
      state: 'unsupported',
      reason: expect.stringContaining('at this distance'),
    });
    expect(opensslAccepts(raw, root.certificate)).toBe(false);
  });

  test('certificates signed with SHA-1', async () => {
    const leaf = x509Issue(root, 'Ada', LEAF, { digest: 'sha1' });
    const { raw } = commitWith(cmsSigner(leaf));
    expect((await signatureOf(raw, await roots(pem(root)))).state).toBe('unsupported');
    const sound = x509Issue(root, 'Ada', LEAF, { key: RSA });
    const weak = commitWith(cmsSigner(sound, [], ['-md', 'sha1']));
    expect((await signatureOf(weak.raw, await roots(pem(root)))).state).toBe('unsupported');
  });

  test('expired when it signed, and expired since', async () => {
    // openssl states the time of signing, which is now; without attributes the commit's date counts.
    const old = x509Issue(root, 'Ada', LEAF, { dates: ['20200101000000Z', '20210101000000Z'] });
    expect((await signatureOf(commitWith(cmsSigner(old)).raw, await roots(pem(root)))).state).toBe(
      'expired-key',
    );
    const [in2020, in2022] = [1_590_969_600, 1_654_041_600];
    const then = commitWith(cmsSigner(old, [], ['-noattr']), in2020);
    const signature = await signatureOf(then.raw, await roots(pem(root)));
    expect(signature).toMatchObject({
      state: 'valid',
      reason: expect.stringContaining('the key has expired since'),
    });
    expect((await signatureOf(then.raw, await roots(pem(root)), { expiredKeys: 'now' })).state).toBe(
      'expired-key',
    );
    const late = commitWith(cmsSigner(old, [], ['-noattr']), in2022);
    expect((await signatureOf(late.raw, await roots(pem(root)))).state).toBe('expired-key');
  });

  test('a certificate for one signature, as gitsign has them', async () => {
    const now = Date.now();
    const stamp = (offset: number): string =>
      `${new Date(now + offset * 60_000).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
    const between = x509Issue(root, 'Intermediate', [
      'basicConstraints=critical,CA:TRUE,pathlen:0',
      'keyUsage=critical,keyCertSign',
      'extendedKeyUsage=codeSigning',
    ]);
    const uri = 'https://github.com/acme/deploy/.github/workflows/release.yml@refs/heads/main';
    const leaf = x509Issue(between, 'x', [`subjectAltName=critical,URI:${uri}`, ...CODE], {
      dates: [stamp(-5), stamp(5)],
    });
    const { raw } = commitWith(cmsSigner(leaf, [between.certificate]));
    expect(await signatureOf(raw, await roots(pem(root)))).toEqual({
      state: 'valid',
      kind: 'x509',
      signer: uri,
      reason: 'not verified: when it was signed, for which a transparency log would have to be asked',
    });
    const later = new Date(now + 86_400_000);
    expect((await signatureOf(raw, await roots(pem(root)), {}, later)).state).toBe('valid');
    // Who asks for keys that are good now asks it of these too.
    expect((await signatureOf(raw, await roots(pem(root)), { expiredKeys: 'now' }, later)).state).toBe(
      'expired-key',
    );
  });

  test('revocation lists beside the root', async () => {
    const leaf = x509Issue(root, 'Ada', LEAF);
    const other = x509Issue(root, 'Eve', LEAF);
    const { raw } = commitWith(cmsSigner(leaf));
    const ring = await roots(pem(root), x509Revoke(root, [leaf]));
    expect(ring.problems).toEqual([]);
    expect((await signatureOf(raw, ring)).state).toBe('revoked-key');
    expect(await signatureOf(raw, await roots(pem(root), x509Revoke(root, [other])))).toMatchObject({
      state: 'valid',
      reason: null,
    });
  });

  test.each<[string, readonly string[], string, readonly string[]]>([
    ['Ed25519', ED25519, 'default', []],
    ['Ed448', ED448, 'default', []],
    ['ECDSA', EC, 'sha384', []],
    ['RSA', RSA, 'sha512', []],
    ['RSA-PSS', RSA, 'sha256', ['-sigopt', 'rsa_padding_mode:pss']],
    ['an RSA-PSS key', RSA_PSS, 'sha256', []],
  ])('the list of an authority with %s counts', async (_name, key, digest, options) => {
    const own = x509Issue(null, 'Own Root', ROOT, { key, digest });
    const leaf = x509Issue(own, 'Ada', LEAF, { digest });
    const other = x509Issue(own, 'Eve', LEAF, { digest });
    const { raw } = commitWith(cmsSigner(leaf));
    const with_ = (revoked: X509Key): ReturnType<typeof roots> =>
      roots(pem(own), x509Revoke(own, [revoked], { digest, options }));
    expect((await with_(leaf)).problems).toEqual([]);
    expect((await signatureOf(raw, await with_(leaf))).state).toBe('revoked-key');
    expect(await signatureOf(raw, await with_(other))).toMatchObject({ state: 'valid', reason: null });
  });

  test('a list that cannot be verified is a problem, and nothing below its authority counts', async () => {
    const leaf = x509Issue(root, 'Ada', LEAF);
    const { raw } = commitWith(cmsSigner(leaf));
    const impostor = x509Root('Example Root');
    const good = x509Revoke(root, []);
    const lists: [string, string][] = [
      ['of somebody else', x509Revoke(impostor, [])],
      ['with SHA-1', x509Revoke(root, [], { digest: 'sha1' })],
      ['damaged', damaged(good)],
    ];
    for (const [name, list] of lists) {
      const ring = await roots(`${pem(root)}${list}`);
      expect([name, ring.problems]).toEqual([
        name,
        [
          {
            path: '.github/x509-roots/0.pem',
            line: pem(root).split('\n').length,
            message: expect.stringContaining('no authority of its name here has signed'),
          },
        ],
      ]);
      expect([name, await signatureOf(raw, ring)]).toEqual([
        name,
        expect.objectContaining({
          state: 'unsupported',
          reason: 'the revocation list of its authority cannot be verified',
        }),
      ]);
    }
    // An authority that renewed its key has two lists in one name, and each is about its own certificates.
    const both = await roots(pem(root), pem(impostor), x509Revoke(impostor, [leaf]), good);
    expect(both.problems).toEqual([]);
    expect(await signatureOf(raw, both)).toMatchObject({ state: 'valid', reason: null });
  });

  test('the list of an authority that comes with the signature', async () => {
    const between = x509Issue(root, 'Between', AUTHORITY, { key: ED25519 });
    const leaf = x509Issue(between, 'Ada', LEAF, { digest: 'default' });
    const { raw } = commitWith(cmsSigner(leaf, [between.certificate]));
    const ring = await roots(pem(root), x509Revoke(between, [leaf], { digest: 'default' }));
    expect(ring.problems).toEqual([]);
    expect((await signatureOf(raw, ring)).state).toBe('revoked-key');
    const list = damaged(x509Revoke(between, [], { digest: 'default' }));
    expect((await signatureOf(raw, await roots(pem(root), list))).state).toBe('unsupported');
  });

  test('a list that is out of date, or about a part only, says nothing about what it does not list', async () => {
    const leaf = x509Issue(root, 'Ada', LEAF);
    const other = x509Issue(root, 'Eve', LEAF);
    const { raw } = commitWith(cmsSigner(leaf));
    const limits = [
      { dates: ['20240101000000Z', '20250101000000Z'] as const },
      { extensions: ['issuingDistributionPoint=critical,@p', '[p]', 'onlyCA=TRUE'] },
    ];
    for (const limit of limits) {
      expect(await signatureOf(raw, await roots(pem(root), x509Revoke(root, [other], limit)))).toMatchObject({
        state: 'valid',
        reason: 'not verified: whether its certificate was revoked',
      });
      const listed = await roots(pem(root), x509Revoke(root, [leaf], limit));
      expect((await signatureOf(raw, listed)).state).toBe('revoked-key');
    }
  });

  test('a certificate of the future is not valid yet, whatever date its owner writes', async () => {
    const year = new Date().getUTCFullYear() + 2;
    const leaf = x509Issue(root, 'Ada', LEAF, {
      dates: [`${String(year)}0101000000Z`, `${String(year + 1)}0101000000Z`],
    });
    const then = Date.UTC(year, 6, 1) / 1000;
    const forged = commitWith(cmsSigner(leaf, [], ['-noattr']), then);
    expect(await signatureOf(forged.raw, await roots(pem(root)))).toMatchObject({
      state: 'unknown-key',
      reason: 'its certificate, or one above it, was not valid yet when it signed',
    });
    // When the time has come, it counts.
    const later = new Date((then + 1) * 1000);
    expect((await signatureOf(forged.raw, await roots(pem(root)), {}, later)).state).toBe('valid');
  });

  test('an authority that is for servers only makes nobody a signer', async () => {
    const cases: [string, string[], string][] = [
      ['serverAuth', LEAF, 'unsupported'],
      // Each is for something that would do, and there is nothing for which both are.
      ['codeSigning', LEAF, 'unsupported'],
      ['codeSigning', CODE, 'valid'],
      ['serverAuth,emailProtection', LEAF, 'valid'],
      ['anyExtendedKeyUsage', LEAF, 'valid'],
    ];
    for (const [usage, extensions, state] of cases) {
      const between = x509Issue(root, 'Between', [...AUTHORITY, `extendedKeyUsage=${usage}`]);
      const leaf = x509Issue(between, 'Ada', extensions);
      const { raw } = commitWith(cmsSigner(leaf, [between.certificate]));
      const signature = await signatureOf(raw, await roots(pem(root)));
      expect([usage, extensions.at(-1), signature.state]).toEqual([usage, extensions.at(-1), state]);
    }
  });

  test('a name that is a URI is no address', async () => {
    const uri = `https://ci.example.net/eve/x@example.com`;
    const leaf = x509Issue(root, 'Eve', [`subjectAltName=URI:${uri},email:eve@example.net`, ...CODE]);
    const fixture = createGitFixture();
    fixture.git(['config', 'user.name', 'Eve']);
    fixture.commit({ a: '1' }, 'Signed', { sign: cmsSigner(leaf) });
    const raw = rawCommit(fixture);
    const as = (signer: string): Partial<SignaturePolicy> => ({
      require: 'allowed-signer',
      signers: [[signer]],
    });
    const ring = await roots(pem(root));
    expect((await signatureOf(raw, ring, as('*@example.com'))).state).toBe('signer-not-allowed');
    expect((await signatureOf(raw, ring, as(`principal:${uri}`))).state).toBe('valid');
    expect((await signatureOf(raw, ring, as('*@example.net'))).state).toBe('valid');
    const verification = await verifyRaw(raw, ring);
    expect(verification.state === 'attested' && verification.speaksFor(uri)).toBe(false);
  });

  test('a certificate that has an extension twice', async () => {
    const leaf = withTwin(x509Issue(root, 'Ada', LEAF), root);
    const { raw } = commitWith(cmsSigner(leaf));
    expect(await signatureOf(raw, await roots(pem(root)))).toMatchObject({
      state: 'unsupported',
      reason: 'its certificate has an extension twice',
    });
  });

  test.each([
    ['a key usage that is none', '2.5.29.15=DER:0400'],
    ['a key usage that is cut off', '2.5.29.15=DER:0304'],
    ['purposes that are none', '2.5.29.37=DER:0400'],
    ['purposes that are cut off', '2.5.29.37=DER:3005'],
  ])('%s limits what a certificate is for, wherever it stands', async (_name, extension) => {
    const [kept] = LEAF;
    const leaf = x509Issue(root, 'Ada', [kept!, extension]);
    const between = x509Issue(root, 'Between', [AUTHORITY[0]!, extension]);
    const below = x509Issue(between, 'Ada', LEAF);
    const keyring = await roots(pem(root));
    expect(await signatureOf(commitWith(cmsSigner(leaf)).raw, keyring)).toMatchObject({
      state: 'unsupported',
      reason: 'its certificate has an extension that cannot be read',
    });
    const { raw } = commitWith(cmsSigner(below, [between.certificate]));
    expect((await signatureOf(raw, keyring)).state).toBe('unknown-key');
  });

  test('attributes of another form than they have', async () => {
    const { raw } = commitWith(cmsSigner(x509Issue(root, 'Ada', LEAF)));
    const { signature } = parseRaw(raw);
    if (signature.state !== 'signed') throw new Error('unsigned');
    const bytes = dearmor(signature.parts.signature)!;
    const type = Buffer.from('06092a864886f70d010903', 'hex');
    const at = bytes.indexOf(type) + type.length;
    expect(bytes.subarray(at, at + 4).toString('hex')).toBe('310b0609');
    // Another type, no value, a value beside the set.
    for (const instead of [
      '300b0609',
      '040b0609',
      '310b0409',
      '31000409',
      '04000409',
      '05000409',
      '06000409',
    ]) {
      const changed = Buffer.from(bytes);
      changed.set(Buffer.from(instead, 'hex'), at);
      const armor = `-----BEGIN SIGNED MESSAGE-----\n${changed.toString('base64')}\n-----END SIGNED MESSAGE-----`;
      const forged = raw
        .toString('latin1')
        .replace(/gpgsig [^]*?\n(?! )/, `gpgsig ${armor.split('\n').join('\n ')}\n`);
      const { state } = await signatureOf(Buffer.from(forged, 'latin1'), await roots(pem(root)));
      expect([instead, /^(?:malformed|bad-signature)$/.test(state)]).toEqual([instead, true]);
    }
  });

  test('a content of its own, or two signers, are refused', async () => {
    const leaf = x509Issue(root, 'Ada', LEAF);
    const embedding = script(
      `openssl cms -sign -binary -nodetach -signer ${leaf.certificate} -inkey ${leaf.key} -outform PEM | sed '/^-----/s/CMS/SIGNED MESSAGE/'\nprintf '\\n[GNUPG:] SIG_CREATED D\\n' >&2`,
    );
    const own = commitWith({ format: 'x509', file: 'x', program: embedding });
    expect((await signatureOf(own.raw, await roots(pem(root)))).state).toBe('malformed');
    const second = x509Issue(root, 'Eve', LEAF);
    const both = commitWith(cmsSigner(leaf, [], ['-signer', second.certificate, '-inkey', second.key]));
    expect(await signatureOf(both.raw, await roots(pem(root)))).toMatchObject({
      state: 'malformed',
      reason: 'it carries more than one signature',
    });
  });

  test('no bit of the signature can be changed, and no cut is read', async () => {
    const leaf = x509Issue(root, 'Ada', LEAF);
    const { raw } = commitWith(cmsSigner(leaf));
    const { signature } = parseRaw(raw);
    if (signature.state !== 'signed') throw new Error('unsigned');
    const bytes = dearmor(signature.parts.signature)!;
    const keyring = await roots(pem(root));
    const withBytes = (changed: Buffer): Buffer => {
      const armor = `-----BEGIN SIGNED MESSAGE-----\n${changed.toString('base64')}\n-----END SIGNED MESSAGE-----`;
      return Buffer.from(
        raw.toString('latin1').replace(/gpgsig [^]*?\n(?! )/, `gpgsig ${armor.split('\n').join('\n ')}\n`),
        'latin1',
      );
    };
    expect((await signatureOf(withBytes(Buffer.from(bytes)), keyring)).state).toBe('valid');
    const accepted: number[] = [];
    // Every byte of what the signer adds, and a sample of the certificate.
    const info = bytes.length - 300;
    for (let at = 0; at < bytes.length; at += at < info ? 7 : 2) {
      if ((await signatureOf(withBytes(flipped(bytes, at, at % 8)), keyring)).state === 'valid')
        accepted.push(at);
    }
    // The version numbers and the list of digests in front are not signed, and say nothing that is used.
    expect(accepted.filter((at) => at > 60)).toEqual([]);
    for (let length = 0; length < bytes.length; length += 97) {
      expect((await signatureOf(withBytes(Buffer.from(bytes.subarray(0, length))), keyring)).state).toBe(
        'malformed',
      );
    }
    expect((await signatureOf(withBytes(Buffer.concat([bytes, Buffer.from([0])])), keyring)).state).toBe(
      'malformed',
    );
  });
});

const onGpgsm = hasProgram('gpgsm') ? test : test.skip;

onGpgsm('gpgsm itself makes the signature, and git with gpgsm agrees', async () => {
  const home = mkdtempSync('/tmp/gw-');
  chmodSync(home, 0o700);
  const env = { PATH: process.env['PATH'], HOME: home, GNUPGHOME: home, LC_ALL: 'C' };
  try {
    const root = x509Root('Example Root', RSA);
    const leaf = x509Issue(root, 'Ada', LEAF, { key: RSA });
    const bundle = path.join(temporaryFolder(), 'ada.p12');
    const exportBundle = (): void => {
      execFileSync('openssl', [
        'pkcs12',
        '-export',
        '-in',
        leaf.certificate,
        '-inkey',
        leaf.key,
        '-certfile',
        root.certificate,
        '-passout',
        'pass:x',
        '-certpbe',
        'PBE-SHA1-3DES',
        '-keypbe',
        'PBE-SHA1-3DES',
        '-macalg',
        'sha1',
        '-out',
        bundle,
      ]);
    };
    writeFileSync(path.join(home, 'gpg-agent.conf'), 'allow-loopback-pinentry\n');
    const fingerprint = execFileSync('openssl', [
      'x509',
      '-in',
      root.certificate,
      '-noout',
      '-fingerprint',
      '-sha1',
    ])
      .toString()
      .split('=')[1]!
      .trim();
    writeFileSync(path.join(home, 'trustlist.txt'), `${fingerprint} S relax\n`);
    const gpgsm = [
      '--batch',
      '--quiet',
      '--disable-crl-checks',
      '--pinentry-mode',
      'loopback',
      '--passphrase-fd',
      '0',
    ];
    // Some releases of gpgsm take one bundle and not the next, which only differs in its salt.
    for (let tries = 0; ; tries += 1) {
      exportBundle();
      try {
        execFileSync('gpgsm', [...gpgsm, '--import', bundle], { env, input: 'x\n', stdio: 'pipe' });
        break;
      } catch (error) {
        if (tries === 9) throw error;
      }
    }
    const program = script(`GNUPGHOME=${home} exec gpgsm --quiet --disable-crl-checks "$@"`);
    // An import with a passphrase keeps it; the agent is told to remember it.
    execFileSync(
      'gpgsm',
      [...gpgsm, '--local-user', 'Ada', '--detach-sign', '--output', '/dev/null', bundle],
      { env, input: 'x\n', stdio: 'pipe' },
    );
    const { fixture, raw } = commitWith({ format: 'x509', file: 'Ada', program });
    expect(await signatureOf(raw, await roots(pem(root)))).toMatchObject({ state: 'valid', signer: ADA });
    expect(gitAccepts(fixture, { 'gpg.x509.program': program })).toBe(true);
  } finally {
    execFileSync('gpgconf', ['--kill', 'all'], { env });
    rmSync(home, { recursive: true, force: true });
  }
});
