// Files with the form of SOPS files, made of random bytes: nothing is encrypted in them, and nothing can be decrypted.
import { randomBytes } from 'node:crypto';

export type ValueType = 'str' | 'int' | 'float' | 'bool' | 'bytes' | 'time' | 'comment';

/** A value with the strict form of SOPS ciphertext. */
export function ciphertext(length = 12, type: ValueType = 'str'): string {
  const base64 = (bytes: number): string => randomBytes(bytes).toString('base64');
  return `ENC[AES256_GCM,data:${base64(length)},iv:${base64(32)},tag:${base64(16)},type:${type}]`;
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** A well-formed age recipient for a random public key. */
export function ageRecipient(): string {
  const words: number[] = [];
  let bits = 0;
  let value = 0;
  for (const byte of randomBytes(32)) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      words.push((value >> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  if (bits > 0) words.push((value << (5 - bits)) & 31);
  const prefix = ['a', 'g', 'e'];
  const expanded = [
    ...prefix.map((char) => char.charCodeAt(0) >> 5),
    0,
    ...prefix.map((char) => char.charCodeAt(0) & 31),
  ];
  const check = checksum([...expanded, ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  const tail = [5, 4, 3, 2, 1, 0].map((index) => (check >> (5 * index)) & 31);
  return `age1${[...words, ...tail].map((word) => BECH32[word] ?? '').join('')}`;
}

function checksum(words: readonly number[]): number {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let sum = 1;
  for (const word of words) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ word;
    generators.forEach((generator, index) => {
      if ((top >> index) & 1) sum ^= generator;
    });
  }
  return sum;
}

/** An armored data key, as long as age makes it. */
export function armoredKey(): string {
  const body = randomBytes(200)
    .toString('base64')
    .replaceAll(/(.{64})/g, '$1\n');
  return `-----BEGIN AGE ENCRYPTED FILE-----\n${body.trim()}\n-----END AGE ENCRYPTED FILE-----\n`;
}

export interface MetadataParts {
  readonly recipients: readonly string[];
  /** Such as `encrypted_regex: ^(data|stringData)$`. */
  readonly mode?: string;
}

/** The `sops:` block of a YAML file. */
export function yamlMetadata({ recipients, mode }: MetadataParts): string {
  const keys = recipients.map((recipient) => {
    const armor = armoredKey().trimEnd().replaceAll(/^/gm, '            ');
    return `        - recipient: ${recipient}\n          enc: |\n${armor}\n`;
  });
  return (
    `sops:\n    age:\n${keys.join('')}    lastmodified: "2026-03-04T05:06:07Z"\n` +
    `    mac: ${ciphertext(128)}\n${mode === undefined ? '' : `    ${mode}\n`}    version: 3.13.2\n`
  );
}

/** A YAML file: keys with encrypted values, then the metadata. */
export function sopsYaml(keys: readonly string[], parts: MetadataParts): string {
  return keys.map((key) => `${key}: ${ciphertext()}\n`).join('') + yamlMetadata(parts);
}

/** An encrypted Secret, as `sops --encrypted-regex '^(data|stringData)$'` writes it. */
export function sopsSecret(name: string, keys: readonly string[], recipients: readonly string[]): string {
  const values = keys.map((key) => `    ${key}: ${ciphertext()}\n`).join('');
  return (
    `apiVersion: v1\nkind: Secret\nmetadata:\n    name: ${name}\nstringData:\n${values}` +
    yamlMetadata({ recipients, mode: 'encrypted_regex: ^(data|stringData)$' })
  );
}
