import type { Attestation } from './attestation.ts';
import type { Keyring } from './keyring.ts';
import { verifyOpenpgp } from './openpgp.ts';
import type { SignatureReading, TagObject } from './signed-object.ts';
import { verifySsh } from './ssh.ts';
import { verifyX509 } from './x509.ts';

export type Verification = Attestation | { readonly state: 'unsigned' };

/** Dates beyond this are not read as dates by anything. */
const MAX_SECONDS = 253_402_300_799;

/**
 * Verifies the signature of a commit or tag against public keys. Nothing but the arguments decides.
 *
 * @param seconds when the object says that it was made; null when that cannot be read
 */
export async function verifySignature(
  reading: SignatureReading,
  seconds: number | null,
  keyring: Keyring,
  now: Date,
): Promise<Verification> {
  if (reading.state === 'unsigned') return reading;
  if (reading.state === 'malformed') {
    return { state: 'malformed', kind: null, key: null, reason: reading.reason };
  }
  const { kind, payload, signature } = reading.parts;
  if (seconds === null || seconds > MAX_SECONDS) {
    return { state: 'malformed', kind, key: null, reason: 'the date of what it signs cannot be read' };
  }
  switch (kind) {
    case 'openpgp':
      return verifyOpenpgp(payload, signature, keyring.openpgp, now);
    case 'ssh':
      return verifySsh(payload, signature, keyring, seconds, now.getTime() / 1000);
    case 'x509':
      return verifyX509(payload, signature, keyring.x509, new Date(seconds * 1000), now);
  }
}

/** Verifies a signed annotated tag. */
export async function verifyTag(tag: TagObject, keyring: Keyring, now: Date): Promise<Verification> {
  return verifySignature(tag.signature, tag.tagger.seconds, keyring, now);
}
