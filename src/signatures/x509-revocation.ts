import { CertificateRevocationList } from 'pkijs';
import type { KeyObject } from 'node:crypto';
import type { Certificate } from './x509-authorities.ts';
import { fitOf } from './x509-signature.ts';

/** A revocation list of the base branch. */
export interface RevocationList {
  readonly path: string;
  readonly parsed: CertificateRevocationList;
  /** The serial numbers that it lists, as hexadecimal. */
  readonly serials: ReadonlySet<string>;
  /** Authorities that stand beside it and signed it. */
  readonly issuers: readonly Certificate[];
}

/** What the lists of an issuer say of a certificate; `unverified`: there is a list in its name that cannot be verified. */
export type Standing = 'good' | 'revoked' | 'unknown' | 'unverified';

/** Null when it cannot be read. */
export function readRevocations(der: Uint8Array, path: string): Omit<RevocationList, 'issuers'> | null {
  try {
    const parsed = CertificateRevocationList.fromBER(Uint8Array.from(der));
    const serials = (parsed.revokedCertificates ?? []).map(({ userCertificate }) => hexOf(userCertificate));
    return { path, parsed, serials: new Set(serials) };
  } catch {
    return null;
  }
}

/** Whether a list was issued in the name of a certificate's owner, whoever signed it. */
export function isInNameOf({ parsed }: Pick<RevocationList, 'parsed'>, issuer: Certificate): boolean {
  return parsed.issuer.isEqual(issuer.parsed.subject);
}

export function isSignedBy({ parsed }: Pick<RevocationList, 'parsed'>, key: KeyObject): boolean {
  const { signature, signatureAlgorithm, signatureValue, tbsView } = parsed;
  if (signature.algorithmId !== signatureAlgorithm.algorithmId) return false;
  return (
    fitOf(signatureAlgorithm, null, key, tbsView, signatureValue.valueBlock.valueHexView).state === 'fits'
  );
}

export function revocationOf(
  certificate: Certificate,
  issuer: Certificate,
  lists: readonly RevocationList[],
  now: Date,
): Standing {
  const standings = lists
    .filter((list) => isInNameOf(list, issuer))
    .map((list) => standingIn(list, certificate, issuer, now));
  const order: readonly Standing[] = ['revoked', 'unverified', 'good'];
  return order.find((standing) => standings.includes(standing)) ?? 'unknown';
}

function standingIn(
  list: RevocationList,
  certificate: Certificate,
  issuer: Certificate,
  now: Date,
): Standing {
  if (!list.issuers.some(({ publicKey }) => publicKey.equals(issuer.publicKey))) {
    // An authority that renewed its key keeps its name: the list is that of the other key.
    if (list.issuers.length > 0) return 'unknown';
    if (!isSignedBy(list, issuer.publicKey)) return 'unverified';
  }
  if (list.serials.has(hexOf(certificate.parsed.serialNumber))) return 'revoked';
  // A list that should have been replaced, or is about a part only, proves what it lists, and nothing about the rest.
  const { nextUpdate, crlExtensions } = list.parsed;
  const isPartial = crlExtensions?.extensions.some(({ critical }) => critical) ?? false;
  return !isPartial && (nextUpdate === undefined || nextUpdate.value >= now) ? 'good' : 'unknown';
}

function hexOf({ valueBlock }: { valueBlock: { valueHexView: Uint8Array } }): string {
  return Buffer.from(valueBlock.valueHexView)
    .toString('hex')
    .replace(/^(?:00)+(?=..)/, '');
}
