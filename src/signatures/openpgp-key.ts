import {
  config,
  enums,
  readKeys,
  type Config,
  type Key,
  type PublicKey,
  type Subkey,
  type User,
} from 'openpgp';

/** An OpenPGP key of the base branch. */
export interface OpenpgpKey {
  readonly path: string;
  readonly key: PublicKey;
  /** Upper-case hexadecimal, of the primary key. */
  readonly fingerprint: string;
}

/** Where a key or its subkey stood at a moment. */
export type KeyStanding =
  | { readonly state: 'good'; readonly at: Date }
  | {
      readonly state: 'expired-key' | 'revoked-key' | 'bad-signature' | 'unsupported';
      readonly reason: string;
    };

/** No weaker than this, whatever the library's defaults become. */
export const OPENPGP_CONFIG: Config = {
  ...config,
  minRSABits: 2047,
  rejectHashAlgorithms: new Set([enums.hash.md5, enums.hash.ripemd]),
  rejectMessageHashAlgorithms: new Set([enums.hash.md5, enums.hash.ripemd, enums.hash.sha1]),
  rejectPublicKeyAlgorithms: new Set([enums.publicKey.elgamal, enums.publicKey.dsa]),
  ignoreUnsupportedPackets: true,
  ignoreMalformedPackets: false,
  allowInsecureVerificationWithReformattedKeys: false,
};

const MAX_KEYS_IN_FILE = 200;
const MAX_USERS = 100;

/** Reads armored or binary public keys, one or several. */
export async function readOpenpgpKeys(
  path: string,
  bytes: Uint8Array,
): Promise<{ keys: OpenpgpKey[]; problems: string[] }> {
  const text = Buffer.from(bytes).toString('latin1');
  const start = text.indexOf('-----BEGIN PGP');
  try {
    const keys =
      start >= 0
        ? (
            await Promise.all(
              armorsOf(text).map((armoredKeys) => readKeys({ armoredKeys, config: OPENPGP_CONFIG })),
            )
          ).flat()
        : await readKeys({ binaryKeys: Uint8Array.from(bytes), config: OPENPGP_CONFIG });
    if (keys.length === 0) return { keys: [], problems: ['holds no OpenPGP key'] };
    if (keys.length > MAX_KEYS_IN_FILE) {
      return { keys: [], problems: [`holds more than ${MAX_KEYS_IN_FILE} OpenPGP keys; use several files`] };
    }
    const problems = keys.some((key) => key.isPrivate())
      ? [
          'holds a PRIVATE key: everybody who can read this repository has it. Revoke it, and put only public keys here',
        ]
      : [];
    return {
      keys: keys
        .filter((key) => !key.isPrivate())
        .map((key) => ({ path, key, fingerprint: fingerprintOf(key) })),
      problems,
    };
  } catch {
    // What the library says may quote the file.
    return {
      keys: [],
      problems: ['holds no readable OpenPGP public key; write it with `gpg --armor --export`'],
    };
  }
}

/** A file may hold several armors, and words between them. */
function armorsOf(text: string): string[] {
  const armors: string[] = [];
  for (let at = text.indexOf('-----BEGIN PGP'); at >= 0;) {
    const next = text.indexOf('-----BEGIN PGP', at + 1);
    armors.push(text.slice(at, next < 0 ? text.length : next));
    at = next;
  }
  return armors;
}

export function fingerprintOf(key: Pick<Key, 'getFingerprint'>): string {
  return key.getFingerprint().toUpperCase();
}

/** Whether a key, or its subkey, was revoked: at any time since (null), or by a moment unless it was given up as known to others. */
export async function isRevoked(key: Key, part: Key | Subkey, at: Date | null): Promise<boolean> {
  // The library takes null for "whenever" and for "none", and its types do not say so.
  const none = null as never;
  const date: Date = at ?? none;
  if (await key.isRevoked(none, none, date, OPENPGP_CONFIG)) return true;
  return part !== key && part.isRevoked(none, none, date, OPENPGP_CONFIG);
}

/**
 * Whether a key was made to sign and had not expired when it signed. A key whose owner wrote its self-signatures anew
 * afterwards, as `gpg --quick-set-expire` does, only has the newer ones: then those count.
 */
export async function standingAt(key: Key, part: Key | Subkey, signed: Date): Promise<KeyStanding> {
  let failure = '';
  for (const at of [signed, ...laterStatements(key, part, signed)]) {
    try {
      await key.getSigningKey(part.getKeyID(), at, undefined, OPENPGP_CONFIG);
      return { state: 'good', at };
    } catch (error) {
      failure ||= error instanceof Error ? error.message : '';
    }
  }
  if (/expired/i.test(failure)) return { state: 'expired-key', reason: 'the key had expired when it signed' };
  if (/revoked/i.test(failure)) return { state: 'revoked-key', reason: 'the key is revoked' };
  if (/insecure|algorithm|RSA key/i.test(failure)) {
    return { state: 'unsupported', reason: 'the key is too weak, or of a kind that is not accepted' };
  }
  return { state: 'bad-signature', reason: 'the key is not made for signing' };
}

/** When self-signatures were made that are newer than a signature of the key. */
function laterStatements(key: Key, part: Key | Subkey, signed: Date): Date[] {
  const own = key.users.flatMap((user) => user.selfCertifications);
  const bindings = part === key ? [] : (part as Subkey).bindingSignatures;
  const times = [...own, ...bindings].flatMap(({ created }) =>
    created !== null && created > signed ? [created.getTime()] : [],
  );
  return [...new Set(times)].sort((a, b) => a - b).map((time) => new Date(time));
}

/** Whether the key took back a user id, at any time. */
export function isUserRevoked(user: User): Promise<boolean> {
  // The library takes null for "whenever", and its types do not say so.
  const whenever = null as never;
  return user.isRevoked(whenever, whenever, whenever, OPENPGP_CONFIG);
}

/** The addresses that the key claims, by user ids that it certified itself and did not revoke since. */
export async function addressesOf(key: Key, at: Date): Promise<string[]> {
  const addresses: string[] = [];
  for (const user of key.users.slice(0, MAX_USERS)) {
    const email = user.userID === null ? '' : addressIn(user.userID.userID, user.userID.email);
    if (email === '') continue;
    // Of a user id that was given up nobody can tell any more what it had signed: the moment of signing is the signer's word.
    if (await isUserRevoked(user)) continue;
    const stands = await user.verify(at, OPENPGP_CONFIG).then(
      () => true,
      () => false,
    );
    if (stands) addresses.push(email);
  }
  return addresses;
}

/** A user id may be an address and nothing else. */
function addressIn(userId: string, email: string): string {
  if (email !== '') return email;
  return /^[^\s<>@]+@[^\s<>@]+$/.test(userId) ? userId : '';
}
