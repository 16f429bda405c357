import { createHash } from 'node:crypto';
import {
  Constructed,
  fromBER,
  GeneralizedTime,
  ObjectIdentifier,
  OctetString,
  Sequence,
  UTCTime,
} from 'asn1js';
import {
  ContentInfo,
  IssuerAndSerialNumber,
  SignedData,
  type AltName,
  type Certificate as ParsedCertificate,
  type SignerInfo,
} from 'pkijs';
import { dearmor } from './armor.ts';
import type { Attestation } from './attestation.ts';
import { readCertificate, type Authorities, type Certificate } from './x509-authorities.ts';
import { certificateName, verifyChain } from './x509-chain.ts';
import { digestOf, fitOf } from './x509-signature.ts';

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  emailAddress: '1.2.840.113549.1.9.1',
  subjectAltName: '2.5.29.17',
  subjectKeyIdentifier: '2.5.29.14',
} as const;
/** One address and nothing else: what is more could be read as somebody else's. */
const ADDRESS = /^[^\s\p{C}@<>]+@[^\s\p{C}@<>]+$/u;
const MAX_CERTIFICATES = 20;
/** A certificate that lives no longer is made for one signature, and only a transparency log shows when that was. */
const SHORT_LIVED_MS = 24 * 60 * 60 * 1000;

const DAMAGED = 'its CMS structure is damaged';

/** A signature that cannot be read, or not verified. */
class CmsError extends Error {
  override readonly name = 'CmsError';
  readonly state: 'malformed' | 'unsupported' | 'bad-signature';

  constructor(state: CmsError['state'], reason: string) {
    super(reason);
    this.state = state;
  }
}

interface Signed {
  readonly leaf: Certificate;
  readonly embedded: readonly Certificate[];
  /** The signer's own word; null when there is none. */
  readonly signingTime: Date | null;
}

/** Verifies a detached CMS signature, as `gpgsm` (S/MIME) and gitsign make them. */
export function verifyX509(
  payload: Uint8Array,
  armor: Uint8Array,
  authorities: Authorities,
  commitTime: Date,
  now: Date,
): Attestation {
  try {
    return judge(readCms(payload, armor), authorities, commitTime, now);
  } catch (error) {
    if (error instanceof CmsError) {
      return { state: error.state, kind: 'x509', key: null, reason: error.message };
    }
    // What the libraries read of a stranger's bytes need not have the form that their types promise.
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    return { state: 'malformed', kind: 'x509', key: null, reason: DAMAGED };
  }
}

function judge(signed: Signed, authorities: Authorities, commitTime: Date, now: Date): Attestation {
  const { leaf, embedded } = signed;
  const key = certificateName(leaf);
  const { notBefore, notAfter } = leaf.parsed;
  const expiredSince = notAfter.value < now;
  if (authorities.roots.length === 0) {
    return {
      state: 'unknown-key',
      kind: 'x509',
      key,
      expiredSince,
      reason: 'it fits its certificate, but who issued that was not verified: no X.509 root is named here',
    };
  }
  const chain = verifyChain(leaf, embedded, authorities, signed.signingTime ?? commitTime, now);
  if (chain.state !== 'trusted') return { ...chain, kind: 'x509', key, expiredSince };
  const { addresses, uris } = namesOf(leaf.parsed);
  const emails = new Set(addresses.map((address) => address.toLowerCase()));
  const isShortLived = notAfter.value.getTime() - notBefore.value.getTime() <= SHORT_LIVED_MS;
  return {
    state: 'attested',
    kind: 'x509',
    key,
    otherKeys: [],
    names: addresses,
    uris,
    speaksFor: (identity) => emails.has(identity.toLowerCase()),
    source: 'base',
    account: null,
    isWebFlow: false,
    userPresent: true,
    expiredSince,
    retiredSince: false,
    unverified: [
      ...(isShortLived ? ['when it was signed, for which a transparency log would have to be asked'] : []),
      ...(chain.revocationChecked || isShortLived ? [] : ['whether its certificate was revoked']),
    ],
  };
}

function readCms(payload: Uint8Array, armor: Uint8Array): Signed {
  const bytes = dearmor(armor);
  if (bytes === null) throw new CmsError('malformed', 'its armor does not hold base64');
  const { data, certificates } = parseSignedData(bytes);
  const [info] = data.signerInfos;
  if (info === undefined) throw new CmsError('malformed', 'nobody signed it');
  if (data.signerInfos.length > 1) throw new CmsError('malformed', 'it carries more than one signature');
  // https://www.rfc-editor.org/rfc/rfc5652#section-5.3: the form of the signer's identifier decides.
  if (info.version !== (info.sid instanceof IssuerAndSerialNumber ? 1 : 3)) {
    throw new CmsError('malformed', DAMAGED);
  }
  if (data.encapContentInfo.eContent !== undefined) {
    throw new CmsError('malformed', 'it brings a content of its own instead of signing the commit');
  }
  if (certificates.length > MAX_CERTIFICATES)
    throw new CmsError('malformed', 'it brings too many certificates');
  const embedded = certificates.flatMap((der) => readCertificate(der) ?? []);
  const leaf = embedded.find((certificate) => isSigner(info, certificate.parsed));
  if (leaf === undefined)
    throw new CmsError('unsupported', 'it does not bring the certificate of its signer');
  const digest = digestOf(info.digestAlgorithm);
  if (digest === null)
    throw new CmsError('unsupported', 'its digest is SHA-1, or another that is not accepted');
  const attributes = readAttributes(info);
  const signedBytes = attributes === null ? payload : Buffer.from(attributes.encoded);
  if (attributes !== null) {
    const isOverPayload =
      attributes.contentType === data.encapContentInfo.eContentType &&
      attributes.contentType === OID.data &&
      attributes.digest?.equals(createHash(digest).update(payload).digest()) === true;
    if (!isOverPayload) throw new CmsError('bad-signature', 'it is not a signature over this content');
  }
  const signature = info.signature.valueBlock.valueHexView;
  const fit = fitOf(info.signatureAlgorithm, digest, leaf.publicKey, signedBytes, signature);
  if (fit.state === 'differs') throw new CmsError('bad-signature', 'it is not a signature over this content');
  if (fit.state !== 'fits') throw new CmsError(fit.state, fit.reason);
  return { leaf, embedded, signingTime: attributes?.time ?? null };
}

