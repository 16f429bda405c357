import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { UnknownKindError, WireError, WireReader, wireString } from './ssh-wire.ts';

/** A key that can sign, as SSH has it. */
export interface SshKey {
  /** Without the suffix of a certificate. */
  readonly type: string;
  /** As SSH writes the bare key. */
  readonly blob: Buffer;
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  readonly fingerprint: string;
  /** Lies in a security key (FIDO). */
  readonly inHardware: boolean;
  readonly verifier: Verifier;
}

/** A certificate: a key for which a certificate authority vouches. */
export interface SshCertificate {
  readonly authority: SshKey;
  readonly isForUsers: boolean;
  readonly serial: bigint;
  readonly keyId: string;
  readonly principals: readonly string[];
  /** Seconds since the epoch; the end is exclusive. */
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly criticalOptions: readonly string[];
  /** Whether the authority's signature fits. */
  readonly isAuthentic: boolean;
}

export interface SshPublicKey {
  readonly key: SshKey;
  readonly certificate: SshCertificate | null;
}

export interface SshSignatureBlob {
  readonly algorithm: string;
  readonly value: Buffer;
  /** What a security key adds: flags, then a counter. */
  readonly suffix: Buffer;
}

export type Verifier = (signature: SshSignatureBlob, data: Uint8Array) => 'fits' | 'differs' | 'unsupported';

const CERTIFICATE = '-cert-v01@openssh.com';
const CURVES: Readonly<
  Record<string, { readonly jwk: string; readonly hash: string; readonly bytes: number }>
> = {
  nistp256: { jwk: 'P-256', hash: 'sha256', bytes: 32 },
  nistp384: { jwk: 'P-384', hash: 'sha384', bytes: 48 },
  nistp521: { jwk: 'P-521', hash: 'sha512', bytes: 66 },
};
const RSA_HASHES: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };
const MIN_RSA_BITS = 2048;
/** A larger modulus or exponent only costs time. */
const MAX_RSA_BITS = 16_384;
const MAX_EXPONENT_BYTES = 8;
const MAX_PRINCIPALS = 256;

/**
 * Reads a public key or a certificate.
 *
 * @throws {WireError} when it is broken, or of a kind that is not known
 */
export function readSshPublicKey(blob: Uint8Array): SshPublicKey {
  const reader = new WireReader(blob);
  const name = reader.text();
  if (!name.endsWith(CERTIFICATE)) {
    const key = readKeyBody(reader, name);
    reader.end();
    return { key, certificate: null };
  }
  const plain = name.slice(0, -CERTIFICATE.length);
  const type = plain.startsWith('sk-') ? `${plain}@openssh.com` : plain;
  reader.string();
  const key = readKeyBody(reader, type);
  const certificate = readCertificate(reader, blob);
  reader.end();
  return { key, certificate };
}

function readCertificate(reader: WireReader, blob: Uint8Array): SshCertificate {
  const serial = reader.uint64();
  const role = reader.uint32();
  const keyId = reader.string().toString('utf8');
  const principals = readStrings(reader.string());
  const validAfter = reader.uint64();
  const validBefore = reader.uint64();
  const criticalOptions = readOptionNames(reader.string());
  readOptionNames(reader.string());
  reader.string();
  const authority = readSshPublicKey(reader.string());
  if (authority.certificate !== null) throw new WireError('certificate signed by a certificate');
  const signed = blob.subarray(0, reader.position);
  const signature = readSignatureBlob(reader.string());
  return {
    authority: authority.key,
    isForUsers: role === 1,
    serial,
    keyId,
    principals,
    validAfter,
    validBefore,
    criticalOptions,
    isAuthentic: authority.key.verifier(signature, signed) === 'fits',
  };
}

function readStrings(bytes: Buffer): string[] {
  const reader = new WireReader(bytes);
  const strings: string[] = [];
  while (!reader.atEnd) {
    if (strings.length === MAX_PRINCIPALS) throw new WireError('too many principals');
    strings.push(reader.string().toString('utf8'));
  }
  return strings;
}

function readOptionNames(bytes: Buffer): string[] {
  const reader = new WireReader(bytes);
  const names: string[] = [];
  while (!reader.atEnd) {
    names.push(reader.text());
    reader.string();
  }
  return names;
}

/** @throws {WireError} when it is cut off or has bytes to spare */
export function readSignatureBlob(bytes: Uint8Array): SshSignatureBlob {
  const reader = new WireReader(bytes);
  const algorithm = reader.text();
  // Browsers wrap what a security key signs.
  if (algorithm.startsWith('webauthn-')) throw new UnknownKindError('made in a browser');
  const value = reader.string();
  const suffix = algorithm.startsWith('sk-') ? reader.bytes(5) : Buffer.alloc(0);
  reader.end();
  return { algorithm, value, suffix };
}

