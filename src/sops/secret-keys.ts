import { isPlaceholder } from '../manifests/placeholder.ts';

/** The last words of names that hold a secret, whatever stands before them. */
const SECRET_NAME =
  /(?:^|[^a-z])(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|client[_-]?key|encryption[_-]?key|signing[_-]?key|auth[_-]?key)$/;
const PASSWORD_NAME = /(?:pass(?:word|wd|phrase)|pwd)$/;

/** Names of objects and files, versions, addresses: what a reference consists of. */
const REFERENCE = /^(?:[a-z0-9]+(?:[-.][a-z0-9]+)*|\/.*|[a-z]+:\/\/[^@\s]*|\.{0,2}\/.*)$/;
const WORD = /^[A-Za-z]+$/;
const MIN_LENGTH = 6;
const MAX_LENGTH = 16_384;

/** `dbPassword`, `DB_PASSWORD` and `db-password` are one name. */
function words(name: string): string {
  return name
    .slice(-200)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * Whether a value under this name is very probably a secret in plain text. A name that says so is not enough: `secret:
 * grafana-admin` names another object, and a password is left to something else by a placeholder.
 */
export function looksSecret(name: string, value: unknown): boolean {
  const key = words(name);
  if (!SECRET_NAME.test(key) || typeof value !== 'string') return false;
  const text = value.trim();
  if (text.length < MIN_LENGTH || text.length > MAX_LENGTH || isPlaceholder(text)) return false;
  if (/^ENC\[|^\$\{|^(?:true|false|null|none|changeme|change-me|redacted|placeholder)$/i.test(text))
    return false;
  if (PASSWORD_NAME.test(key)) return !/^[*.x]+$/i.test(text);
  // A reference is made of lower-case words; a token of that form has digits and no words.
  if (REFERENCE.test(text) && !looksRandom(text)) return false;
  return !WORD.test(text) || text.length >= 24;
}

/** Letters and digits mixed in one long run. */
function looksRandom(text: string): boolean {
  return /^[a-z0-9]{16,}$/.test(text) && (text.match(/\d/g) ?? []).length >= 4;
}
