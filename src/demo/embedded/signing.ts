import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

const MAGIC = 'SSHSIG';
const NAMESPACE = 'git';
const ALGORITHM = 'ssh-ed25519';
const HASH = 'sha512';
/** ASN.1 header of an Ed25519 public key (RFC 8410); the 32 key bytes follow. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Signs commits as `git commit -S` does with `gpg.format = ssh`. */
export interface CommitSigner {
  /** `ssh-ed25519 AAAA…`, as in an allowed signers file. */
  readonly publicKey: string;
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly fingerprint: string;
  sign(payload: Uint8Array): string;
}

function sshString(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function signedData(payload: Uint8Array): Buffer {
  const digest = createHash(HASH).update(payload).digest();
  return Buffer.concat([
    Buffer.from(MAGIC),
    sshString(NAMESPACE),
    sshString(''),
    sshString(HASH),
    sshString(digest),
  ]);
}

function armor(blob: Buffer): string {
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}

/** A new Ed25519 key. It lives in memory only. */
export function createCommitSigner(): CommitSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX.length);
  const keyBlob = Buffer.concat([sshString(ALGORITHM), sshString(raw)]);
  const version = Buffer.from([0, 0, 0, 1]);
  const fingerprint = createHash('sha256').update(keyBlob).digest('base64').replace(/=+$/, '');
  return {
    publicKey: `${ALGORITHM} ${keyBlob.toString('base64')}`,
    fingerprint: `SHA256:${fingerprint}`,
    sign(payload) {
      const signature = sign(null, signedData(payload), privateKey);
      const parts = [
        keyBlob,
        NAMESPACE,
        '',
        HASH,
        Buffer.concat([sshString(ALGORITHM), sshString(signature)]),
      ];
      return armor(Buffer.concat([Buffer.from(MAGIC), version, ...parts.map(sshString)]));
    },
  };
}

export interface SshSignature {
  /** `ssh-ed25519 AAAA…` of the key inside the signature. */
  readonly publicKey: string;
  readonly valid: boolean;
}

function readStrings(bytes: Buffer): Buffer[] {
  const strings: Buffer[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const start = offset + 4;
    const end = start + bytes.readUInt32BE(offset);
    if (end > bytes.length) throw new RangeError('a string reaches past the end');
    strings.push(bytes.subarray(start, end));
    offset = end;
  }
  return strings;
}

/** Reads an armored Ed25519 signature and checks it; null when it is none. */
export function readSshSignature(signature: string, payload: Uint8Array): SshSignature | null {
  const body = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)-----END SSH SIGNATURE-----/.exec(
    signature,
  );
  if (body?.[1] === undefined) return null;
  try {
    const blob = Buffer.from(body[1], 'base64');
    const [keyBlob, namespace, , , value] = readStrings(blob.subarray(MAGIC.length + 4));
    if (keyBlob === undefined || value === undefined) return null;
    const [algorithm, rawKey] = readStrings(keyBlob);
    const rawSignature = readStrings(value)[1];
    if (algorithm?.toString() !== ALGORITHM || rawKey === undefined || rawSignature === undefined)
      return null;
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, rawKey]), format: 'der', type: 'spki' });
    const valid = namespace?.toString() === NAMESPACE && verify(null, signedData(payload), key, rawSignature);
    return { publicKey: `${ALGORITHM} ${keyBlob.toString('base64')}`, valid };
  } catch (error) {
    // A truncated blob or a key that is none: not an Ed25519 signature.
    if (error instanceof RangeError || (error instanceof Error && 'code' in error)) return null;
    throw error;
  }
}
