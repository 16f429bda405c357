import { createHash } from 'node:crypto';
import { BitString } from 'asn1js';
import { BasicConstraints, ExtKeyUsage, type Extension } from 'pkijs';
import { believable } from './moment.ts';
import type { Authorities, Certificate } from './x509-authorities.ts';
import { revocationOf } from './x509-revocation.ts';

export type ChainVerdict =
  | { readonly state: 'trusted'; readonly revocationChecked: boolean }
  | {
      readonly state: 'unknown-key' | 'expired-key' | 'revoked-key' | 'unsupported';
      readonly reason: string;
      /** See `Refused`. */
      readonly isFinal?: boolean;
    };

const MAX_DEPTH = 8;
/** Signatures that are verified while a chain is looked for. */
const MAX_CHECKS = 200;
const OID = {
  subjectKeyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  extendedKeyUsage: '2.5.29.37',
} as const;
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.subjectKeyUsage,
  OID.subjectAltName,
  OID.basicConstraints,
  OID.certificatePolicies,
  OID.extendedKeyUsage,
]);
const LIMITS: Readonly<Record<string, typeof BitString | typeof BasicConstraints | typeof ExtKeyUsage>> = {
  [OID.subjectKeyUsage]: BitString,
  [OID.basicConstraints]: BasicConstraints,
  [OID.extendedKeyUsage]: ExtKeyUsage,
};
/** MD2, MD5 and SHA-1, with RSA, DSA and ECDSA. */
const WEAK: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.2',
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.5',
  '1.2.840.10040.4.3',
  '1.2.840.10045.4.1',
]);
/** Digital signature and certificate signing: the first and the sixth bit of a key usage. */
const MAY_SIGN = 0x80 | 0x40;
const MAY_CERTIFY = 0x04;

/** What a certificate that signs commits has to be for: e-mail, or code. */
const PURPOSES = ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.3'] as const;
const ANY_PURPOSE = '2.5.29.37.0';
const WRONG_PURPOSE = 'its certificate, or one above it, is not made for signing e-mail or code';

/** Looks for a way from a certificate to one of the named roots, by which every certificate was valid at a moment. */
export function verifyChain(
  leaf: Certificate,
  embedded: readonly Certificate[],
  authorities: Authorities,
  at: Date,
  now: Date,
): ChainVerdict {
  const unusable = complaintAbout(leaf, false, 0);
  if (unusable !== null) return { state: 'unsupported', reason: unusable };
  const search = new Search([...embedded, ...authorities.intermediates], authorities.roots, at, now);
  const chain = search.from(leaf, []);
  if (chain === null) return search.failure();
  let revocationChecked = true;
  for (const [index, certificate] of chain.slice(0, -1).entries()) {
    const issuer = chain[index + 1];
    if (issuer === undefined) break;
    const standing = revocationOf(certificate, issuer, authorities.revocations, now);
    if (standing === 'revoked')
      return { state: 'revoked-key', reason: 'its certificate, or one above it, is revoked' };
    if (standing === 'unverified') {
      return { state: 'unsupported', reason: 'the revocation list of its authority cannot be verified' };
    }
    revocationChecked &&= standing === 'good';
  }
  return { state: 'trusted', revocationChecked };
}

class Search {
  readonly #between: readonly Certificate[];
  readonly #roots: readonly Certificate[];
  readonly #at: Date;
  readonly #now: Date;
  #checks = 0;
  #sawExpired = false;
  #sawEarly = false;
  #complaint: string | null = null;

  constructor(between: readonly Certificate[], roots: readonly Certificate[], at: Date, now: Date) {
    this.#between = between;
    this.#roots = roots;
    this.#at = at;
    this.#now = now;
  }

