import { leavesOf } from '../leaves.ts';
import { isRecord } from '../manifest.ts';
import { plainKeysOf, type PlainKey } from '../plain-secret.ts';
import { decodeBase64, isBase64 } from '../base64.ts';
import { credentialNamed, isPublicName } from './key-name.ts';
import { defaultOf, hasHarmlessShape, isHost, isNoLiteral, isUrl, looksGenerated } from './literal.ts';
import { parseBounded } from './parse.ts';
import { credentialsInText } from './text.ts';

/** Whether a key of a Secret holds something that has to be hidden. What cannot be told to be harmless has to be. */
export function isExposed({ field, key, value }: PlainKey): boolean {
  if (field === 'metadata.annotations') return isExposedCopy(value);
  if (typeof value !== 'string') return !isHarmlessText(key, JSON.stringify(value), 0);
  if (field !== 'data') return !isHarmlessText(key, value, 0);
  const decoded = decodeBase64(value);
  // Written under the wrong field, or not encoded: then it is read as it stands.
  return decoded === null ? !isNoLiteral(value) : !isNoLiteral(value) && !isHarmlessText(key, decoded, 0);
}

/** The copy of a Secret that `kubectl apply` leaves in an annotation. */
function isExposedCopy(value: unknown): boolean {
  const copy = typeof value === 'string' ? parseBounded(value) : undefined;
  return !isRecord(copy) || plainKeysOf({ ...copy, metadata: {} }).some(isExposed);
}

/** `data` that is no base64: the API server refuses the object. */
export function isUndecodable({ field, value }: PlainKey): boolean {
  return field === 'data' && (typeof value !== 'string' || !isBase64(value));
}

/** Texts in texts are followed this far. */
const MAX_DEPTH = 3;

function isHarmlessText(key: string, text: string, depth: number): boolean {
  if (isNoLiteral(text)) return true;
  const fallback = defaultOf(text);
  if (fallback !== null) return isHarmlessText(key, fallback, depth);
  if (/\n|^\s*[{[]/.test(text)) return depth < MAX_DEPTH && isHarmlessFile(text, depth);
  if (key === '.dockerconfigjson' || key === '.dockercfg') return false;
  const named = credentialNamed(key);
  if (named === 'password' || named === 'qualified') return false;
  if (hasHarmlessShape(text)) return true;
  if (isUrl(text)) return isHarmlessUrl(text);
  if (/id$/i.test(key) && isPublicName(key) && /^[\w-]{1,80}$/.test(text)) return true;
  return isPublicName(key) && (isHost(text) || isPlainName(text) || isPlainPath(key, text));
}

/** A URL with neither credentials nor the token that makes a webhook's address secret. */
export function isHarmlessUrl(text: string): boolean {
  const value = text.trim();
  if (/\s/.test(value) || value.length > 1000 || credentialsInText(value).length > 0) return false;
  const path = value.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return (
    !value.slice(0, value.length - path.length).includes('@') && !path.split(/[/?&=#;:]/).some(looksLikeToken)
  );
}

function looksLikeToken(part: string): boolean {
  return part.length >= 16 && looksGenerated(part);
}

/** A name that a person chose; what a machine made (a token as user name, say) has digits within. */
function isPlainName(text: string): boolean {
  const value = text.trim();
  return (
    value.length <= 100 &&
    (/^[A-Za-z][A-Za-z._@+/ -]*\d{0,4}$/.test(value) ||
      /^[a-z]{2,10}(?:-[a-z]{2,20})*-\d{1,4}[a-z]?$/.test(value)) &&
    credentialNamed(value) === null
  );
}

function isPlainPath(key: string, text: string): boolean {
  return /(?:path|file|dir)$/i.test(key) && /^[\w./-]{1,200}$/.test(text);
}

/** A configuration file of which every value is harmless. */
function isHarmlessFile(text: string, depth: number): boolean {
  const root = parseBounded(text);
  if (!isRecord(root)) return false;
  if (isRecord(root['auths'])) return dockerLoginsOf(root).length === 0;
  return leavesOf(root).every(({ keys, value }) => {
    const key = keys.at(-1) ?? '';
    // An unnamed number or word tells nothing; a text that nobody can place stays suspect.
    return typeof value === 'string'
      ? isHarmlessText(key, value, depth + 1) || (credentialNamed(key) === null && isOrdinary(value))
      : credentialNamed(key) !== 'password' || typeof value === 'boolean';
  });
}

function isOrdinary(text: string): boolean {
  return !looksGenerated(text) && text.length <= MAX_ORDINARY && credentialsInText(text).length === 0;
}
const MAX_ORDINARY = 500;

/** The registries of a Docker configuration for which it holds a login. */
export function dockerLoginsOf(config: Readonly<Record<string, unknown>>): readonly (readonly string[])[] {
  const auths = isRecord(config['auths']) ? config['auths'] : {};
  return Object.entries(auths).flatMap(([registry, entry]) => {
    if (!isRecord(entry)) return [];
    return ['auth', 'password', 'identitytoken', 'registrytoken']
      .filter((field) => isLogin(field, entry[field]))
      .slice(0, 1)
      .map((field) => ['auths', registry, field]);
  });
}

function isLogin(field: string, value: unknown): boolean {
  if (typeof value !== 'string' || isNoLiteral(value)) return false;
  if (field !== 'auth') return true;
  const pair = decodeBase64(value, true);
  if (pair === null) return true;
  const password = pair.slice(pair.indexOf(':') + 1);
  return !isNoLiteral(password);
}
