import { createMessage, enums, readSignature, type Key, type SignaturePacket, type Subkey } from 'openpgp';
import type { Attestation } from './attestation.ts';
import { CLOCK_SKEW_MS } from './moment.ts';
import {
  addressesOf,
  fingerprintOf,
  isRevoked,
  OPENPGP_CONFIG,
  standingAt,
  type OpenpgpKey,
} from './openpgp-key.ts';

const WEAK_HASHES: ReadonlySet<number> = new Set([enums.hash.md5, enums.hash.sha1, enums.hash.ripemd]);
/** The keys with which github.com signs, since 2024 and before. */
const WEB_FLOW_KEYS: ReadonlySet<string> = new Set([
  '968479A1AFF927E37D1A566BB5690EEEBB952194',
  '5DE3E0509C47EA3CF04A42D34AEE18F83AFDEB23',
]);

interface Issuer {
  readonly entry: OpenpgpKey;
  readonly part: Key | Subkey;
}

/** Verifies a detached OpenPGP signature against the keys of the base branch. */
export async function verifyOpenpgp(
  payload: Uint8Array,
  armor: Uint8Array,
  keys: readonly OpenpgpKey[],
  now: Date,
): Promise<Attestation> {
  const packet = await readPacket(armor);
  if (typeof packet === 'string') return refused('malformed', packet);
  if (packet.signatureType !== enums.signature.binary || packet.created === null) {
    return refused('unsupported', 'it is not a signature over bytes, as git makes them');
  }
  if (packet.hashAlgorithm === null || WEAK_HASHES.has(packet.hashAlgorithm)) {
    return refused(
      'unsupported',
      'it is made with SHA-1 or another digest that can be forged',
      packetName(packet),
    );
  }
  const issuers = findIssuers(packet, keys);
  if (issuers.length === 0) {
    return refused('unknown-key', 'no OpenPGP key with this id is named here', packetName(packet));
  }
  let result: Attestation | null = null;
  for (const issuer of issuers) {
    const judged = await judgeIssuer(packet, packet.created, payload, issuer, now);
    // Several files may hold the same key: what one of them withdraws, an older copy does not give back.
    if (judged.state === 'revoked-key') return judged;
    if (result === null || result.state === 'bad-signature' || isBetter(judged, result)) result = judged;
  }
  return result ?? refused('unknown-key', 'no OpenPGP key with this id is named here', packetName(packet));
}

/** An attestation goes before a refusal, and one that knows of the key's retirement before one that does not. */
function isBetter(judged: Attestation, known: Attestation): boolean {
  if (judged.state !== 'attested') return false;
  return known.state !== 'attested' || (judged.retiredSince && !known.retiredSince);
}

async function readPacket(armor: Uint8Array): Promise<SignaturePacket | string> {
  try {
    const text = Buffer.from(armor).toString('latin1');
    const { packets } = await readSignature({ armoredSignature: text, config: OPENPGP_CONFIG });
    const [packet] = packets;
    if (packet === undefined) return 'its armor holds no OpenPGP signature';
    return packets.length === 1 ? packet : 'it carries more than one signature';
  } catch {
    return 'its OpenPGP signature is damaged';
  }
}

function findIssuers(packet: SignaturePacket, keys: readonly OpenpgpKey[]): Issuer[] {
  const named =
    packet.issuerFingerprint === null ? null : Buffer.from(packet.issuerFingerprint).toString('hex');
  return keys.flatMap((entry) =>
    entry.key
      .getKeys(packet.issuerKeyID)
      .filter((part) => named === null || part.getFingerprint() === named)
      .map((part) => ({ entry, part })),
  );
}

async function judgeIssuer(
  packet: SignaturePacket,
  signed: Date,
  payload: Uint8Array,
  { entry, part }: Issuer,
  now: Date,
): Promise<Attestation> {
  const { key } = entry;
  const name = `openpgp:${entry.fingerprint}`;
  const limit = new Date(now.getTime() + CLOCK_SKEW_MS);
  const message = await createMessage({ binary: payload, format: 'binary' });
  const [literal] = message.packets;
  try {
    await packet.verify(
      part.keyPacket,
      enums.signature.binary,
      literal as object,
      limit,
      true,
      OPENPGP_CONFIG,
    );
  } catch (error) {
    return refusedPacket(error instanceof Error ? error.message : '', name);
  }
  if (part.getCreationTime() > signed) return refused('bad-signature', 'it is older than its key', name);
  // Given up as known to others: then nothing that the key ever signed proves anything.
  if (await isRevoked(key, part, signed)) return refused('revoked-key', 'the key is revoked', name);
  const standing = await standingAt(key, part, signed);
  if (standing.state !== 'good') return refused(standing.state, standing.reason, name);
  const addresses = (await addressesOf(key, standing.at)).map((address) => address.toLowerCase());
  const names = new Set(addresses);
  return {
    state: 'attested',
    kind: 'openpgp',
    key: name,
    otherKeys: part === key ? [] : [`openpgp:${fingerprintOf(part)}`],
    names: [...names],
    speaksFor: (identity) => names.has(identity.toLowerCase()),
    source: 'base',
    account: null,
    isWebFlow: isWebFlow(entry, names),
    userPresent: true,
    expiredSince: await hasExpired(key, part, now),
    retiredSince: await isRevoked(key, part, null),
    unverified: [],
  };
}

/** A key that also has other addresses belongs to somebody else. */
function isWebFlow({ fingerprint }: OpenpgpKey, names: ReadonlySet<string>): boolean {
  return WEB_FLOW_KEYS.has(fingerprint) || (names.size === 1 && names.has('noreply@github.com'));
}

async function hasExpired(key: Key, part: Key | Subkey, now: Date): Promise<boolean> {
  const ends = [
    await key.getExpirationTime(undefined, OPENPGP_CONFIG),
    part === key ? null : await (part as Subkey).getExpirationTime(now, OPENPGP_CONFIG),
  ];
  return ends.some((end) => end instanceof Date && end <= now);
}

function refusedPacket(message: string, key: string): Attestation {
  if (message.includes('in the future'))
    return refused('bad-signature', 'it claims to be made in the future', key);
  if (message.includes('expired'))
    return refused('expired-key', 'the signature itself had an end, and has expired', key);
  if (/insecure|unknown critical|critical notation|not supported/i.test(message)) {
    return refused('unsupported', 'it asks for something that cannot be verified here', key);
  }
  return refused('bad-signature', 'it is not a signature over this content', key);
}

function refused(
  state: Exclude<Attestation['state'], 'attested'>,
  reason: string,
  key: string | null = null,
): Attestation {
  return { state, kind: 'openpgp', key, reason };
}

function packetName(packet: SignaturePacket): string {
  const { issuerFingerprint, issuerKeyID } = packet;
  return `openpgp:${(issuerFingerprint === null ? issuerKeyID.toHex() : Buffer.from(issuerFingerprint).toString('hex')).toUpperCase()}`;
}
