import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { NO_RECEIVERS } from '../../src/config/alert-settings.ts';
import { readSettings, readStoreSettings, VARIABLES } from '../../src/config/environment.ts';
import { GOOD, PKCS8, read, readerOf, SECRET } from './environment-fixture.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('readSettings', () => {
  test('defaults', () => {
    expect(read(GOOD).settings).toEqual({
      appId: 7,
      privateKey: PKCS8,
      webhookSecrets: [SECRET],
      host: '0.0.0.0',
      port: 3000,
      apiUrl: 'https://api.github.com',
      logLevel: 'info',
      logFormat: 'json',
      cacheDirectory: '/cache',
      cacheMaxBytes: 10 * 1024 ** 3,
      cacheMaxAgeMs: 14 * DAY,
      dataDirectory: path.resolve('data'),
      databaseUrl: null,
      ruleDirectories: [],
      fingerprintKey: null,
      gitleaksConfig: null,
      concurrency: 4,
      drainMs: 25_000,
      sweepMs: 10 * MINUTE,
      postureMs: DAY,
      auditRetentionMs: 400 * DAY,
      metricsToken: null,
      orgPolicy: 'optional',
      alerts: NO_RECEIVERS,
    });
    expect(read(GOOD).notices).toEqual([]);
  });

  test.each([
    ['GHE_HOST', 'github.example.com', { apiUrl: 'https://github.example.com/api/v3' }],
    ['LOG_FORMAT', 'pretty', { logFormat: 'pretty' }],
    ['RULES_PATH', '/a:/b', { ruleDirectories: ['/a', '/b'] }],
    ['DATA_DIRECTORY', '/var/lib/data', { dataDirectory: '/var/lib/data' }],
    ['DATA_DIRECTORY', 'store', { dataDirectory: path.resolve('store') }],
    ['CACHE_DIRECTORY', '/mirrors', { cacheDirectory: '/mirrors' }],
    ['CACHE_MAX_SIZE', '100MiB', { cacheMaxBytes: 100 * 1024 ** 2 }],
    ['CACHE_MAX_SIZE', '1.5 GiB', { cacheMaxBytes: 1536 * 1024 ** 2 }],
    ['CACHE_MAX_SIZE', '2Ti', { cacheMaxBytes: 2 * 1024 ** 4 }],
    ['CACHE_MAX_AGE_DAYS', '1', { cacheMaxAgeMs: DAY }],
    ['DRAIN_SECONDS', '0', { drainMs: 0 }],
    ['DRAIN_SECONDS', '600', { drainMs: 600_000 }],
    ['SWEEP_MINUTES', '0', { sweepMs: null }],
    ['SWEEP_MINUTES', '1440', { sweepMs: DAY }],
    ['POSTURE_HOURS', '0', { postureMs: null }],
    ['POSTURE_HOURS', '720', { postureMs: 30 * DAY }],
    ['AUDIT_RETENTION_DAYS', '0', { auditRetentionMs: null }],
    ['AUDIT_RETENTION_DAYS', '1', { auditRetentionMs: DAY }],
  ])('%s=%s', (name, value, expected) => {
    expect(read({ ...GOOD, [name]: value })).toMatchObject({ settings: expected, problems: [] });
  });

  test('everything that is missing, at once', () => {
    const { problems } = read({});
    expect(problems).toHaveLength(3);
    for (const name of ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET'])
      expect(problems.join('\n')).toContain(`${name} `);
  });

  test.each([
    [{ PORT: '99999' }, 'PORT must be a whole number from 0 to 65535'],
    [{ PORT: '3000x' }, 'PORT'],
    [{ PORT: '0x10' }, 'PORT'],
    [{ APP_ID: 'seven' }, 'APP_ID must be a whole number'],
    [{ APP_ID: '9007199254740993' }, 'APP_ID must be a whole number'],
    [{ GHE_HOST: 'https://x/api' }, 'without https://'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of'],
    [{ LOG_FORMAT: 'xml' }, 'LOG_FORMAT must be one of json, pretty'],
    [{ CONCURRENCY: '0' }, 'CONCURRENCY'],
    [{ CACHE_MAX_SIZE: '99MiB' }, 'CACHE_MAX_SIZE must be a size from 100MiB'],
    [{ CACHE_MAX_SIZE: '2000TiB' }, 'CACHE_MAX_SIZE'],
    [{ CACHE_MAX_SIZE: '10GB' }, 'such as 500MiB or 10GiB'],
    [{ CACHE_MAX_SIZE: '10' }, 'CACHE_MAX_SIZE'],
    [{ CACHE_MAX_AGE_DAYS: '0' }, 'CACHE_MAX_AGE_DAYS must be a whole number from 1'],
    [{ DRAIN_SECONDS: '601' }, 'DRAIN_SECONDS must be a whole number from 0 to 600'],
    [{ SWEEP_MINUTES: '1441' }, 'SWEEP_MINUTES must be a whole number from 0 to 1440'],
    [{ SWEEP_MINUTES: '-1' }, 'SWEEP_MINUTES'],
    [{ AUDIT_RETENTION_DAYS: '0.5' }, 'AUDIT_RETENTION_DAYS must be a whole number'],
  ])('%j', (change, expected) => {
    const { settings, problems } = read({ ...GOOD, ...change });
    expect(settings).toBeNull();
    expect(problems).toEqual([expect.stringContaining(expected)]);
  });
});

