import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { wireString } from '../../../src/signatures/ssh-wire.ts';

export function armored(bytes: Uint8Array): Buffer {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,70}/g) ?? [];
  return Buffer.from(`-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`);
}

export interface SkParts {
  readonly keyType: string;
  readonly keyFields: readonly Buffer[];
  readonly sign: (data: Buffer) => Buffer;
}

const APPLICATION = 'ssh:';

/** A security key made of software: what it signs is what the hardware would. */
export function securityKey(type: 'ed25519' | 'ecdsa'): SkParts {
  if (type === 'ed25519') {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const x = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url');
    return {
      keyType: 'sk-ssh-ed25519@openssh.com',
      keyFields: [x, Buffer.from(APPLICATION)],
      sign: (data) => sign(null, data, privateKey),
    };
  }
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
  return {
    keyType: 'sk-ecdsa-sha2-nistp256@openssh.com',
    keyFields: [Buffer.from('nistp256'), point, Buffer.from(APPLICATION)],
    sign: (data) => ecdsaBlob(data, privateKey),
  };
}

function ecdsaBlob(data: Buffer, key: KeyObject): Buffer {
  const raw = sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
  const mpint = (bytes: Buffer): Buffer => {
    let start = 0;
    while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
    const short = bytes.subarray(start);
    return wireString(short[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short);
  };
  return Buffer.concat([mpint(raw.subarray(0, 32)), mpint(raw.subarray(32))]);
}

export function sskSign(
  key: SkParts,
  payload: Buffer,
  flags: number,
  namespace = 'git',
): { blob: Buffer; armor: Buffer } {
  const blob = Buffer.concat([wireString(key.keyType), ...key.keyFields.map(wireString)]);
  const digest = createHash('sha512').update(payload).digest();
  const signed = Buffer.concat([
    Buffer.from('SSHSIG'),
    ...[namespace, '', 'sha512'].map((text) => wireString(text)),
    wireString(digest),
  ]);
  const suffix = Buffer.from([flags, 0, 0, 0, 7]);
  const value = key.sign(
    Buffer.concat([
      createHash('sha256').update(APPLICATION).digest(),
      suffix,
      createHash('sha256').update(signed).digest(),
    ]),
  );
  const signature = Buffer.concat([wireString(key.keyType), wireString(value), suffix]);
  const outer = Buffer.concat([
    Buffer.from('SSHSIG'),
    Buffer.from([0, 0, 0, 1]),
    wireString(blob),
    ...[namespace, '', 'sha512'].map((text) => wireString(text)),
    wireString(signature),
  ]);
  return { blob, armor: armored(outer) };
}

/** A commit that carries a signature. */
export function signedCommit(unsigned: string, armor: Buffer): Buffer {
  const header = `gpgsig ${armor.toString().trimEnd().split('\n').join('\n ')}\n`;
  const at = unsigned.indexOf('\n\n') + 1;
  return Buffer.from(unsigned.slice(0, at) + header + unsigned.slice(at));
}

export const UNSIGNED = `tree ${'a'.repeat(40)}\nauthor A <ada@example.com> 1700000000 +0000\ncommitter A <ada@example.com> 1700000000 +0000\n\nSubject\n`;
