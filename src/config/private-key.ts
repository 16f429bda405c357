import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { textIn } from './secret-sources.ts';

/** The key as PKCS #8 PEM, or the rest of a sentence that says what the content is instead. */
export type PrivateKeyResult = { readonly pem: string } | { readonly problem: string };

const MIN_BITS = 2048;
const NEEDED = 'GitHub Apps need the RSA private key that the settings page of your GitHub App generates.';
const PROBLEMS = {
  nothing: `does not hold a private key: it must be the PEM that GitHub gave you, or that in base64. ${NEEDED}`,
  cutOff:
    'holds the beginning of a PEM but not its end: write line ends as \\n, or put the key into a file and set PRIVATE_KEY_FILE.',
  damaged: 'holds a private key that is damaged: copy it once more, whole.',
  encrypted:
    'holds a private key that is encrypted with a passphrase: take it off (`openssl pkey -in KEY -out PLAIN`).',
  publicKey: `holds a public key. ${NEEDED}`,
  certificate: `holds a certificate. ${NEEDED}`,
  ssh: `holds an SSH key in OpenSSH's format. ${NEEDED}`,
  ellipticCurve: `holds an elliptic-curve (EC) key. ${NEEDED}`,
} as const;

/**
 * Reads an RSA private key in any usual encoding: PKCS #1 or PKCS #8; PEM, also with line ends written as `\n`, lost or
 * of another system, within quotes, indented, or in base64; DER, as bytes or in base64 of either alphabet.
 * No problem quotes content.
 */
export function readPrivateKey(content: Buffer): PrivateKeyResult {
  const der = derIn(content);
  if (der !== null) return fromDer(der);
  const text = textIn(content);
  return text === null ? { problem: PROBLEMS.nothing } : fromText(unwrapped(text));
}

/** Without quotes around it, and without line ends that are written out. */
function unwrapped(text: string): string {
  return text
    .replace(/^(["'])([\s\S]*)\1$/, '$2')
    .replace(/(?:\\+r)?\\+n/g, '\n')
    .trim();
}

function fromText(text: string): PrivateKeyResult {
  if (text.includes('-----BEGIN ')) return fromPem(text);
  if (/^(?:ssh|ecdsa|sk)-[a-z0-9@.-]+ /.test(text)) return { problem: PROBLEMS.publicKey };
  const body = fromBase64(text);
  if (body === null) return { problem: PROBLEMS.nothing };
  const der = derIn(body);
  if (der !== null) return fromDer(der);
  if (body.toString('latin1').startsWith('openssh-key-v1')) return { problem: PROBLEMS.ssh };
  const inner = unwrapped(textIn(body) ?? '');
  return inner.includes('-----BEGIN ') ? fromPem(inner) : { problem: PROBLEMS.nothing };
}

function fromPem(text: string): PrivateKeyResult {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----([\s\S]*?)-----END \1-----/g)].map(
    ([, label = '', body = '']) => ({ label, body }),
  );
  const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY')) ?? blocks[0];
  if (block === undefined) return { problem: PROBLEMS.cutOff };
  const { label, body } = block;
  if (/Proc-Type:[^\n]*ENCRYPTED/.test(body)) {
    return { problem: PROBLEMS.encrypted };
  }
  if (label.endsWith('PUBLIC KEY')) return { problem: PROBLEMS.publicKey };
  if (label.includes('CERTIFICATE')) return { problem: PROBLEMS.certificate };
  if (label === 'OPENSSH PRIVATE KEY') return { problem: PROBLEMS.ssh };
  if (label === 'EC PRIVATE KEY') return { problem: PROBLEMS.ellipticCurve };
  if (!label.endsWith('PRIVATE KEY')) return { problem: PROBLEMS.nothing };
  const der = derIn(fromBase64(body) ?? Buffer.alloc(0));
  return der === null ? { problem: PROBLEMS.damaged } : fromDer(der);
}

function fromDer(der: Buffer): PrivateKeyResult {
  const key = privateKeyIn(der);
  if (key === 'encrypted') return { problem: PROBLEMS.encrypted };
  if (key === null) {
    if (isReadable(() => createPublicKey({ key: der, format: 'der', type: 'spki' })))
      return { problem: PROBLEMS.publicKey };
    if (isReadable(() => createPublicKey({ key: der, format: 'der', type: 'pkcs1' })))
      return { problem: PROBLEMS.publicKey };
    if (isReadable(() => new X509Certificate(der))) return { problem: PROBLEMS.certificate };
    return { problem: PROBLEMS.damaged };
  }
  const type = key.asymmetricKeyType ?? 'unknown';
  if (type === 'ec') return { problem: PROBLEMS.ellipticCurve };
  if (type !== 'rsa') return { problem: `holds a key of type ${type}. ${NEEDED}` };
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MIN_BITS) {
    return { problem: `holds an RSA key of ${bits} bits: at least ${MIN_BITS} are needed. ${NEEDED}` };
  }
  if (!isSound(key)) return { problem: PROBLEMS.damaged };
  return { pem: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function privateKeyIn(der: Buffer): KeyObject | 'encrypted' | null {
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    try {
      return createPrivateKey({ key: der, format: 'der', type });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE') return 'encrypted';
    }
  }
  return null;
}

/** Whether the numbers of an RSA key belong together; OpenSSL reads those that do not, and GitHub refuses what they sign. */
function isSound(key: KeyObject): boolean {
  const jwk = key.export({ format: 'jwk' });
  const [n, e, d, p, q, dp, dq, qi] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map(
    (number) => BigInt(`0x0${Buffer.from(number ?? '', 'base64url').toString('hex')}`),
  ) as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  if (p < 3n || q < 3n || p * q !== n) return false;
  const inverse = (left: bigint, right: bigint, modulus: bigint): boolean => (left * right) % modulus === 1n;
  return (
    [d, dp].every((exponent) => inverse(e, exponent, p - 1n)) &&
    [d, dq].every((exponent) => inverse(e, exponent, q - 1n)) &&
    inverse(q, qi, p)
  );
}

function isReadable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

/** In the standard or the URL-safe alphabet, over any number of lines. */
function fromBase64(text: string): Buffer | null {
  const joined = text.replace(/\s+/g, '');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(joined) ? Buffer.from(joined, 'base64') : null;
}

/** The ASN.1 sequence that is the whole content but for a line end, or null. */
function derIn(content: Buffer): Buffer | null {
  const [tag, first = 0] = content;
  if (tag !== 0x30 || content.length < 2) return null;
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (lengthBytes > 4 || content.length < 2 + lengthBytes) return null;
  const length = lengthBytes === 0 ? first : content.readUIntBE(2, lengthBytes);
  const end = 2 + lengthBytes + length;
  return end <= content.length && content.toString('latin1', end).trim() === ''
    ? content.subarray(0, end)
    : null;
}
