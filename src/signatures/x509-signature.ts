import { constants, verify, type KeyObject } from 'node:crypto';
import { RSASSAPSSParams, type AlgorithmIdentifier } from 'pkijs';

const RSA_PSS = '1.2.840.113549.1.1.10';
/** Digests that are accepted. SHA-1 is not. */
const DIGESTS: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
/** Which kind of key a signature algorithm wants, and the digest where it names one. */
const ALGORITHMS: Readonly<Record<string, { readonly key: string; readonly digest: string | null }>> = {
  '1.2.840.113549.1.1.1': { key: 'rsa', digest: null },
  '1.2.840.113549.1.1.11': { key: 'rsa', digest: 'sha256' },
  '1.2.840.113549.1.1.12': { key: 'rsa', digest: 'sha384' },
  '1.2.840.113549.1.1.13': { key: 'rsa', digest: 'sha512' },
  [RSA_PSS]: { key: 'rsa', digest: null },
  '1.2.840.10045.2.1': { key: 'ec', digest: null },
  '1.2.840.10045.4.3.2': { key: 'ec', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { key: 'ec', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { key: 'ec', digest: 'sha512' },
  '1.3.101.112': { key: 'ed25519', digest: null },
  '1.3.101.113': { key: 'ed448', digest: null },
};
/** These digest what they sign themselves. */
const WITHOUT_DIGEST: ReadonlySet<string> = new Set(['ed25519', 'ed448']);
const MIN_RSA_BITS = 2048;

export type Fit =
  | { readonly state: 'fits' }
  | { readonly state: 'differs' }
  | { readonly state: 'unsupported' | 'malformed'; readonly reason: string };

/** The digest that an algorithm is; null when it is not accepted. */
export function digestOf({ algorithmId }: AlgorithmIdentifier): string | null {
  return DIGESTS[algorithmId] ?? null;
}

/**
 * Whether a key made a signature over some bytes.
 *
 * @param digest the one that stands beside the algorithm, as CMS has it; null when the algorithm names it
 */
export function fitOf(
  algorithm: AlgorithmIdentifier,
  digest: string | null,
  key: KeyObject,
  signed: Uint8Array,
  signature: Uint8Array,
): Fit {
  const known = ALGORITHMS[algorithm.algorithmId];
  if (known === undefined || !isKindOf(key, known.key, algorithm)) {
    return { state: 'unsupported', reason: 'its algorithm is not accepted, or does not belong to its key' };
  }
  if (known.digest !== null && digest !== null && known.digest !== digest) {
    return { state: 'malformed', reason: 'it names two different digests' };
  }
  if (known.key === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS) {
    return { state: 'unsupported', reason: 'its RSA key is too short' };
  }
  const used = known.digest ?? digest ?? pssDigest(algorithm);
  if (used === null && !WITHOUT_DIGEST.has(known.key)) {
    return { state: 'unsupported', reason: 'its digest is SHA-1, or another that is not accepted' };
  }
  const options =
    algorithm.algorithmId === RSA_PSS
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
      : {};
  try {
    const fits = verify(WITHOUT_DIGEST.has(known.key) ? null : used, signed, { key, ...options }, signature);
    return fits ? { state: 'fits' } : { state: 'differs' };
  } catch {
    return { state: 'differs' };
  }
}

/** An RSA key may be made for PSS alone. */
function isKindOf(
  { asymmetricKeyType }: KeyObject,
  kind: string,
  { algorithmId }: AlgorithmIdentifier,
): boolean {
  return asymmetricKeyType === kind || (asymmetricKeyType === 'rsa-pss' && algorithmId === RSA_PSS);
}

function pssDigest({ algorithmId, algorithmParams }: AlgorithmIdentifier): string | null {
  if (algorithmId !== RSA_PSS) return null;
  try {
    return digestOf(new RSASSAPSSParams({ schema: algorithmParams as unknown }).hashAlgorithm);
  } catch {
    return null;
  }
}
