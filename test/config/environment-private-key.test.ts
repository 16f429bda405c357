import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { DER, GOOD, KEY, PKCS1, PKCS8, PUBLIC_KEY, read } from './environment-fixture.ts';

const byValue = (key: string) => read({ ...GOOD, PRIVATE_KEY: key });
const byFile = (content: string | Buffer) =>
  read({ ...GOOD, PRIVATE_KEY: '', PRIVATE_KEY_FILE: '/key' }, { '/key': content });

const base64 = (content: string | Buffer): string => Buffer.from(content).toString('base64');
const wrapped = (text: string): string => text.replace(/.{1,64}/g, '$&\n');
const urlSafe = (content: string | Buffer): string => Buffer.from(content).toString('base64url');
const oneLine = (text: string): string => text.trim().replaceAll('\n', ' ');
const indented = (text: string): string => text.replace(/^/gm, '    ');

const ENCODINGS: readonly (readonly [string, string])[] = [
  ['PKCS #1', PKCS1],
  ['PKCS #8', PKCS8],
  ['PEM with line ends written out', PKCS1.replaceAll('\n', '\\n')],
  ['PEM with line ends written out twice', PKCS1.replaceAll('\n', '\\\\n')],
  ['PEM with the line ends of Windows', PKCS1.replaceAll('\n', '\r\n')],
  ['PEM with the line ends of Windows written out', PKCS8.replaceAll('\n', '\\r\\n')],
  ['PEM with the line ends of old Macs', PKCS8.replaceAll('\n', '\r')],
  ['PEM without its last line end', PKCS1.trim()],
  ['PEM whose line ends became spaces', oneLine(PKCS1)],
  ['PEM that is indented', indented(PKCS8)],
  ['PEM within quotes', `"${PKCS1.replaceAll('\n', '\\n')}"`],
  ['PEM within single quotes', ` '${PKCS8}' `],
  ['PEM with white space around', `\n  ${PKCS1}\n`],
  ['PEM with a comment before it', `The key of the App\n${PKCS1}`],
  ['PEM after a certificate', `${rootCertificates[0] ?? ''}\n${PKCS8}`],
  ['PEM in base64', base64(PKCS1)],
  ['PEM in base64 over many lines', wrapped(base64(PKCS8))],
  ['PEM in base64 with line ends written out', wrapped(base64(PKCS8)).replaceAll('\n', '\\n')],
  ['PEM in base64 within quotes', `"${base64(PKCS8)}"`],
  ['PEM in URL-safe base64', urlSafe(PKCS1)],
  ['PEM of Windows in base64', base64(PKCS8.replaceAll('\n', '\r\n'))],
  ['the body of the PEM', base64(DER)],
  ['the body of the PEM over many lines', wrapped(base64(DER))],
  ['the body of the PEM in URL-safe base64', urlSafe(KEY.export({ type: 'pkcs8', format: 'der' }))],
];

describe('an RSA key is read as', () => {
  test.each(ENCODINGS)('%s', (_name, key) => {
    expect(byValue(key)).toMatchObject({ settings: { privateKey: PKCS8 }, problems: [] });
    expect(byFile(key)).toMatchObject({ settings: { privateKey: PKCS8 }, problems: [] });
  });

  test.each([
    ['PKCS #1', DER],
    ['PKCS #8', KEY.export({ type: 'pkcs8', format: 'der' })],
    ['PKCS #1 with a line end after it', Buffer.concat([DER, Buffer.from('\r\n')])],
  ])('a DER file in %s', (_name, key) => {
    expect(byFile(key)).toMatchObject({ settings: { privateKey: PKCS8 }, problems: [] });
  });

  test('UTF-8 with a byte order mark', () => {
    expect(byFile(`\uFEFF${PKCS1}`).settings?.privateKey).toBe(PKCS8);
  });
});

const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const edwards = generateKeyPairSync('ed25519').privateKey;
const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const locked = { cipher: 'aes-256-cbc', passphrase: 'passphrase' } as const;
const [certificate = ''] = rootCertificates;
const sshBody = base64(`openssh-key-v1\0${'x'.repeat(100)}`);
const armoured = (label: string, body: string) =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
const body = (pem: string) => pem.replace(/-----.*-----/g, '').trim();

