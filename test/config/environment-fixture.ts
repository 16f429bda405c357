import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readSettings, type SettingsResult } from '../../src/config/environment.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const PKCS1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
export const PKCS8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const DER = privateKey.export({ type: 'pkcs1', format: 'der' });
export const KEY = privateKey;
export const PUBLIC_KEY = publicKey;
export const SECRET = randomBytes(16).toString('hex');
export const GOOD = { APP_ID: '7', PRIVATE_KEY: PKCS1, WEBHOOK_SECRET: SECRET };

/** Reads an environment on a machine that has only these files. */
export function read(
  environment: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string | Buffer>> = {},
): SettingsResult {
  return readSettings(environment, readerOf(files), '/cache');
}

export function readerOf(files: Readonly<Record<string, string | Buffer>>): (path: string) => Buffer {
  return (path) => {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error(`no such file ${path}`), { code: 'ENOENT' });
    return Buffer.from(content);
  };
}
