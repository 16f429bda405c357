import { isRecord } from '../manifest.ts';
import { decodeBase64 } from '../base64.ts';
import { dockerLoginsOf } from './exposed.ts';
import { credentialNamed, wordsOf } from './key-name.ts';
import type { CredentialKind } from './kinds.ts';
import {
  defaultOf,
  hasHarmlessShape,
  isHost,
  isNoLiteral,
  isUrl,
  isWellKnown,
  looksGenerated,
  namesAnObject,
  pointsElsewhere,
} from './literal.ts';
import { parseBounded } from './parse.ts';
import { credentialsInText, isServiceAccountToken } from './text.ts';

/**
 * How a value is used. `setting`: an environment variable, an argument or a line of a configuration file, which hold
 * values. `field`: a field of an object or of Helm values, which as often holds the name of a Secret.
 */
export type Use = 'setting' | 'field';

/** The kind of credential that a named value is; null when it is none, or one that everybody knows. */
export function kindOfNamed(name: string, text: string, use: Use): CredentialKind | null {
  if (/authorization/i.test(name) && wordsOf(name).at(-1) === 'authorization') return kindOfHeader(text);
  const strength = credentialNamed(name);
  if (strength === null || isNoLiteral(text)) return null;
  const fallback = defaultOf(text);
  if (fallback !== null) return kindOfNamed(name, fallback, use);
  if (isWellKnown(text) || pointsElsewhere(text) || /\$\{|\$\(|\{\{/.test(text)) return null;
  // A password may be any text, even a number, but not a sentence about one.
  if (strength === 'password') return isPossiblePassword(text) ? kindByName(name) : null;
  if (hasHarmlessShape(text) || isHost(text) || isUrl(text) || namesAnObject(text)) return null;
  // The name of a key in a Secret: `secretKey: api-token`.
  if (/^[A-Za-z][A-Za-z._-]*$/.test(text) && text.length <= 60 && credentialNamed(text) !== null) return null;
  if (/-----BEGIN [A-Z ]*PRIVATE KEY/.test(text)) return 'private-key';
  const certain = use === 'setting' && (strength === 'qualified' || isSurelyValue(name));
  const isValue = certain ? text.trim().length >= 6 && !/\s/.test(text.trim()) : looksGenerated(text);
  return isValue ? kindByName(name) : null;
}

/** Settings name no objects by a token, and an environment variable named `…_SECRET` holds one. */
function isSurelyValue(name: string): boolean {
  return /token$/i.test(name) || /^[A-Z][A-Z0-9_]*$/.test(name);
}

function kindOfHeader(text: string): CredentialKind | null {
  const value = /^\s*(?:Basic|Bearer|token)\s{1,5}(\S{8,4000})\s*$/i.exec(text)?.[1];
  if (value === undefined || isNoLiteral(value) || pointsElsewhere(value)) return null;
  return looksGenerated(value) ? 'token' : null;
}

function isPossiblePassword(text: string): boolean {
  const value = text.trim();
  const words = /^(?:true|false|yes|no|on|off|enabled?|disabled?|~)$/i.test(value);
  // `Forgot Password?` is what a form says.
  const label = /\s/.test(value) && !/\d/.test(value) && /pass(?:word|wort|code|phrase)/i.test(value);
  return !words && !label && value.length >= 3 && !/^\d{1,3}$/.test(value) && !/^(?:\S+\s+){4}/.test(value);
}

/** Shorter than any token or encoded file, and without what every other form has: a colon, an equals sign or an at sign. */
const IS_WORD = /^[\w./-]{0,31}$/;

/** A value whose form tells that it is a credential, whatever it is called. */
export function kindByForm(text: string): CredentialKind | null {
  if (text.length < 8 || IS_WORD.test(text)) return null;
  const found = credentialsInText(text)[0]?.kind;
  const kind = found ?? kindInBase64(text);
  // Asked last: few texts come so far.
  if (kind === null || isNoLiteral(text)) return null;
  return found === 'jwt' && isServiceAccountToken(text.trim()) ? 'service-account-token' : kind;
}

/** As often as a text may be encoded again. */
const MAX_TOWER = 5;

/** Key files and configurations that hide behind base64, also behind several layers of it. */
function kindInBase64(text: string): CredentialKind | null {
  let inner = text.trim();
  for (let layer = 0; layer < MAX_TOWER; layer += 1) {
    if (inner.length < 32 || !/^[A-Za-z0-9+/\r\n]+={0,2}\s*$/.test(inner)) return null;
    const decoded = decodeBase64(inner);
    if (decoded === null) return null;
    inner = decoded.trim();
    const kind = kindOfFile(inner);
    if (kind !== null) return kind;
  }
  return null;
}

/** A text that as a whole is the file of a credential. */
export function kindOfFile(text: string): CredentialKind | null {
  if (/-----BEGIN OPENSSH PRIVATE KEY-----\s*[A-Za-z0-9+/]{40}/.test(text)) return 'ssh-key';
  if (/-----BEGIN (?:[A-Z]{2,9} )?PRIVATE KEY(?: BLOCK)?-----\s*[A-Za-z0-9+/]{40}/.test(text))
    return 'private-key';
  if (/\bAGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{40}/.test(text)) return 'age-key';
  if (/"auths"\s*:/.test(text)) {
    const config = parseBounded(text);
    if (isRecord(config) && dockerLoginsOf(config).length > 0) return 'registry';
  }
  if (/\bclient-key-data["']?\s*:\s*["']?[A-Za-z0-9+/]{32}/.test(text)) return 'kubeconfig';
  const [token] = credentialsInText(text.slice(0, 20_000)).filter(({ kind }) => kind === 'jwt');
  return token === undefined || token.length < text.length ? null : 'jwt';
}

const BY_WORD: readonly (readonly [RegExp, CredentialKind])[] = [
  [/\baws\b.*\bkey\b|\bsecret access key\b/, 'aws-key'],
  [/\bazure\b.*\bsecret\b/, 'azure-secret'],
  [/\bslack\b/, 'slack'],
  [/\b(?:github|gitlab|gitea|bitbucket)\b/, 'git-host'],
  [/\bclient key data\b/, 'kubeconfig'],
  [/\bssh\b/, 'ssh-key'],
  [/\bprivate ?key\b/, 'private-key'],
  [/\b(?:client|app|consumer) ?secret\b/, 'client-secret'],
  [/\bapi ?key\b/, 'api-key'],
  [/(?:password|passwd|passphrase|pwd|pass|pw)$/, 'password'],
  [/token$/, 'token'],
];

export function kindByName(name: string): CredentialKind {
  const words = wordsOf(name).join(' ');
  return BY_WORD.find(([pattern]) => pattern.test(words))?.[1] ?? 'secret';
}