  /** The chain from a certificate to a root, both included; null when there is none. */
  from(certificate: Certificate, below: readonly Certificate[]): readonly Certificate[] | null {
    const chain = [...below, certificate];
    const { notBefore, notAfter } = certificate.parsed;
    if (notBefore.value.getTime() > believable(this.#at.getTime(), this.#now.getTime())) {
      this.#sawEarly = true;
      return null;
    }
    if (notAfter.value < this.#at) {
      this.#sawExpired = true;
      return null;
    }
    if (!PURPOSES.some((purpose) => chain.every((one) => isFor(one, purpose)))) {
      this.#complaint ??= WRONG_PURPOSE;
      return null;
    }
    if (this.#roots.some((root) => root.node.raw.equals(certificate.node.raw))) return chain;
    if (chain.length >= MAX_DEPTH) return null;
    for (const issuer of [...this.#roots, ...this.#between]) {
      if (chain.some((one) => one.node.raw.equals(issuer.node.raw)) || !this.#issued(issuer, certificate))
        continue;
      // Self-issued certificates do not count against the length of a path; there is no harm in counting them.
      const complaint = complaintAbout(issuer, true, chain.length - 1);
      if (complaint !== null) {
        this.#complaint ??= complaint;
        continue;
      }
      const found = this.from(issuer, chain);
      if (found !== null) return found;
    }
    return null;
  }

  failure(): ChainVerdict {
    if (this.#sawExpired) {
      return {
        state: 'expired-key',
        reason: 'its certificate, or one above it, had expired when it signed',
      };
    }
    if (this.#sawEarly) {
      return {
        state: 'unknown-key',
        reason: 'its certificate, or one above it, was not valid yet when it signed',
        isFinal: true,
      };
    }
    if (this.#complaint !== null) return { state: 'unsupported', reason: this.#complaint };
    return { state: 'unknown-key', reason: 'its certificate leads to no root that is named here' };
  }

  #issued(issuer: Certificate, certificate: Certificate): boolean {
    if (!certificate.node.checkIssued(issuer.node) || this.#checks >= MAX_CHECKS) return false;
    this.#checks += 1;
    if (WEAK.has(certificate.parsed.signatureAlgorithm.algorithmId)) {
      this.#complaint ??= 'its certificate, or one above it, is signed with SHA-1 or weaker';
      return false;
    }
    try {
      return certificate.node.verify(issuer.publicKey);
    } catch {
      return false;
    }
  }
}

/** Why a certificate may not be used in its place; null when it may. `below`: authorities between it and the leaf. */
function complaintAbout({ parsed }: Certificate, isAuthority: boolean, below: number): string | null {
  const extensions = new Map((parsed.extensions ?? []).map((extension) => [extension.extnID, extension]));
  if (extensions.size !== (parsed.extensions ?? []).length) return 'its certificate has an extension twice';
  if (extensions.has(OID.nameConstraints))
    return 'its certificate chain limits names, which cannot be verified here';
  for (const [id, { critical }] of extensions) {
    if (critical && !UNDERSTOOD.has(id))
      return 'its certificate has a critical extension that is not known here';
  }
  if ([...extensions.values()].some(isUnreadable))
    return 'its certificate has an extension that cannot be read';
  const usage = extensions.get(OID.subjectKeyUsage)?.parsedValue as BitString | undefined;
  const bits = usage === undefined ? 0xff : (usage.valueBlock.valueHexView[0] ?? 0);
  if (!isAuthority) {
    return (bits & MAY_SIGN) === 0 ? 'its certificate is not made for signing' : null;
  }
  const basic = extensions.get(OID.basicConstraints)?.parsedValue as BasicConstraints | undefined;
  if (basic?.cA !== true || (bits & MAY_CERTIFY) === 0)
    return 'a certificate above it may not issue certificates';
  const limit = basic.pathLenConstraint;
  if (limit !== undefined && (typeof limit !== 'number' || below > limit)) {
    return 'a certificate above it may not issue certificates at this distance';
  }
  return null;
}

/** Of those that limit what a certificate is for. What cannot be read must not stand for no limit. */
function isUnreadable(extension: Extension): boolean {
  const type = LIMITS[extension.extnID];
  const value = extension.parsedValue as unknown;
  if (type === undefined) return false;
  return !(value instanceof type) || (value as { parsingError?: string }).parsingError !== undefined;
}

/** A certificate that says nothing may be used for anything. */
function isFor({ parsed }: Certificate, purpose: string): boolean {
  const usage = parsed.extensions?.find(({ extnID }) => extnID === OID.extendedKeyUsage)?.parsedValue as
    { keyPurposes: string[] } | undefined;
  return usage?.keyPurposes.some((one) => one === purpose || one === ANY_PURPOSE) ?? true;
}

export function certificateName({ node }: Certificate): string {
  return `x509:${createHash('sha256').update(node.raw).digest('hex').toUpperCase()}`;
}
