import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { readSearchSettings, readSettings } from '../../src/config/environment.ts';
import { GOOD, PKCS1, PKCS8, read, readerOf, SECRET } from './environment-fixture.ts';

const OTHER = randomBytes(16).toString('hex');
const PASSWORD = randomBytes(16).toString('hex');
const URL = `postgresql://warden:${PASSWORD}@db.example.com:5432/warden?sslmode=require`;

describe('a secret from a file', () => {
  const byFile: readonly (readonly [string, string, string, object])[] = [
    ['PRIVATE_KEY', 'PRIVATE_KEY_FILE', PKCS1, { privateKey: PKCS8 }],
    ['PRIVATE_KEY', 'PRIVATE_KEY_PATH', PKCS1, { privateKey: PKCS8 }],
    ['WEBHOOK_SECRET', 'WEBHOOK_SECRET_FILE', OTHER, { webhookSecrets: [OTHER] }],
    ['WEBHOOK_SECRET_PREVIOUS', 'WEBHOOK_SECRET_PREVIOUS_FILE', OTHER, { webhookSecrets: [SECRET, OTHER] }],
    ['DATABASE_URL', 'DATABASE_URL_FILE', URL, { databaseUrl: URL }],
    ['METRICS_TOKEN', 'METRICS_TOKEN_FILE', OTHER, { metricsToken: OTHER }],
    ['FINGERPRINT_KEY', 'FINGERPRINT_KEY_FILE', OTHER, { fingerprintKey: OTHER }],
  ];

  test.each(byFile)('%s by %s', (name, fileName, value, expected) => {
    for (const content of [value, `${value}\n`, `\uFEFF${value}\r\n`]) {
      const result = read({ ...GOOD, [name]: '', [fileName]: '/run/secret' }, { '/run/secret': content });
      expect(result).toMatchObject({ settings: expected, problems: [] });
    }
  });

  test.each(byFile)('%s and %s are refused together', (name, fileName, value) => {
    const { problems } = read({ ...GOOD, [name]: value, [fileName]: '/x' }, { '/x': value });
    expect(problems).toEqual([`${name} and ${fileName} are both set: keep one.`]);
  });

  test('both names for the file of the key are refused together', () => {
    const { problems } = read({ ...GOOD, PRIVATE_KEY: '', PRIVATE_KEY_FILE: '/a', PRIVATE_KEY_PATH: '/b' });
    expect(problems).toEqual(['PRIVATE_KEY_FILE and PRIVATE_KEY_PATH are both set: keep one.']);
  });

  describe.each(byFile)('%s by %s is refused when the file', (name, fileName) => {
    const environment = { ...GOOD, [name]: '', [fileName]: '/somewhere/secret' };
    const failing = (code: string) =>
      readSettings(
        environment,
        () => {
          throw Object.assign(new Error('failed at /somewhere/secret'), { code });
        },
        '/cache',
      );
    const containing = (content: string | Buffer) => read(environment, { '/somewhere/secret': content });

    test.each([
      ['does not exist', failing('ENOENT'), 'cannot be read (ENOENT)'],
      ['may not be read', failing('EACCES'), 'cannot be read (EACCES)'],
      ['is a folder', failing('EISDIR'), 'is a folder'],
      ['is empty', containing(''), 'is empty'],
      ['is only a line end', containing('\r\n'), 'is empty'],
      ['is larger than 64 KiB', containing('a'.repeat(64 * 1024 + 1)), 'is larger than 64 KiB'],
    ])('%s', (_what, { settings, problems }, expected) => {
      expect(settings).toBeNull();
      expect(problems).toEqual([expect.stringContaining(`${fileName} names a file that ${expected}`)]);
      expect(problems.join()).not.toContain('/somewhere');
    });
  });

  test.each([
    ['two lines', `${OTHER}\n${SECRET}\n`],
    ['UTF-16', Buffer.from(`\uFEFF${OTHER}`, 'utf16le')],
    ['Latin-1', Buffer.from('ü'.repeat(20), 'latin1')],
    ['UTF-16 without a mark', Buffer.from(OTHER, 'utf16le')],
  ])('is refused when it is %s', (_what, content) => {
    const { problems } = read({ ...GOOD, METRICS_TOKEN_FILE: '/x' }, { '/x': content });
    expect(problems).toEqual(['The file that METRICS_TOKEN_FILE names must hold one line of text in UTF-8.']);
  });
});

