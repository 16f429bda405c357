import { decodeBase64 } from './armor.ts';
import { readSshPublicKey, type SshPublicKey } from './ssh-key.ts';
import { WireError } from './ssh-wire.ts';

/** A line of an `allowed_signers` file, in the format of ssh-keygen(1), section ALLOWED SIGNERS. */
export interface AllowedSigner {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** Patterns of identities. */
  readonly principals: readonly string[];
  /** The key vouches for others, in certificates, and signs nothing itself. */
  readonly isAuthority: boolean;
  /** Patterns of namespaces; null: all. */
  readonly namespaces: readonly string[] | null;
  /** Seconds since the epoch; both are still valid. */
  readonly validAfter: number | null;
  readonly validBefore: number | null;
  readonly key: SshPublicKey['key'];
}

export interface LineProblem {
  readonly line: number;
  readonly message: string;
}

export interface Lines<T> {
  readonly entries: readonly T[];
  /** Lines that cannot be used; the others hold. */
  readonly problems: readonly LineProblem[];
}

const MAX_LINES = 10_000;
/** The largest keys take some 3 KiB. */
const MAX_LINE_LENGTH = 64 * 1024;

/** A line that cannot be used, and why. */
class LineError extends Error {
  override readonly name = 'LineError';
}

export function readAllowedSigners(path: string, text: string): Lines<AllowedSigner> {
  return readLines(text, (line, number) => readSigner(path, line, number));
}

/** A list of keys that do not count any more, one public key a line. */
export function readRevokedKeys(
  text: string,
): Lines<{ readonly fingerprint: string; readonly line: number }> {
  return readLines(text, (line, number) => ({
    fingerprint: readKey(new Cursor(line)).key.fingerprint,
    line: number,
  }));
}

function readLines<T>(text: string, read: (line: string, number: number) => T): Lines<T> {
  const entries: T[] = [];
  const problems: LineProblem[] = [];
  const lines = text.split('\n');
  for (const [index, raw] of lines.slice(0, MAX_LINES).entries()) {
    const line = raw.replace(/\r$/, '').replace(/^[ \t]+/, '');
    if (line === '' || line.startsWith('#')) continue;
    try {
      if (line.length > MAX_LINE_LENGTH) throw new LineError(`is longer than ${MAX_LINE_LENGTH} characters`);
      entries.push(read(line, index + 1));
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      problems.push({ line: index + 1, message: error.message });
    }
  }
  if (lines.length > MAX_LINES) {
    problems.push({
      line: MAX_LINES + 1,
      message: `stands behind line ${MAX_LINES}, from which on nothing is read`,
    });
  }
  return { entries, problems };
}

function readSigner(path: string, text: string, line: number): AllowedSigner {
  const cursor = new Cursor(text);
  const principals = cursor.word();
  if (cursor.atEnd) throw new LineError('names a signer and no key');
  const patterns = principals.split(',').filter((pattern) => pattern !== '');
  if (patterns.every((pattern) => pattern.startsWith('!'))) {
    throw new LineError('names nobody: it needs at least one principal that is not negated');
  }
  const options = cursor.startsKey() ? NO_OPTIONS : readOptions(cursor.options());
  const { key, certificate } = readKey(cursor);
  if (certificate !== null) throw new LineError('holds a certificate; it needs the key of its authority');
  return { path, line, principals: patterns, ...options, key };
}

function readKey(cursor: Cursor): SshPublicKey {
  const type = cursor.word();
  const blob = decodeBase64(cursor.word());
  if (blob === null)
    throw new LineError('holds no readable key: it ends in the type of a key and its base64');
  try {
    const read = readSshPublicKey(blob);
    if (blob.toString('latin1', 4, 4 + blob.readUInt32BE(0)) !== type) {
      throw new LineError('names another type than its key has');
    }
    // A key that is no point of its curve shows only when it is used.
    read.key.verifier(
      { algorithm: read.key.type, value: Buffer.alloc(64), suffix: Buffer.alloc(5) },
      Buffer.alloc(0),
    );
    return read;
  } catch (error) {
    if (error instanceof WireError) throw new LineError(`holds a key that cannot be read (${error.message})`);
    throw error;
  }
}

