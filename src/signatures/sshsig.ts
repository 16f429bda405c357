import { createHash } from 'node:crypto';
import { dearmor } from './armor.ts';
import { readSignatureBlob, readSshPublicKey, type SshPublicKey } from './ssh-key.ts';
import { UnknownKindError, WireError, WireReader, wireString } from './ssh-wire.ts';

/** What a signature in OpenSSH's format (PROTOCOL.sshsig) proves by itself: that its key signed these bytes. */
export type SshsigReading =
  | {
      readonly state: 'malformed' | 'unsupported' | 'bad-signature';
      readonly reason: string;
      readonly signer: string | null;
    }
  | {
      readonly state: 'fits';
      readonly signer: SshPublicKey;
      readonly namespace: string;
      /** Somebody touched the security key; true for keys that are none. */
      readonly userPresent: boolean;
      /** The security key knew its owner, by a PIN for instance. */
      readonly userVerified: boolean;
    };

const MAGIC = 'SSHSIG';
/** The namespace that git signs under. A signature made for something else does not count. */
export const GIT_NAMESPACE = 'git';
const HASHES: ReadonlySet<string> = new Set(['sha256', 'sha512']);
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

export function readSshsig(armor: Uint8Array, payload: Uint8Array): SshsigReading {
  const bytes = dearmor(armor);
  if (bytes === null) return broken('its armor does not hold base64');
  try {
    return readBinary(bytes, payload);
  } catch (error) {
    if (error instanceof UnknownKindError)
      return unsupported(`its SSH signature is of a kind not known here (${error.message})`);
    if (error instanceof WireError) return broken(`its SSH signature is damaged (${error.message})`);
    throw error;
  }
}

function readBinary(bytes: Buffer, payload: Uint8Array): SshsigReading {
  const reader = new WireReader(bytes);
  if (reader.bytes(MAGIC.length).toString('latin1') !== MAGIC) return broken('it is no SSH signature');
  const version = reader.uint32();
  if (version !== 1) return unsupported(`its SSH signature has version ${version}`);
  const publicKey = reader.string();
  const namespace = reader.string();
  const reserved = reader.string();
  const hash = reader.text();
  const signature = readSignatureBlob(reader.string());
  reader.end();
  const signer = readSshPublicKey(publicKey);
  const name = signer.key.fingerprint;
  if (!HASHES.has(hash)) return unsupported('its hash is not one that SSH signatures use', name);
  const digest = createHash(hash).update(payload).digest();
  const signed = Buffer.concat([
    Buffer.from(MAGIC),
    wireString(namespace),
    wireString(reserved),
    wireString(hash),
    wireString(digest),
  ]);
  const verdict = signer.key.verifier(signature, signed);
  if (verdict === 'unsupported') {
    return unsupported(
      signature.algorithm === 'ssh-rsa'
        ? 'it is made with SHA-1, which can be forged'
        : 'its algorithm does not belong to its key, or the key is too short',
      name,
    );
  }
  if (verdict === 'differs') {
    return { state: 'bad-signature', reason: 'it is not a signature over this content', signer: name };
  }
  const namespaceText = namespace.toString('utf8');
  if (namespaceText !== GIT_NAMESPACE) {
    return { state: 'bad-signature', reason: 'it was made for another purpose than git', signer: name };
  }
  const flags = signer.key.inHardware ? signature.suffix.readUInt8(0) : USER_PRESENT | USER_VERIFIED;
  return {
    state: 'fits',
    signer,
    namespace: namespaceText,
    userPresent: (flags & USER_PRESENT) !== 0,
    userVerified: (flags & USER_VERIFIED) !== 0,
  };
}

function broken(reason: string): SshsigReading {
  return { state: 'malformed', reason, signer: null };
}

function unsupported(reason: string, signer: string | null = null): SshsigReading {
  return { state: 'unsupported', reason, signer };
}
