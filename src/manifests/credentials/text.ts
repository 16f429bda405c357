import { decodeBase64 } from '../base64.ts';
import { isDummy, isWellKnown, looksGenerated } from './literal.ts';
import type { CredentialKind } from './kinds.ts';

/** A credential inside a text. */
export interface InText {
  readonly index: number;
  readonly length: number;
  readonly kind: CredentialKind;
}

// Every repetition is bounded, and no two that follow each other can match the same character.
const URL_PASSWORD =
  /\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:@/"'`<>,;]{0,100}:([^\s@/"'`<>]{1,300})@(?=[^\s"'`]|$)/gi;
const URL_TOKEN = /\b(?:https?|git|ssh):\/\/([\w.~-]{20,300})@/gi;
/** Where a program reports its errors: by https://docs.sentry.io/concepts/key-terms/dsn-explainer/ it may be public. */
const SENTRY_DSN = /^https?:\/\/[0-9a-f]{32}@[\w.:-]{1,253}\/\d{1,20}(?!\w)/;
/** Among the parameters of a connection string, of libpq or of a URL. */
const PARAMETER =
  /(?<=^|[;?&\s])(?:password|passwd|pwd|sslpassword|accountkey|sharedaccesskey|accesskey|sig) ?= ?(?:"([^"\n]{3,300})"|'([^'\n]{3,300})'|([^;&\s"'=()[\]{}<>$][^;&\s"'()[\]{}<>]{2,300}))/gi;
const MYSQL_DSN = /\b[\w.-]{1,60}:([^\s:@/"']{3,200})@(?:tcp|unix)\(/gi;
/** An account of a database, as PostgreSQL, MySQL and their kin make it. */
const SQL_ACCOUNT =
  /\b(?:CREATE|ALTER)\s{1,10}(?:USER|ROLE)\s[^;]{0,200}?\b(?:PASSWORD|IDENTIFIED\s{1,10}BY)\s{1,10}'([^'\n]{3,300})'/gi;
const HEADER =
  /\b(?:Authorization|X-Api-Key|PRIVATE-TOKEN|X-Vault-Token)["']?\s{0,5}[:=]\s{0,5}["']?(?:(?:Basic|Bearer|token)\s{1,5})?([A-Za-z0-9+/_=.-]{8,2000})/gi;
// Starts only where no run of its characters is cut in two, so that no text makes it start over and over.
const JWT = /(?<![\w.-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/g;
/** The token that the documentation of the format shows, and everybody copies. */
const SAMPLE_JWT = 'eyJzdWIiOiIxMjM0NTY3ODkw';
const SLACK_HOOK =
  /\bhttps:\/\/hooks\.slack\.com\/services\/T[A-Z0-9]{6,14}\/B[A-Z0-9]{6,14}\/[A-Za-z0-9]{20,30}/g;

/** Found in one text; what stands behind them is as bad, and the first ones say so. */
const MAX_FOUND = 100;

/** What a text has to hold for `HEADER` to match. */
const HEADER_NAME = /authorization|x-api-key|private-token|x-vault-token/i;

/** Credentials that a text shows by its form: in URLs, connection strings and headers, and tokens that are signed. */
export function credentialsInText(text: string): InText[] {
  // Each pattern is only tried on a text that has what it cannot do without: most texts have none of it.
  const found: InText[] = [];
  const collect = (
    pattern: RegExp,
    kind: CredentialKind,
    accept: (value: string, index: number) => boolean,
  ): void => {
    for (const match of text.matchAll(pattern)) {
      if (found.length >= MAX_FOUND) return;
      const value =
        (match.slice(1) as (string | undefined)[]).find((group) => group !== undefined) ?? match[0];
      if (
        accept(value, match.index) &&
        !found.some(
          (one) => match.index < one.index + one.length && one.index < match.index + match[0].length,
        )
      ) {
        found.push({ index: match.index, length: match[0].length, kind });
      }
    }
  };
  if (text.includes('@')) {
    if (text.includes('://')) {
      collect(URL_PASSWORD, 'url', isLiteralPassword);
      collect(
        URL_TOKEN,
        'url',
        (value, index) => looksGenerated(value) && !SENTRY_DSN.test(text.slice(index, index + 400)),
      );
    }
    collect(MYSQL_DSN, 'connection', isLiteralPassword);
  }
  if (text.includes('eyJ')) collect(JWT, 'jwt', (value) => !value.includes(SAMPLE_JWT) && isJwt(value));
  if (/password|identified/i.test(text)) collect(SQL_ACCOUNT, 'password', isLiteralPassword);
  if (text.includes('hooks.slack.com')) collect(SLACK_HOOK, 'slack', () => true);
  if (HEADER_NAME.test(text)) collect(HEADER, 'token', (value) => looksGenerated(value) && !isDummy(value));
  if (text.includes('=') && !text.includes('\n')) {
    collect(PARAMETER, 'connection', (value, index) => isLiteralPassword(value) && isParameter(text, index));
  }
  return found;
}

/** One of several: behind a separator, behind another `key=value`, or in front of a semicolon. */
function isParameter(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 100), index);
  return /[;?&]\s?$/.test(before) || /\w=\S+\s$/.test(before) || (index === 0 && text.includes(';'));
}

function isLiteralPassword(value: string): boolean {
  return (
    !/\$\{|\$\(|\{\{|^\$[A-Za-z_]|%\w+%|^[%@][A-Za-z{(]|\*{3}/.test(value) &&
    !isDummy(value) &&
    !isWellKnown(value)
  );
}

/** A token whose header names an algorithm, and which is signed. */
export function isJwt(text: string): boolean {
  const header = decodeBase64(text.split('.', 1)[0]?.replaceAll('-', '+').replaceAll('_', '/') ?? '', true);
  return header !== null && /"alg"\s*:\s*"(?!none")/.test(header);
}

/** A JSON web token that Kubernetes issued for a service account. */
export function isServiceAccountToken(text: string): boolean {
  if (!isJwt(text)) return false;
  const payload = decodeBase64(text.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '', true);
  return payload !== null && /kubernetes\/serviceaccount|"kubernetes\.io"/.test(payload);
}