describe('a variable that is likely a typo', () => {
  test.each([
    ['WEBHOOK_SECERT', 'WEBHOOK_SECRET'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['PRIVATE_KEY_FIEL', 'PRIVATE_KEY_FILE'],
    ['WEBHOOK_SECRET_PREVIUOS', 'WEBHOOK_SECRET_PREVIOUS'],
    ['WEBHOK_SECRT', 'WEBHOOK_SECRET'],
    ['APPID', 'APP_ID'],
    ['PROT', 'PORT'],
  ])('%s is a notice that names %s', (name, meant) => {
    const value = 'not to be printed';
    const { settings, notices } = read({ ...GOOD, [name]: value });
    expect(settings).not.toBeNull();
    expect(notices).toEqual([expect.stringMatching(new RegExp(`^${name} .*did you mean ${meant}\\?`))]);
    expect(notices.join()).not.toContain(value);
  });

  test('is named beside the problem that it causes', () => {
    const { problems, notices } = read({ APP_ID: '7', PRIVATE_KEY: PKCS8, WEBHOOK_SECERT: SECRET });
    expect(problems).toHaveLength(1);
    expect(notices).toHaveLength(1);
  });

  test('is never an ordinary variable of a machine or a container', () => {
    const ordinary = {
      ...Object.fromEntries(
        [
          [
            'HOME',
            'HOSTNAME',
            'PATH',
            'PWD',
            'OLDPWD',
            'USER',
            'LOGNAME',
            'SHELL',
            'LANG',
            'TERM',
            'SHLVL',
            'TMPDIR',
          ],
          [
            'NODE_ENV',
            'NODE_OPTIONS',
            'HTTP_PROXY',
            'HTTPS_PROXY',
            'NO_PROXY',
            'TZ',
            'CI',
            'POD_NAME',
            'POD_IP',
          ],
          [
            'KUBERNETES_PORT',
            'KUBERNETES_SERVICE_HOST',
            'DB_HOST',
            'DB_PORT',
            'PGHOST',
            'PGPORT',
            'WARDEN_PORT',
          ],
        ]
          .flat()
          .map((name) => [name, 'x']),
      ),
    };
    expect(read({ ...GOOD, ...ordinary }).notices).toEqual([]);
  });
});

describe('readStoreSettings', () => {
  const url = 'postgres://warden@db.example.com/warden';

  test('needs nothing', () => {
    expect(readStoreSettings({}, readerOf({}))).toEqual({
      settings: { dataDirectory: path.resolve('data'), databaseUrl: null },
      problems: [],
    });
  });

  test('reads the store and overlooks what is wrong elsewhere', () => {
    const environment = { DATA_DIRECTORY: '/data', DATABASE_URL_FILE: '/url', PORT: 'none' };
    expect(readStoreSettings(environment, readerOf({ '/url': `${url}\n` }))).toEqual({
      settings: { dataDirectory: '/data', databaseUrl: url },
      problems: [],
    });
  });

  test('reports what is wrong with the store', () => {
    expect(readStoreSettings({ DATABASE_URL: 'mysql://db' }, readerOf({}))).toEqual({
      settings: null,
      problems: [expect.stringContaining('DATABASE_URL must hold a PostgreSQL URL')],
    });
  });
});

describe('.env.example', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => ({
    name,
    value,
  }));

  test('has exactly the variables that are read', () => {
    expect(documented.map(({ name }) => name).sort()).toEqual([...VARIABLES].sort());
  });

  test('shows the defaults', () => {
    const shown = Object.fromEntries(documented.map(({ name, value }) => [name, value]));
    expect(readSettings({ ...shown, ...GOOD }, readerOf({}), '/cache')).toEqual(read(GOOD));
    for (const { name, value } of documented.filter((one) => one.value !== '')) {
      expect([name, read({ ...GOOD, [name]: value })]).toEqual([name, read(GOOD)]);
    }
  });
});
