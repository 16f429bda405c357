import type { Signature } from '../engine/change.ts';

export type SignatureKind = NonNullable<Signature['kind']>;

/** Far more than any signature with a chain of certificates takes. */
const MAX_ARMOR_BYTES = 256 * 1024;

const LABELS: readonly (readonly [SignatureKind, string])[] = [
  ['openpgp', 'PGP SIGNATURE'],
  ['openpgp', 'PGP MESSAGE'],
  ['ssh', 'SSH SIGNATURE'],
  ['x509', 'SIGNED MESSAGE'],
];

export type ArmorReading = { readonly kind: SignatureKind } | { readonly problem: string };

/** The kind of a signature by its armor, which must be whole, alone, and the only one. */
export function readArmor(armor: Uint8Array): ArmorReading {
  if (armor.length > MAX_ARMOR_BYTES) {
    return { problem: `its signature takes more than ${MAX_ARMOR_BYTES / 1024} KiB` };
  }
  const text = Buffer.from(armor).toString('latin1');
  const found = LABELS.find(([, label]) => /^\r?\n/.test(afterBegin(text, label)));
  if (found === undefined || !text.trimEnd().endsWith(`\n-----END ${found[1]}-----`)) {
    return { problem: 'its signature is neither OpenPGP, SSH nor X.509, or is cut off' };
  }
  if (text.includes('\n-----BEGIN ')) return { problem: 'it carries more than one signature' };
  return { kind: found[0] };
}

/** Whether a line starts the armor of a signature, as in the message of a tag. */
export function startsArmor(line: string): boolean {
  return LABELS.some(([, label]) => line.startsWith(`-----BEGIN ${label}-----`));
}

function afterBegin(text: string, label: string): string {
  const begin = `-----BEGIN ${label}-----`;
  return text.startsWith(begin) ? text.slice(begin.length, begin.length + 2) : '';
}

/** The bytes in an armor that has no headers; null when something else than base64 stands in it. */
export function dearmor(armor: Uint8Array): Buffer | null {
  const lines = Buffer.from(armor).toString('latin1').trimEnd().split(/\r?\n/);
  const body = lines.slice(1, -1).join('').replaceAll(/[ \t]/g, '');
  return decodeBase64(body);
}

/** Base64 with its padding, and nothing else; null otherwise. */
export function decodeBase64(text: string): Buffer | null {
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  return Buffer.from(text, 'base64');
}