describe('webhook secrets', () => {
  test('are the current and the previous one during a rotation, which is a notice', () => {
    const { settings, notices } = read({ ...GOOD, WEBHOOK_SECRET_PREVIOUS: OTHER });
    expect(settings?.webhookSecrets).toEqual([SECRET, OTHER]);
    expect(notices).toEqual([expect.stringMatching(/^WEBHOOK_SECRET_PREVIOUS is set: .*Remove it/)]);
  });

  test('may not be the same', () => {
    const { problems } = read({ ...GOOD, WEBHOOK_SECRET_PREVIOUS: ` ${SECRET} ` });
    expect(problems).toEqual([expect.stringContaining('hold the same secret')]);
    expect(problems.join()).toMatch(/^WEBHOOK_SECRET and WEBHOOK_SECRET_PREVIOUS /);
  });

  test('cannot be the previous one alone', () => {
    const { problems } = read({ ...GOOD, WEBHOOK_SECRET: '', WEBHOOK_SECRET_PREVIOUS: OTHER });
    expect(problems).toEqual([expect.stringContaining('WEBHOOK_SECRET or WEBHOOK_SECRET_FILE is not set')]);
  });

  test.each(['WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS', 'METRICS_TOKEN', 'FINGERPRINT_KEY'])(
    '%s of 15 characters is too short',
    (name) => {
      expect(read({ ...GOOD, [name]: 'x'.repeat(15) }).problems).toEqual([
        expect.stringContaining(`${name} is too short: use at least 16 characters`),
      ]);
      expect(read({ ...GOOD, [name]: 'x'.repeat(16) }).problems).toEqual([]);
    },
  );
});

test('a metrics token that no header can hold is refused', () => {
  for (const token of ['with some spaces in it', 'with-ümlaut-in-it-or-so']) {
    expect(read({ ...GOOD, METRICS_TOKEN: token }).problems).toEqual([
      expect.stringContaining('METRICS_TOKEN must hold ASCII characters without spaces'),
    ]);
  }
});

describe('the search for credentials, which the command line reads without the rest', () => {
  const search = (environment: Record<string, string>, files: Record<string, string> = {}) =>
    readSearchSettings(environment, readerOf(files));

  test('has neither a key nor a rule file by default', () => {
    expect(search({})).toEqual({ settings: { fingerprintKey: null, gitleaksConfig: null }, problems: [] });
    expect(read(GOOD).settings).toMatchObject({ fingerprintKey: null, gitleaksConfig: null });
  });

  test('takes both', () => {
    const settings = { fingerprintKey: OTHER, gitleaksConfig: '/etc/gitleaks.toml' };
    const environment = { FINGERPRINT_KEY_FILE: '/key', GITLEAKS_CONFIG: ' /etc/gitleaks.toml ' };
    expect(search(environment, { '/key': `${OTHER}\n` })).toEqual({ settings, problems: [] });
    expect(read({ ...GOOD, ...environment }, { '/key': OTHER }).settings).toMatchObject(settings);
  });

  test('never quotes a key that it refuses', () => {
    const { settings, problems } = search({ FINGERPRINT_KEY: 'short-key' });
    expect(settings).toBeNull();
    expect(problems).toEqual([expect.stringMatching(/^FINGERPRINT_KEY is too short/)]);
    expect(problems.join()).not.toContain('short-key');
    expect(search({ FINGERPRINT_KEY_FILE: '/none' }).problems).toEqual([
      expect.stringContaining('cannot be read (ENOENT)'),
    ]);
  });
});

