import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readSettings, VARIABLES } from '../../src/config/environment.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PKCS1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const PKCS8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const SECRET = 'a'.repeat(32);
const GOOD = { APP_ID: '7', PRIVATE_KEY: PKCS1, WEBHOOK_SECRET: SECRET };

const noFile = (): string => {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
};
const read = (environment: Record<string, string>, readFile: (path: string) => string = noFile) =>
  readSettings(environment, readFile, '/cache');

describe('readSettings', () => {
  test('defaults', () => {
    expect(read(GOOD).settings).toEqual({
      appId: 7,
      privateKey: PKCS8,
      webhookSecret: SECRET,
      host: '0.0.0.0',
      port: 3000,
      apiUrl: 'https://api.github.com',
      logLevel: 'info',
      cacheDirectory: '/cache',
      ruleDirectories: [],
      concurrency: 4,
    });
  });

  test.each([
    ['PKCS #8', PKCS8],
    ['line ends written out', PKCS1.replaceAll('\n', '\\n')],
    ['base64', Buffer.from(PKCS1).toString('base64')],
    ['white space around', `\n  ${PKCS1}\n`],
  ])('a key as %s', (_name, key) => {
    expect(read({ ...GOOD, PRIVATE_KEY: key }).settings?.privateKey).toBe(PKCS8);
  });

  test('a key from a file', () => {
    const settings = read({ ...GOOD, PRIVATE_KEY: '', PRIVATE_KEY_PATH: '/key' }, (path) =>
      path === '/key' ? PKCS8 : '',
    );
    expect(settings.settings?.privateKey).toBe(PKCS8);
  });

  test('GitHub Enterprise Server', () => {
    expect(read({ ...GOOD, GHE_HOST: 'github.example.com' }).settings?.apiUrl).toBe(
      'https://github.example.com/api/v3',
    );
  });

  test('everything that is missing, at once', () => {
    const { problems } = read({});
    expect(problems).toHaveLength(3);
    for (const name of ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET'])
      expect(problems.join('\n')).toContain(name);
  });

  test.each([
    [{ PORT: '99999' }, 'PORT must be a whole number from 0 to 65535'],
    [{ PORT: '3000x' }, 'PORT'],
    [{ APP_ID: 'seven' }, 'APP_ID must be a whole number'],
    [{ WEBHOOK_SECRET: 'short' }, 'too short'],
    [{ PRIVATE_KEY: 'nonsense' }, 'does not hold a private key'],
    [{ PRIVATE_KEY_PATH: '/x' }, 'both set'],
    [{ PRIVATE_KEY: '', PRIVATE_KEY_PATH: '/x' }, 'cannot be read (ENOENT)'],
    [{ GHE_HOST: 'https://x/api' }, 'without https://'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of'],
    [{ CONCURRENCY: '0' }, 'CONCURRENCY'],
  ])('%j', (change, expected) => {
    const { settings, problems } = read({ ...GOOD, ...change });
    expect(settings).toBeNull();
    expect(problems.join('\n')).toContain(expected);
  });

  test('an elliptic-curve key is refused: GitHub takes RSA only', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const pem = other.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(read({ ...GOOD, PRIVATE_KEY: pem }).settings).toBeNull();
  });

  test('no problem quotes a value', () => {
    const value = ['do', 'not', 'print', 'me'].join('');
    const { problems } = read({
      APP_ID: value,
      PRIVATE_KEY: value,
      WEBHOOK_SECRET: value,
      GHE_HOST: `${value}/`,
    });
    expect(problems.length).toBeGreaterThan(2);
    expect(problems.join('\n')).not.toContain(value);
  });
});

test('.env.example has exactly the variables that are read', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);
  expect(documented.sort()).toEqual([...VARIABLES].sort());
});
