import { RE2JS } from 're2js';

const BASE64 = '[A-Za-z0-9+/]';
// 32 bytes of nonce and 16 of tag, as padded base64.
const VALUE = new RegExp(
  `^ENC\\[AES256_GCM,data:(${BASE64}+={0,2}),iv:${BASE64}{43}=,tag:${BASE64}{22}==,` +
    'type:(str|int|float|bool|bytes|time|comment)\\]$',
);
/** A MAC is an encrypted SHA-512 in hexadecimal: 128 bytes, in base64 172 characters with one of padding. */
const MAC_DATA = /^.{171}=$/;

export const CIPHERTEXT_PREFIX = 'ENC[AES256_GCM,';

/** `tail`: text behind the closing bracket, which SOPS drops without a word and which is not encrypted. */
export type CiphertextDefect = 'tail' | 'malformed';

/** What is wrong with an encrypted value; null when nothing is. Text that is no ciphertext at all is malformed. */
export function ciphertextDefect(text: string): CiphertextDefect | null {
  const match = VALUE.exec(text);
  if (match !== null) return (match[1] ?? '').length % 4 === 0 ? null : 'malformed';
  const end = text.indexOf(']');
  const whole = end >= 0 && end < text.length - 1 && ciphertextDefect(text.slice(0, end + 1)) === null;
  return whole ? 'tail' : 'malformed';
}

/**
 * The encrypted value that SOPS sees in a text: without a tail that it drops, and with every part in the one spelling that
 * base64 has for its bytes, since unused bits at the end of a part are not looked at. Null when there is none.
 */
export function ciphertextIn(value: unknown): string | null {
  if (typeof value !== 'string' || !value.startsWith(CIPHERTEXT_PREFIX)) return null;
  const defect = ciphertextDefect(value);
  if (defect === 'malformed') return null;
  const whole = defect === null ? value : value.slice(0, value.indexOf(']') + 1);
  return whole.replaceAll(
    /(data|iv|tag):([^,]+)/g,
    (_part, name: string, base64: string) => `${name}:${Buffer.from(base64, 'base64').toString('base64')}`,
  );
}

export function isCiphertext(value: unknown): boolean {
  return typeof value === 'string' && ciphertextDefect(value) === null;
}

/** How many bytes a ciphertext hides, which is as many as it has itself; 0 for what is none. */
export function ciphertextBytes(text: string): number {
  return Buffer.from(VALUE.exec(text)?.[1] ?? '', 'base64').byteLength;
}

export function isMac(text: string): boolean {
  const [, data = '', type] = VALUE.exec(text) ?? [];
  return type === 'str' && MAC_DATA.test(data) && !data.endsWith('==');
}

/** The six ways of choosing what SOPS encrypts; a file or a creation rule may have one. */
export const SOPS_MODES = [
  'unencrypted_suffix',
  'encrypted_suffix',
  'unencrypted_regex',
  'encrypted_regex',
  'unencrypted_comment_regex',
  'encrypted_comment_regex',
] as const;

export interface SopsMode {
  readonly kind: (typeof SOPS_MODES)[number];
  readonly pattern: string;
}

/** The modes that a metadata map or a creation rule sets. */
export function modesOf(settings: Readonly<Record<string, unknown>>): SopsMode[] {
  return SOPS_MODES.flatMap((kind) => {
    const pattern = settings[kind];
    return typeof pattern === 'string' && pattern !== '' ? [{ kind, pattern }] : [];
  });
}

/** Where neither names a mode, SOPS takes the same one. */
export function isSameMode(a: SopsMode | null, b: SopsMode | null): boolean {
  const [one, other] = [a ?? DEFAULT_MODE, b ?? DEFAULT_MODE];
  return one.kind === other.kind && one.pattern === other.pattern;
}

const DEFAULT_MODE: SopsMode = { kind: 'unencrypted_suffix', pattern: '_unencrypted' };

/** Whether the value at these map keys is to be encrypted. */
export type EncryptionScope = (keys: readonly string[]) => boolean;

/**
 * What a mode encrypts. Null when that depends on comments, which are not looked at.
 *
 * @param mode null: SOPS leaves out keys that end in `_unencrypted`
 * @throws {Error} when the pattern is not valid
 */
export function encryptionScope(mode: SopsMode | null): EncryptionScope | null {
  const { kind, pattern } = mode ?? DEFAULT_MODE;
  switch (kind) {
    case 'unencrypted_suffix':
      return (keys) => !keys.some((key) => key.endsWith(pattern));
    case 'encrypted_suffix':
      return (keys) => keys.some((key) => key.endsWith(pattern));
    case 'unencrypted_regex': {
      const matches = goPattern(pattern);
      return (keys) => !keys.some(matches);
    }
    case 'encrypted_regex': {
      const matches = goPattern(pattern);
      return (keys) => keys.some(matches);
    }
    default:
      return null;
  }
}

/** Longer patterns, and such as unfold to more, are refused: each is tried on every path or key. */
const MAX_PATTERN_LENGTH = 2000;
const MAX_PROGRAM_SIZE = 2000;
/** Answers that are kept: keys repeat in a file, and so do the folders of paths. */
const MAX_KEPT = 10_000;

/**
 * A regular expression as Go reads it, unanchored and in linear time.
 *
 * @throws {Error} when it is not valid, or too large to be tried on everything
 */
export function goPattern(pattern: string): (text: string) => boolean {
  if (pattern.length > MAX_PATTERN_LENGTH) throw new RangeError('the pattern is too long');
  const compiled = RE2JS.compile(pattern);
  if (compiled.programSize() > MAX_PROGRAM_SIZE) throw new RangeError('the pattern is too large');
  const kept = new Map<string, boolean>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const matches = compiled.matcher(text).find();
    if (kept.size < MAX_KEPT) kept.set(text, matches);
    return matches;
  };
}
