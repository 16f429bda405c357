import { createPrivateKey } from 'node:crypto';
import type { Settings } from '../config/environment.ts';

/** What the App needs of the settings. `port` 0: any free port. */
export type AppSettings = Pick<
  Settings,
  | 'appId'
  | 'privateKey'
  | 'webhookSecrets'
  | 'host'
  | 'port'
  | 'apiUrl'
  | 'logLevel'
  | 'logFormat'
  | 'concurrency'
  | 'sweepMs'
  | 'postureMs'
  | 'auditRetentionMs'
  | 'metricsToken'
  | 'orgPolicy'
  | 'alerts'
>;

/**
 * Refuses settings with which the App could not run safely, naming all of them. Probot itself would run with a
 * well-known secret when none is given.
 *
 * @throws {Error} with one line for each problem, quoting no value
 */
export function assertUsable(settings: AppSettings): void {
  const problems: string[] = [];
  if (
    settings.webhookSecrets.length === 0 ||
    settings.webhookSecrets.some((secret) => secret.trim() === '')
  ) {
    problems.push(
      'The webhook secret is empty: anybody could send events. Set the same secret as in the GitHub App.',
    );
  }
  if (!Number.isSafeInteger(settings.appId) || settings.appId <= 0) {
    problems.push(
      'The App id is not a positive whole number. Copy it from the settings page of the GitHub App.',
    );
  }
  if (!isRsaPrivateKey(settings.privateKey)) {
    problems.push(
      'The private key is not an RSA key in PEM. Generate one on the settings page of the GitHub App.',
    );
  }
  if (!isPlainUrl(settings.apiUrl)) problems.push('The API URL is not an http(s) URL without credentials.');
  if (problems.length > 0) throw new Error(['gitops-warden cannot start:', ...problems].join('\n- '));
}

/** Where people and `git` go: the host of the API without its prefix. */
export function serverUrl(apiUrl: string): string {
  const url = new URL(apiUrl);
  if (url.host === 'api.github.com') return 'https://github.com';
  return url.origin;
}

function isPlainUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && ['https:', 'http:'].includes(url.protocol) && url.username === '' && url.password === ''
  );
}

function isRsaPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