function parseSignedData(bytes: Buffer): { data: SignedData; certificates: Uint8Array[] } {
  try {
    const { offset, result } = fromBER(Uint8Array.from(bytes));
    if (offset !== bytes.length)
      throw new CmsError('malformed', 'its CMS structure is cut off, or has bytes to spare');
    const content = new ContentInfo({ schema: result });
    if (content.contentType !== OID.signedData) throw new CmsError('malformed', 'it is no CMS signature');
    return {
      data: new SignedData({ schema: content.content as unknown }),
      certificates: certificatesIn(content.content),
    };
  } catch (error) {
    if (error instanceof CmsError) throw error;
    throw new CmsError('malformed', DAMAGED);
  }
}

/** The certificates byte for byte: encoded anew they could turn out as other ones. */
function certificatesIn(signedData: unknown): Uint8Array[] {
  const CONTEXT = 3;
  const parts = signedData instanceof Sequence ? signedData.valueBlock.value : [];
  const set = parts.find(({ idBlock }) => idBlock.tagClass === CONTEXT && idBlock.tagNumber === 0);
  const items = set instanceof Constructed ? set.valueBlock.value : [];
  return items
    .filter((item) => item instanceof Sequence)
    .map((item) => Uint8Array.from(item.valueBeforeDecodeView));
}

function isSigner({ sid }: SignerInfo, certificate: ParsedCertificate): boolean {
  if (sid instanceof IssuerAndSerialNumber) {
    // Byte for byte, as signers copy it: comparing what was read would let pass what could not be.
    const [own, named] = [certificate.issuer, sid.issuer].map((name) => Buffer.from(name.valueBeforeDecode));
    return (
      own !== undefined && named?.equals(own) === true && certificate.serialNumber.isEqual(sid.serialNumber)
    );
  }
  const identifier = certificate.extensions?.find(({ extnID }) => extnID === OID.subjectKeyIdentifier)
    ?.parsedValue as unknown;
  const wanted = sid as { valueBlock?: { valueHexView?: Uint8Array; value?: OctetString[] } };
  const bytes = wanted.valueBlock?.valueHexView ?? wanted.valueBlock?.value?.[0]?.valueBlock.valueHexView;
  return (
    identifier instanceof OctetString &&
    bytes !== undefined &&
    bytes.length > 0 &&
    Buffer.from(identifier.valueBlock.valueHexView).equals(Buffer.from(bytes))
  );
}

interface Attributes {
  readonly encoded: ArrayBuffer;
  readonly contentType: string | null;
  readonly digest: Buffer | null;
  readonly time: Date | null;
}

function readAttributes({ signedAttrs }: SignerInfo): Attributes | null {
  if (signedAttrs === undefined) return null;
  const single = (type: string): unknown => {
    const found = signedAttrs.attributes.filter((attribute) => attribute.type === type);
    const values = found[0]?.values as readonly unknown[] | undefined;
    return found.length === 1 && values?.length === 1 ? values[0] : null;
  };
  const contentType = single(OID.contentType);
  const digest = single(OID.messageDigest);
  const time = single(OID.signingTime);
  return {
    encoded: signedAttrs.encodedValue,
    contentType: contentType instanceof ObjectIdentifier ? contentType.valueBlock.toString() : null,
    digest: digest instanceof OctetString ? Buffer.from(digest.valueBlock.valueHexView) : null,
    time: time instanceof UTCTime || time instanceof GeneralizedTime ? time.toDate() : null,
  };
}

/** Addresses, and what gitsign has for workflows: URIs, which are none. */
function namesOf(certificate: ParsedCertificate): { addresses: string[]; uris: string[] } {
  const alternatives = certificate.extensions?.find(({ extnID }) => extnID === OID.subjectAltName)
    ?.parsedValue as AltName | undefined;
  const ofType = (wanted: number): string[] =>
    (alternatives?.altNames ?? []).filter(({ type }) => type === wanted).map(({ value }) => String(value));
  const inSubject = certificate.subject.typesAndValues
    .filter(({ type }) => type === OID.emailAddress)
    .map(({ value }) => String((value as { valueBlock: { value: unknown } }).valueBlock.value));
  return {
    addresses: [...new Set([...ofType(1), ...inSubject])].filter((name) => ADDRESS.test(name)),
    uris: ofType(6).filter((name) => /^[^\s\p{C}]+$/u.test(name)),
  };
}
