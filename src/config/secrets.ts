import { readPrivateKey } from './private-key.ts';
import { lineIn } from './secret-sources.ts';
import type { GivenSecret, SecretReader } from './secret-sources.ts';

/** Takes one sentence that says what is wrong and quotes no value. */
export type Report = (problem: string) => void;

/** In characters. */
const MIN_SECRET = 16;

/** The App's key as PKCS #8 PEM; empty when a problem was reported. */
export function readAppKey(readSecret: SecretReader, report: Report): string {
  const given = readSecret(
    'PRIVATE_KEY',
    ['PRIVATE_KEY_FILE', 'PRIVATE_KEY_PATH'],
    'PRIVATE_KEY or PRIVATE_KEY_FILE is not set: generate a key on the settings page of your GitHub App.',
  );
  if (given === null) return '';
  const key = readPrivateKey(given.content);
  if ('pem' in key) return key.pem;
  report(`${given.subject} ${key.problem}`);
  return '';
}

/** The current secret first, then the previous one when a rotation is under way. */
export function readWebhookSecrets(
  readSecret: SecretReader,
  report: Report,
): { readonly webhookSecrets: readonly string[]; readonly notices: readonly string[] } {
  const current = readSecret(
    'WEBHOOK_SECRET',
    ['WEBHOOK_SECRET_FILE'],
    'WEBHOOK_SECRET or WEBHOOK_SECRET_FILE is not set: without it anybody could send events. Set the same value in your GitHub App.',
  );
  const previous = readSecret('WEBHOOK_SECRET_PREVIOUS', ['WEBHOOK_SECRET_PREVIOUS_FILE']);
  const given = [current, previous].filter((one) => one !== null);
  const webhookSecrets = given.map((one) => longLine(one, report)).filter((one) => one !== null);
  if (webhookSecrets.length === 2 && webhookSecrets[0] === webhookSecrets[1]) {
    report(
      `${given.map(({ variable }) => variable).join(' and ')} hold the same secret: remove the previous one.`,
    );
  }
  const notices =
    previous === null
      ? []
      : [
          `${previous.variable} is set: events that are signed with the previous webhook secret are accepted too. Remove it once GitHub has the new one.`,
        ];
  return { webhookSecrets, notices };
}

/** Null when it is not set or a problem was reported. */
export function readMetricsToken(readSecret: SecretReader, report: Report): string | null {
  const given = readSecret('METRICS_TOKEN', ['METRICS_TOKEN_FILE']);
  const token = given === null ? null : longLine(given, report);
  if (given === null || token === null) return null;
  if (!/^[\x21-\x7e]+$/.test(token)) {
    report(`${given.subject} must hold ASCII characters without spaces, to fit into an HTTP header.`);
  }
  return token;
}

/** The key of the fingerprints of secrets; null when it is not set or a problem was reported. */
export function readFingerprintKey(readSecret: SecretReader, report: Report): string | null {
  const given = readSecret('FINGERPRINT_KEY', ['FINGERPRINT_KEY_FILE']);
  return given === null ? null : longLine(given, report);
}

/** Null when it is not set or a problem was reported. */
export function readDatabaseUrl(readSecret: SecretReader, report: Report): string | null {
  const given = readSecret('DATABASE_URL', ['DATABASE_URL_FILE']);
  if (given === null) return null;
  const text = lineIn(given.content);
  if (text !== null && isPostgresUrl(text)) return text;
  report(
    `${given.subject} must hold a PostgreSQL URL such as postgres://USER:PASSWORD@HOST:5432/DATABASE, with signs such as @, /, # and % in the password percent-encoded.`,
  );
  return null;
}

/** An unencoded sign in the password ends the host or begins another part of the URL: that shows. */
function isPostgresUrl(text: string): boolean {
  if (!/^postgres(?:ql)?:\/\//i.test(text)) return false;
  const url = URL.parse(text);
  if (url === null) return false;
  if (url.hash !== '' || url.pathname.includes('@')) return false;
  try {
    [url.username, url.password, url.pathname].forEach(decodeURIComponent);
    return true;
  } catch {
    return false;
  }
}

/** The line that a secret holds. Null, and reported, when it is not one line or too short. */
export function longLine({ subject, content }: GivenSecret, report: Report): string | null {
  const line = lineIn(content);
  if (line === null) {
    report(`${subject} must hold one line of text in UTF-8.`);
    return null;
  }
  if (line.length >= MIN_SECRET) return line;
  report(
    `${subject} is too short: use at least ${MIN_SECRET} characters, such as \`openssl rand -hex 32\` gives.`,
  );
  return null;
}
