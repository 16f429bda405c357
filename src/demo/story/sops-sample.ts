import { randomBytes } from 'node:crypto';

/**
 * A Secret as SOPS leaves it behind: every value in the form of ciphertext, with the metadata of its recipients.
 * The ciphertext is random bytes, so there is nothing in it that could be decrypted.
 */
export function encryptedSecret(options: {
  readonly namespace: string;
  readonly name: string;
  readonly keys: readonly string[];
  readonly recipients: readonly string[];
}): string {
  const values = options.keys.map((key) => `  ${key}: ${ciphertext(24)}`);
  const recipients = options.recipients.map(
    (recipient) => `    - recipient: ${recipient}\n      enc: |\n${armored()}`,
  );
  return `apiVersion: v1
kind: Secret
metadata:
  name: ${options.name}
  namespace: ${options.namespace}
stringData:
${values.join('\n')}
sops:
  age:
${recipients.join('\n')}
  lastmodified: "2026-10-05T08:30:00Z"
  mac: ${ciphertext(128)}
  encrypted_regex: ^(data|stringData)$
  version: 3.13.2
`;
}

/** The file as `sops updatekeys` leaves it when somebody is removed: all else stays. */
export function withoutRecipient(text: string, recipient: string): string {
  return text.replace(new RegExp(`    - recipient: ${recipient}\\n      enc: \\|\\n(?: {8}.*\\n)+`), '');
}

/** In the grammar of SOPS: the data is as long as the plain text, the vector has 32 bytes, the tag 16. */
function ciphertext(length: number): string {
  const base64 = (bytes: number): string => randomBytes(bytes).toString('base64');
  return `ENC[AES256_GCM,data:${base64(length)},iv:${base64(32)},tag:${base64(16)},type:str]`;
}

/** An age file for one X25519 recipient: a header of three lines, then nonce and sealed data key. */
function armored(): string {
  const line = (): string => randomBytes(32).toString('base64').replace('=', '');
  const header = `age-encryption.org/v1\n-> X25519 ${line()}\n${line()}\n--- ${line()}\n`;
  const body = Buffer.concat([Buffer.from(header), randomBytes(64)]).toString('base64');
  const lines = [
    '-----BEGIN AGE ENCRYPTED FILE-----',
    ...(body.match(/.{1,64}/g) ?? []),
    '-----END AGE ENCRYPTED FILE-----',
  ];
  return lines.map((text) => `        ${text}`).join('\n');
}