function readKeyBody(reader: WireReader, type: string): SshKey {
  const { parts, verifier } = readParameters(reader, type);
  const blob = Buffer.concat([wireString(type), ...parts.map(wireString)]);
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { type, blob, fingerprint: `SHA256:${digest}`, inHardware: type.startsWith('sk-'), verifier };
}

function readParameters(reader: WireReader, type: string): { parts: Buffer[]; verifier: Verifier } {
  switch (type) {
    case 'ssh-ed25519': {
      const point = readPoint(reader, 32);
      return { parts: [point], verifier: ed25519Verifier(type, point) };
    }
    case 'sk-ssh-ed25519@openssh.com': {
      const point = readPoint(reader, 32);
      const application = reader.string();
      return { parts: [point, application], verifier: hardware(application, ed25519Verifier(type, point)) };
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521': {
      const { parts, verifier } = readEcdsa(reader, type, type.slice('ecdsa-sha2-'.length));
      return { parts, verifier };
    }
    case 'sk-ecdsa-sha2-nistp256@openssh.com': {
      const { parts, verifier } = readEcdsa(reader, type, 'nistp256');
      const application = reader.string();
      return { parts: [...parts, application], verifier: hardware(application, verifier) };
    }
    case 'ssh-rsa':
      return readRsa(reader);
    default:
      throw new UnknownKindError('unknown kind of key');
  }
}

function readPoint(reader: WireReader, length: number): Buffer {
  const point = reader.string();
  if (point.length !== length) throw new WireError('bad point');
  return point;
}

function ed25519Verifier(algorithm: string, point: Buffer): Verifier {
  const key = lazyKey({ kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') });
  return (signature, data) => {
    if (signature.algorithm !== algorithm) return 'unsupported';
    return signature.value.length === 64 && verify(null, data, key(), signature.value) ? 'fits' : 'differs';
  };
}

function readEcdsa(
  reader: WireReader,
  algorithm: string,
  curveName: string,
): { parts: Buffer[]; verifier: Verifier } {
  const curve = CURVES[curveName];
  const named = reader.string();
  if (curve === undefined || named.toString('latin1') !== curveName) throw new WireError('other curve');
  const point = readPoint(reader, 1 + 2 * curve.bytes);
  if (point[0] !== 4) throw new WireError('bad point');
  const key = lazyKey({
    kty: 'EC',
    crv: curve.jwk,
    x: point.subarray(1, 1 + curve.bytes).toString('base64url'),
    y: point.subarray(1 + curve.bytes).toString('base64url'),
  });
  const verifier: Verifier = (signature, data) => {
    if (signature.algorithm !== algorithm) return 'unsupported';
    const value = fixedLength(signature.value, curve.bytes);
    if (value === null) return 'differs';
    const fits = verify(curve.hash, data, { key: key(), dsaEncoding: 'ieee-p1363' }, value);
    return fits ? 'fits' : 'differs';
  };
  return { parts: [named, point], verifier };
}

/** Two numbers as SSH writes them, as two numbers of one length; null when they are not that. */
function fixedLength(value: Buffer, bytes: number): Buffer | null {
  try {
    const reader = new WireReader(value);
    const numbers = [reader.mpint(), reader.mpint()];
    reader.end();
    if (numbers.some((number) => number.length > bytes)) return null;
    return Buffer.concat(
      numbers.map((number) => Buffer.concat([Buffer.alloc(bytes - number.length), number])),
    );
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}

function readRsa(reader: WireReader): { parts: Buffer[]; verifier: Verifier } {
  const exponent = reader.string();
  const modulus = reader.string();
  const [e, n] = [new WireReader(wireString(exponent)).mpint(), new WireReader(wireString(modulus)).mpint()];
  const bits = n.length === 0 ? 0 : n.length * 8 - Math.clz32(n[0] ?? 0) + 24;
  const usable = bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS && e.length <= MAX_EXPONENT_BYTES;
  const key = lazyKey({ kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') });
  const verifier: Verifier = ({ algorithm, value }, data) => {
    const hash = RSA_HASHES[algorithm];
    if (hash === undefined || !usable) return 'unsupported';
    // A leading zero may be left out when the signature is written.
    if (value.length > n.length) return 'differs';
    const padded = Buffer.concat([Buffer.alloc(n.length - value.length), value]);
    return verify(hash, data, key(), padded) ? 'fits' : 'differs';
  };
  return { parts: [exponent, modulus], verifier };
}

/** A security key signs a digest of the data beside its application, flags and counter. */
function hardware(application: Buffer, inner: Verifier): Verifier {
  const prefix = createHash('sha256').update(application).digest();
  return (signature, data) => {
    const digest = createHash('sha256').update(data).digest();
    return inner(signature, Buffer.concat([prefix, signature.suffix, digest]));
  };
}

function lazyKey(jwk: Record<string, string>): () => KeyObject {
  let key: KeyObject | null = null;
  return () => {
    try {
      return (key ??= createPublicKey({ key: jwk, format: 'jwk' }));
    } catch {
      throw new WireError('not a point of the curve');
    }
  };
}