type Options = Pick<AllowedSigner, 'isAuthority' | 'namespaces' | 'validAfter' | 'validBefore'>;

const NO_OPTIONS: Options = { isAuthority: false, namespaces: null, validAfter: null, validBefore: null };

function readOptions(text: string): Options {
  let read = NO_OPTIONS;
  const seen = new Set<string>();
  for (const { name, value } of splitOptions(text)) {
    if (seen.has(name)) throw new LineError(`has the option \`${name}\` twice`);
    seen.add(name);
    read = { ...read, ...readOption(name, value) };
  }
  const { validAfter, validBefore } = read;
  if (validAfter !== null && validBefore !== null && validBefore <= validAfter) {
    throw new LineError('is never valid: `valid-before` is not behind `valid-after`');
  }
  return read;
}

function readOption(name: string, value: string | null): Partial<Options> {
  if (name === 'cert-authority' && value === null) return { isAuthority: true };
  if (name === 'namespaces' && value !== null) return { namespaces: value.split(',') };
  if (name === 'valid-after' && value !== null) return { validAfter: readTime(name, value) };
  if (name === 'valid-before' && value !== null) return { validBefore: readTime(name, value) };
  const known = ['cert-authority', 'namespaces', 'valid-after', 'valid-before'].includes(name);
  throw new LineError(
    known
      ? `has the option \`${name}\` ${value === null ? 'without a quoted value' : 'with a value that it does not take'}`
      : 'has an option that is not known; known are `cert-authority`, `namespaces`, `valid-after` and `valid-before`',
  );
}

/** `name` and `name="value"`, separated by commas. */
function splitOptions(text: string): { name: string; value: string | null }[] {
  const options: { name: string; value: string | null }[] = [];
  const option = /([A-Za-z-]+)(?:="((?:[^"\\]|\\.)*)")?(,|$)/y;
  let at = 0;
  while (at < text.length) {
    option.lastIndex = at;
    const match = option.exec(text);
    if (match === null) throw new LineError('has options, or a key, that cannot be read');
    const [whole, name = '', value, separator] = match;
    options.push({ name: name.toLowerCase(), value: value?.replaceAll('\\"', '"') ?? null });
    at += whole.length;
    if (separator === ',' && at === text.length) throw new LineError('has options that end in a comma');
  }
  return options;
}

/** `YYYYMMDD[HHMM[SS]]`; in UTC, with or without a `Z`, so that every machine reads the same. */
function readTime(name: string, value: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(?:Z|UTC)?$/i.exec(value);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? [])
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0));
  const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(milliseconds);
  const exists =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (match === null || !exists) {
    throw new LineError(`has a \`${name}\` that is no time such as \`20270131\` or \`20270131120000Z\``);
  }
  return milliseconds / 1000;
}

/** Walks over a line, word by word. */
class Cursor {
  #rest: string;

  constructor(text: string) {
    this.#rest = text;
  }

  get atEnd(): boolean {
    return this.#rest === '';
  }

  /** The next word; what stands in double quotes is one. */
  word(): string {
    const quoted = /^"([^"]*)"[ \t]*/.exec(this.#rest);
    const match = quoted ?? /^([^ \t"]+)(?:[ \t]+|$)/.exec(this.#rest);
    if (match === null) {
      if (this.#rest === '') return '';
      throw new LineError('has a quote that is not closed, or stands inside of a word');
    }
    this.#rest = this.#rest.slice(match[0].length);
    return match[1] ?? '';
  }

  startsKey(): boolean {
    return /^(?:sk-)?(?:ssh|ecdsa)-[A-Za-z0-9@.-]+[ \t]+AAAA/.test(this.#rest);
  }

  /** Up to the first blank that stands in no quotes. */
  options(): string {
    const match = /^((?:[^ \t"\\]|\\.|"(?:[^"\\]|\\.)*")+)[ \t]*/.exec(this.#rest);
    if (match === null) throw new LineError('has options, or a key, that cannot be read');
    this.#rest = this.#rest.slice(match[0].length);
    return match[1] ?? '';
  }
}
