import path from 'node:path';
import { readAlertSettings, type AlertSettings } from './alert-settings.ts';
import { likelyTypos } from './likely-typos.ts';
import { createSecretReader } from './secret-sources.ts';
import type { ReadFile, SecretReader } from './secret-sources.ts';
import {
  readAppKey,
  readDatabaseUrl,
  readFingerprintKey,
  readMetricsToken,
  readWebhookSecrets,
} from './secrets.ts';
import type { Report } from './secrets.ts';
import { createVariableReader } from './variables.ts';
import type { Environment, VariableReader } from './variables.ts';

export { VARIABLES } from './variables.ts';

/** What the App reads from its environment. Every variable is described in `.env.example`. */
export interface Settings extends StoreSettings, SearchSettings {
  readonly appId: number;
  /** RSA, as PKCS #8 PEM. */
  readonly privateKey: string;
  /** The current one first; a second one is the previous one, still accepted during a rotation. */
  readonly webhookSecrets: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Base URL of the REST API, without a slash at the end. */
  readonly apiUrl: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Where mirrors are kept; safe to delete at any time. */
  readonly cacheDirectory: string;
  readonly cacheMaxBytes: number;
  /** How long a mirror that nobody uses is kept, in milliseconds. */
  readonly cacheMaxAgeMs: number;
  /** Folders with further rules. */
  readonly ruleDirectories: readonly string[];
  /** Reviews that run at the same time. */
  readonly concurrency: number;
  /** How long running reviews may take to finish when the App stops, in milliseconds. */
  readonly drainMs: number;
  /** Time between two searches for missed work, in milliseconds; null: none. */
  readonly sweepMs: number | null;
  /** Time between two looks at the settings of a repository, in milliseconds; null: never. */
  readonly postureMs: number | null;
  /** How long the audit log is kept, in milliseconds; null: for ever. */
  readonly auditRetentionMs: number | null;
  /** The bearer token that `/metrics` wants; null: none. */
  readonly metricsToken: string | null;
  /** What becomes of a repository whose organisation's policy cannot be read. */
  readonly orgPolicy: OrgPolicy;
  /** Who is told about alerts, beside the repository's issues. */
  readonly alerts: AlertSettings;
}

/** How credentials are looked for. */
export interface SearchSettings {
  /** Makes fingerprints of secrets; null: they have none. */
  readonly fingerprintKey: string | null;
  /** A rule file of gitleaks' format; null: the built-in kinds. */
  readonly gitleaksConfig: string | null;
}

/** Where the App keeps what must survive a restart. */
export interface StoreSettings {
  /** An absolute path; holds the embedded store's file. */
  readonly dataDirectory: string;
  /** A PostgreSQL URL, which may hold a password; null: the embedded store is used. */
  readonly databaseUrl: string | null;
}

