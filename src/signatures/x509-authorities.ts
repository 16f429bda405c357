import { X509Certificate, type KeyObject } from 'node:crypto';
import { Certificate as ParsedCertificate } from 'pkijs';
import type { ConfigProblem } from '../engine/policy.ts';
import { decodeBase64 } from './armor.ts';
import { isInNameOf, isSignedBy, readRevocations, type RevocationList } from './x509-revocation.ts';

/** A certificate, as the two libraries see it. */
export interface Certificate {
  /** The file it stands in; empty for one that a signature brings. */
  readonly path: string;
  readonly node: X509Certificate;
  readonly parsed: ParsedCertificate;
  readonly publicKey: KeyObject;
}

/** The X.509 authorities that the base branch names. */
export interface Authorities {
  /** Self-signed certificates: trusted. */
  readonly roots: readonly Certificate[];
  /** Others, which only help to build a chain. */
  readonly intermediates: readonly Certificate[];
  readonly revocations: readonly RevocationList[];
}

const UNVERIFIED_LIST =
  'holds a revocation list that no authority of its name here has signed, or not in a way that can be verified. ' +
  'Fetch it anew, or put the certificate beside it that signed it';
const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END ([A-Z0-9 ]{1,40})-----/g;

export function readAuthorities(files: readonly { path: string; bytes: Uint8Array }[]): {
  value: Authorities;
  problems: ConfigProblem[];
} {
  const roots: Certificate[] = [];
  const intermediates: Certificate[] = [];
  const lists: { line: number; list: Omit<RevocationList, 'issuers'> }[] = [];
  const problems: ConfigProblem[] = [];
  for (const { path, bytes } of files) {
    const text = Buffer.from(bytes).toString('latin1');
    let found = false;
    for (const match of text.matchAll(BLOCK)) {
      found = true;
      const [, label = '', body = '', end] = match;
      const line = text.slice(0, match.index).split('\n').length;
      const note = (message: string): void => void problems.push({ path, line, message });
      const der = label === end ? decodeBase64(body.replaceAll(/\s/g, '')) : null;
      if (label.endsWith('PRIVATE KEY')) {
        note(
          'holds a PRIVATE key: everybody who can read this repository has it. Replace it, and put only certificates here',
        );
      } else if (der === null) {
        note('holds a block of PEM that cannot be read');
      } else if (label === 'CERTIFICATE' || label === 'TRUSTED CERTIFICATE') {
        const certificate = readCertificate(der, path);
        if (certificate === null) note('holds a certificate that cannot be read');
        else if (isSelfSigned(certificate)) roots.push(certificate);
        else intermediates.push(certificate);
      } else if (label === 'X509 CRL') {
        const list = readRevocations(der, path);
        if (list === null) note('holds a revocation list that cannot be read');
        else lists.push({ line, list });
      } else {
        note('holds a block of PEM that is neither a certificate nor a revocation list');
      }
    }
    if (!found) problems.push({ path, line: null, message: 'holds no certificate in PEM format' });
  }
  if (roots.length === 0 && intermediates.length > 0) {
    const [first] = files;
    problems.push({
      path: first?.path ?? '',
      line: null,
      message: 'holds certificates and no root: a root is one that signed itself',
    });
  }
  const revocations = lists.map(({ line, list }): RevocationList => {
    const named = [...roots, ...intermediates].filter((authority) => isInNameOf(list, authority));
    const issuers = named.filter(({ publicKey }) => isSignedBy(list, publicKey));
    // Without an authority of its name here, whoever brings the authority's certificate shows whether it fits.
    if (named.length > 0 && issuers.length === 0) {
      problems.push({ path: list.path, line, message: UNVERIFIED_LIST });
    }
    return { ...list, issuers };
  });
  return { value: { roots, intermediates, revocations }, problems };
}

/** Null when it cannot be read. */
export function readCertificate(der: Uint8Array, path = ''): Certificate | null {
  try {
    const node = new X509Certificate(der);
    return { path, node, parsed: ParsedCertificate.fromBER(Uint8Array.from(der)), publicKey: node.publicKey };
  } catch {
    return null;
  }
}

function isSelfSigned({ node, publicKey }: Certificate): boolean {
  try {
    return node.checkIssued(node) && node.verify(publicKey);
  } catch {
    return false;
  }
}