describe('DATABASE_URL', () => {
  test.each([
    'postgres://db/warden',
    URL,
    'postgres://u:p%40ss%2Fword@[::1]:5432/warden',
    'postgres:///warden?host=/var/run/postgresql',
  ])('%s', (url) => {
    expect(read({ ...GOOD, DATABASE_URL: url }).settings?.databaseUrl).toBe(url);
  });

  test.each([
    ['another database', `mysql://warden:${PASSWORD}@db/warden`],
    ['no URL', `host=db password=${PASSWORD}`],
    ['no slashes', `postgres:warden:${PASSWORD}@db`],
    ['a port that is none', `postgres://warden:${PASSWORD}@db:port/warden`],
    ['an unencoded / in the password', `postgres://warden:1/${PASSWORD}@db/warden`],
    ['an unencoded # in the password', `postgres://warden:1#${PASSWORD}@db/warden`],
    ['an unencoded % in the password', `postgres://warden:%zz${PASSWORD}@db/warden`],
    ['two lines', `postgres://warden:${PASSWORD}@db/warden\nx`],
  ])('with %s is refused and not quoted', (_what, url) => {
    const { problems } = read({ ...GOOD, DATABASE_URL: url });
    expect(problems).toEqual([expect.stringContaining('DATABASE_URL must hold a PostgreSQL URL')]);
    expect(problems.join()).not.toContain(PASSWORD);
  });
});

describe('whatever is set', () => {
  const BROKEN: readonly Readonly<Record<string, string>>[] = [
    { APP_ID: '' },
    { PRIVATE_KEY: 'nonsense' },
    { WEBHOOK_SECRET: 'short' },
    { WEBHOOK_SECRET_PREVIOUS: 'brief' },
    { METRICS_TOKEN: 'tiny' },
    { DATABASE_URL: 'mysql://db' },
    { PORT: 'x' },
    { GHE_HOST: 'https://x' },
    { LOG_LEVEL: 'x' },
    { LOG_FORMAT: 'x' },
    { CACHE_MAX_SIZE: '1' },
    { CACHE_MAX_AGE_DAYS: 'x' },
    { CONCURRENCY: 'x' },
    { DRAIN_SECONDS: 'x' },
    { SWEEP_MINUTES: 'x' },
    { AUDIT_RETENTION_DAYS: 'x' },
  ];
  const alone = new Map(BROKEN.map((change) => [change, read({ ...GOOD, ...change }).problems]));

  test('every broken variable is one problem of its own', () => {
    for (const [change, problems] of alone) {
      expect(problems).toEqual([expect.stringContaining(Object.keys(change).join())]);
    }
    expect(new Set([...alone.values()].flat()).size).toBe(BROKEN.length);
  });

  test('the problems are exactly those of the broken variables', () => {
    fc.assert(
      fc.property(fc.subarray([...BROKEN]), (changes) => {
        const { settings, problems } = read(Object.assign({}, GOOD, ...changes) as Record<string, string>);
        expect([...problems].sort()).toEqual(changes.flatMap((change) => alone.get(change) ?? []).sort());
        expect(settings === null).toBe(changes.length > 0);
      }),
      { numRuns: 50 },
    );
  });

  const names = ['PRIVATE_KEY', 'WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS', 'METRICS_TOKEN', 'DATABASE_URL'];
  const variables = names.flatMap((name) => [name, `${name}_FILE`, `${name}S`]);

  test('no message contains a secret', () => {
    const secret = fc.stringMatching(/^[a-z0-9]{12,40}$/);
    const around = fc.constantFrom(
      (value: string) => value,
      (value: string) => `${value} ${value}`,
      (value: string) => `postgres://warden:${value}@db:port/x`,
      (value: string) => `-----BEGIN ${value.toUpperCase()} PRIVATE KEY-----\n${value}`,
      (value: string) => `-----BEGIN PRIVATE KEY-----\n${value}\n-----END PRIVATE KEY-----`,
      (value: string) => Buffer.from(value).toString('base64'),
    );
    fc.assert(
      fc.property(
        secret,
        fc.dictionary(fc.constantFrom(...variables), fc.tuple(around, fc.boolean())),
        (value, chosen) => {
          const environment = Object.fromEntries(
            Object.entries(chosen).map(([name, [wrap]]) => [name, wrap(value)]),
          );
          const files = Object.fromEntries(
            Object.values(chosen)
              .filter(([, exists]) => exists)
              .map(([wrap]) => [wrap(value), wrap(value)]),
          );
          const { problems, notices } = read(environment, files);
          const said = [...problems, ...notices].join('\n').toLowerCase();
          expect(said).not.toContain(value);
          expect(said).not.toContain(Buffer.from(value).toString('base64').toLowerCase());
        },
      ),
      { numRuns: 200 },
    );
  });
});
