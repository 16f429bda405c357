import { createPrivateKey } from 'node:crypto';

/** What the App reads from its environment. Every variable is described in `.env.example`. */
export interface Settings {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly host: string;
  readonly port: number;
  /** Base URL of the REST API, without a slash at the end. */
  readonly apiUrl: string;
  readonly logLevel: LogLevel;
  /** Where mirrors are kept; safe to delete at any time. */
  readonly cacheDirectory: string;
  /** Folders with further rules. */
  readonly ruleDirectories: readonly string[];
  /** Reviews that run at the same time. */
  readonly concurrency: number;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Every variable that is read; `.env.example` has the same. */
export const VARIABLES = [
  'APP_ID',
  'PRIVATE_KEY',
  'PRIVATE_KEY_PATH',
  'WEBHOOK_SECRET',
  'HOST',
  'PORT',
  'GHE_HOST',
  'LOG_LEVEL',
  'CACHE_DIRECTORY',
  'RULES_PATH',
  'CONCURRENCY',
] as const;
type Variable = (typeof VARIABLES)[number];

const MIN_SECRET = 16;

export type SettingsResult =
  | { readonly settings: Settings; readonly problems: readonly [] }
  | { readonly settings: null; readonly problems: readonly string[] };

/**
 * Reads the settings, naming everything that is wrong at once and never quoting a value that may be secret.
 *
 * @param readFile throws when the file cannot be read
 * @param defaultCacheDirectory used without CACHE_DIRECTORY
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
  defaultCacheDirectory: string,
): SettingsResult {
  const problems: string[] = [];
  const get = (name: Variable): string | null => {
    const value = environment[name]?.trim();
    return value === undefined || value === '' ? null : value;
  };
  const wholeNumber = (name: Variable, fallback: number, min: number, max: number): number => {
    const text = get(name);
    if (text === null) return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    problems.push(`${name} must be a whole number from ${min} to ${max}.`);
    return fallback;
  };

  if (get('APP_ID') === null)
    problems.push('APP_ID is not set: the number on the settings page of your GitHub App.');
  const settings: Settings = {
    appId: wholeNumber('APP_ID', 0, 1, Number.MAX_SAFE_INTEGER),
    privateKey: readPrivateKey(get, readFile, problems),
    webhookSecret: readSecret(get('WEBHOOK_SECRET'), problems),
    host: get('HOST') ?? '0.0.0.0',
    port: wholeNumber('PORT', 3000, 0, 65_535),
    apiUrl: readApiUrl(get('GHE_HOST'), problems),
    logLevel: readLogLevel(get('LOG_LEVEL'), problems),
    cacheDirectory: get('CACHE_DIRECTORY') ?? defaultCacheDirectory,
    ruleDirectories: (get('RULES_PATH') ?? '').split(':').filter((directory) => directory !== ''),
    concurrency: wholeNumber('CONCURRENCY', 4, 1, 64),
  };
  return problems.length === 0 ? { settings, problems: [] } : { settings: null, problems };
}

function readPrivateKey(
  get: (name: Variable) => string | null,
  readFile: (path: string) => string,
  problems: string[],
): string {
  const path = get('PRIVATE_KEY_PATH');
  const given = get('PRIVATE_KEY');
  if (given !== null && path !== null) {
    problems.push('PRIVATE_KEY and PRIVATE_KEY_PATH are both set: keep one.');
    return '';
  }
  if (given === null && path === null) {
    problems.push(
      'PRIVATE_KEY or PRIVATE_KEY_PATH is not set: generate a key on the settings page of your GitHub App.',
    );
    return '';
  }
  let text = given ?? '';
  if (path !== null) {
    try {
      text = readFile(path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      problems.push(
        `PRIVATE_KEY_PATH names a file that cannot be read (${code}): check the path and its permissions.`,
      );
      return '';
    }
  }
  const pem = toPem(text);
  if (pem === null) {
    const name = path === null ? 'PRIVATE_KEY' : 'The file that PRIVATE_KEY_PATH names';
    problems.push(
      `${name} does not hold a private key: it must be the PEM that GitHub gave you, or that in base64.`,
    );
    return '';
  }
  return pem;
}

/** A PEM as it is, with `\n` written out, or in base64; as PKCS #8, which every reader takes. */
function toPem(text: string): string | null {
  const lines = text.trim().replaceAll('\\n', '\n');
  const pem = lines.includes('-----BEGIN') ? lines : Buffer.from(lines, 'base64').toString('utf8');
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key.export({ type: 'pkcs8', format: 'pem' }).toString() : null;
  } catch {
    return null;
  }
}

function readSecret(secret: string | null, problems: string[]): string {
  if (secret === null) {
    problems.push(
      'WEBHOOK_SECRET is not set: without it anybody could send events. Set the same value in your GitHub App.',
    );
    return '';
  }
  if (secret.length < MIN_SECRET) {
    problems.push(
      `WEBHOOK_SECRET is too short: use at least ${MIN_SECRET} characters, such as \`openssl rand -hex 32\` gives.`,
    );
  }
  return secret;
}

function readApiUrl(host: string | null, problems: string[]): string {
  if (host === null) return 'https://api.github.com';
  if (!/^[a-z0-9.-]+(?::\d{1,5})?$/i.test(host)) {
    problems.push('GHE_HOST must be a host name, such as github.example.com, without https:// and path.');
  }
  return `https://${host}/api/v3`;
}

function readLogLevel(text: string | null, problems: string[]): LogLevel {
  const level = LOG_LEVELS.find((one) => one === (text ?? 'info'));
  if (level === undefined) problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}.`);
  return level ?? 'info';
}