describe('another thing than an RSA key is refused by what it is:', () => {
  test.each([
    [
      'an encrypted PKCS #8 key',
      KEY.export({ type: 'pkcs8', format: 'pem', ...locked }),
      'encrypted with a passphrase',
    ],
    [
      'an encrypted PKCS #1 key',
      KEY.export({ type: 'pkcs1', format: 'pem', ...locked }),
      'encrypted with a passphrase',
    ],
    [
      'an encrypted DER key',
      KEY.export({ type: 'pkcs8', format: 'der', ...locked }),
      'encrypted with a passphrase',
    ],
    ['a public key', PUBLIC_KEY.export({ type: 'spki', format: 'pem' }), 'holds a public key'],
    ['an RSA public key', PUBLIC_KEY.export({ type: 'pkcs1', format: 'pem' }), 'holds a public key'],
    ['a DER public key', PUBLIC_KEY.export({ type: 'spki', format: 'der' }), 'holds a public key'],
    ['a DER RSA public key', PUBLIC_KEY.export({ type: 'pkcs1', format: 'der' }), 'holds a public key'],
    ['an SSH public key', `ssh-rsa ${sshBody} someone@example.com`, 'holds a public key'],
    ['a certificate', certificate, 'holds a certificate'],
    ['the body of a certificate', body(certificate), 'holds a certificate'],
    ['an EC key', elliptic.export({ type: 'sec1', format: 'pem' }), 'holds an elliptic-curve (EC) key'],
    [
      'an EC key in PKCS #8',
      elliptic.export({ type: 'pkcs8', format: 'pem' }),
      'holds an elliptic-curve (EC) key',
    ],
    [
      'an EC key in DER',
      elliptic.export({ type: 'sec1', format: 'der' }),
      'holds an elliptic-curve (EC) key',
    ],
    ['an Ed25519 key', edwards.export({ type: 'pkcs8', format: 'pem' }), 'holds a key of type ed25519'],
    ['an SSH key', armoured('OPENSSH PRIVATE KEY', sshBody), "holds an SSH key in OpenSSH's format"],
    ['the body of an SSH key', sshBody, "holds an SSH key in OpenSSH's format"],
    [
      'a small RSA key',
      small.export({ type: 'pkcs1', format: 'pem' }),
      'RSA key of 1024 bits: at least 2048',
    ],
    ['a PEM without an end', PKCS1.slice(0, 700), 'the beginning of a PEM but not its end'],
    ['the first line of a PEM', PKCS1.split('\n')[0] ?? '', 'the beginning of a PEM but not its end'],
    ['a PEM with lines missing', PKCS1.split('\n').toSpliced(5, 3).join('\n'), 'damaged'],
    ['a PEM with other signs', PKCS1.replace(/^MII/m, '***'), 'damaged'],
    ['an empty PEM', armoured('PRIVATE KEY', ''), 'damaged'],
    ['a PGP key', armoured('PGP PUBLIC KEY BLOCK', 'x'), 'does not hold a private key'],
    ['some words', 'these are some words', 'does not hold a private key'],
    ['a hexadecimal secret', 'a1'.repeat(32), 'does not hold a private key'],
    ['binary data', Buffer.from([0xff, 0xfe, 0, 1]), 'does not hold a private key'],
  ] as const)('%s', (_name, content, expected) => {
    const results = typeof content === 'string' ? [byValue(content), byFile(content)] : [byFile(content)];
    const inBase64 =
      typeof content !== 'string' || content.includes('-----') ? [byValue(base64(content))] : [];
    for (const { settings, problems } of [...results, ...inBase64]) {
      expect(settings).toBeNull();
      expect(problems).toEqual([expect.stringContaining(expected)]);
      expect(problems.join()).toMatch(/^(?:PRIVATE_KEY|The file that PRIVATE_KEY_FILE names) /);
    }
  });
});

test('a key whose numbers do not belong together is refused as damaged', () => {
  const jwk = KEY.export({ format: 'jwk' });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const mixed = createPrivateKey({ key: { ...jwk, n: other.n ?? '' }, format: 'jwk' });
  const pem = mixed.export({ type: 'pkcs1', format: 'pem' }).toString();
  expect(byValue(pem).problems).toEqual([expect.stringContaining('damaged')]);
});

test('no content throws, and none but the key is taken for it', () => {
  const cut = fc
    .tuple(fc.nat(DER.length - 1), fc.nat(255))
    .map(([length, filler]) => Buffer.concat([DER.subarray(0, length), Buffer.alloc(3, filler)]));
  const content = fc.oneof(
    cut,
    cut.map((bytes) => Buffer.from(base64(bytes))),
    fc.nat(PKCS1.length - 30).map((length) => Buffer.from(PKCS1.slice(0, length))),
    fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(content, (bytes) => {
      const { settings, problems } = byFile(bytes);
      expect(settings).toBeNull();
      expect(problems).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
});