export const ORG_POLICIES = ['off', 'optional', 'required'] as const;
export type OrgPolicy = (typeof ORG_POLICIES)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ['json', 'pretty'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** `notices` are sentences for the log at start: nothing is wrong, but somebody should know. */
export type SettingsResult =
  | { readonly settings: Settings; readonly problems: readonly []; readonly notices: readonly string[] }
  | { readonly settings: null; readonly problems: readonly string[]; readonly notices: readonly string[] };

type PartialResult<T> =
  | { readonly settings: T; readonly problems: readonly [] }
  | { readonly settings: null; readonly problems: readonly string[] };
export type StoreSettingsResult = PartialResult<StoreSettings>;
export type SearchSettingsResult = PartialResult<SearchSettings>;
export type AlertSettingsResult = PartialResult<AlertSettings>;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Reads the settings, naming everything that is wrong at once and never quoting a value that may be secret.
 *
 * @param defaultCacheDirectory used without CACHE_DIRECTORY
 */
export function readSettings(
  environment: Environment,
  readFile: ReadFile,
  defaultCacheDirectory: string,
): SettingsResult {
  const problems: string[] = [];
  const report: Report = (problem) => void problems.push(problem);
  const variables = createVariableReader(environment, report);
  const { text, wholeNumber, oneOf, size } = variables;
  const readSecret = createSecretReader(environment, readFile, report);
  const orNull = (value: number): number | null => (value === 0 ? null : value);

  if (text('APP_ID') === null)
    report('APP_ID is not set: the number on the settings page of your GitHub App.');
  const { webhookSecrets, notices } = readWebhookSecrets(readSecret, report);
  const settings: Settings = {
    appId: wholeNumber('APP_ID', 0, 1, Number.MAX_SAFE_INTEGER),
    privateKey: readAppKey(readSecret, report),
    webhookSecrets,
    host: text('HOST') ?? '0.0.0.0',
    port: wholeNumber('PORT', 3000, 0, 65_535),
    apiUrl: readApiUrl(text('GHE_HOST'), report),
    logLevel: oneOf('LOG_LEVEL', 'info', LOG_LEVELS),
    logFormat: oneOf('LOG_FORMAT', 'json', LOG_FORMATS),
    cacheDirectory: text('CACHE_DIRECTORY') ?? defaultCacheDirectory,
    cacheMaxBytes: size('CACHE_MAX_SIZE', '10GiB', '100MiB', '1024TiB'),
    cacheMaxAgeMs: wholeNumber('CACHE_MAX_AGE_DAYS', 14, 1, 3650) * DAY,
    ...readStore(text, readSecret, report),
    ...readSearch(text, readSecret, report),
    ruleDirectories: (text('RULES_PATH') ?? '').split(':').filter((directory) => directory !== ''),
    concurrency: wholeNumber('CONCURRENCY', 4, 1, 64),
    drainMs: wholeNumber('DRAIN_SECONDS', 25, 0, 600) * SECOND,
    sweepMs: orNull(wholeNumber('SWEEP_MINUTES', 10, 0, 1440) * MINUTE),
    postureMs: orNull(wholeNumber('POSTURE_HOURS', 24, 0, 720) * HOUR),
    auditRetentionMs: orNull(wholeNumber('AUDIT_RETENTION_DAYS', 400, 0, 36_500) * DAY),
    metricsToken: readMetricsToken(readSecret, report),
    orgPolicy: oneOf('ORG_POLICY', 'optional', ORG_POLICIES),
    alerts: readAlertSettings(variables, readSecret, report),
  };
  const allNotices = [...notices, ...likelyTypos(environment)];
  return problems.length === 0
    ? { settings, problems: [], notices: allNotices }
    : { settings: null, problems, notices: allNotices };
}

/** Reads only what a command needs that works on the store. Problems are as in {@link readSettings}. */
export function readStoreSettings(environment: Environment, readFile: ReadFile): StoreSettingsResult {
  const problems: string[] = [];
  const report: Report = (problem) => void problems.push(problem);
  const { text } = createVariableReader(environment, report);
  const settings = readStore(text, createSecretReader(environment, readFile, report), report);
  return problems.length === 0 ? { settings, problems: [] } : { settings: null, problems };
}

/** Reads only what a search for credentials needs. Problems are as in {@link readSettings}. */
export function readSearchSettings(environment: Environment, readFile: ReadFile): SearchSettingsResult {
  const problems: string[] = [];
  const report: Report = (problem) => void problems.push(problem);
  const { text } = createVariableReader(environment, report);
  const settings = readSearch(text, createSecretReader(environment, readFile, report), report);
  return problems.length === 0 ? { settings, problems: [] } : { settings: null, problems };
}

/** Reads only what a command needs that tells receivers of alerts something. Problems are as in {@link readSettings}. */
export function readReceiverSettings(environment: Environment, readFile: ReadFile): AlertSettingsResult {
  const problems: string[] = [];
  const report: Report = (problem) => void problems.push(problem);
  const readSecret = createSecretReader(environment, readFile, report);
  const settings = readAlertSettings(createVariableReader(environment, report), readSecret, report);
  return problems.length === 0 ? { settings, problems: [] } : { settings: null, problems };
}

function readSearch(text: VariableReader['text'], readSecret: SecretReader, report: Report): SearchSettings {
  return { fingerprintKey: readFingerprintKey(readSecret, report), gitleaksConfig: text('GITLEAKS_CONFIG') };
}

function readStore(text: VariableReader['text'], readSecret: SecretReader, report: Report): StoreSettings {
  return {
    dataDirectory: path.resolve(text('DATA_DIRECTORY') ?? 'data'),
    databaseUrl: readDatabaseUrl(readSecret, report),
  };
}

function readApiUrl(host: string | null, report: Report): string {
  if (host !== null && !/^[a-z0-9.-]+(?::\d{1,5})?$/i.test(host)) {
    report('GHE_HOST must be a host name, such as github.example.com, without https:// and path.');
  }
  return apiUrlOf(host);
}

/** The REST API of a server by its host name; of github.com without one. */
export function apiUrlOf(host: string | null): string {
  return host === null ? 'https://api.github.com' : `https://${host}/api/v3`;
}
