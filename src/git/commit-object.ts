import { createHash } from 'node:crypto';
import { TextDecoder } from 'node:util';
import type { Commit, Signature } from '../engine/change.ts';
import { GitError } from './git-error.ts';

export type ObjectFormat = 'sha1' | 'sha256';

/** What a signature was made over, and the signature, byte for byte. */
export interface SignedParts {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

export interface ParsedCommit {
  readonly commit: Commit;
  readonly tree: string;
  /** Null for an unsigned commit, and when the signature header cannot be read. */
  readonly signed: SignedParts | null;
}

interface Header {
  readonly name: string;
  /** Continuation lines joined with line feeds, their leading space removed. */
  readonly value: Buffer;
  readonly start: number;
  /** Behind the last line feed. */
  readonly end: number;
}

const MAX_CHARACTERS = 200;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
/** Controls, line separators, and marks that turn the direction of text. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

const ARMORS: readonly (readonly [NonNullable<Signature['kind']>, RegExp])[] = [
  ['openpgp', /^-----BEGIN PGP (SIGNATURE|MESSAGE)-----\r?\n[^]*\n-----END PGP \1-----\s*$/],
  ['ssh', /^-----BEGIN SSH (SIGNATURE)-----\r?\n[^]*\n-----END SSH \1-----\s*$/],
  ['x509', /^-----BEGIN (SIGNED MESSAGE)-----\r?\n[^]*\n-----END \1-----\s*$/],
];

/**
 * Reads a raw commit object.
 *
 * @throws {GitError} `corrupt` when the bytes are not those of the object id, or are no commit
 */
export function parseCommit(sha: string, raw: Buffer, format: ObjectFormat): ParsedCommit {
  const actual = createHash(format).update(`commit ${raw.length}\0`).update(raw).digest('hex');
  if (actual !== sha) {
    throw new GitError(
      'corrupt',
      `The content of commit ${sha} does not match its id; the repository is damaged`,
    );
  }
  const { headers, bodyStart } = readHeaders(raw);
  const [first, ...others] = headers;
  if (first?.name !== 'tree') throw new GitError('corrupt', `Object ${sha} is not a readable commit`);
  // As git does, only parents directly behind the tree count.
  const afterParents = others.findIndex((header) => header.name !== 'parent');
  const parents = others.slice(0, afterParents < 0 ? others.length : afterParents);
  const text = textDecoder(headers.find((header) => header.name === 'encoding')?.value);
  const author = readPerson(headers, 'author', text);
  const committer = readPerson(headers, 'committer', text);
  const { signature, signed } = readSignature(raw, headers, format);
  return {
    commit: {
      sha,
      parents: parents.map((header) => header.value.toString('latin1')),
      authorName: author.name,
      authorEmail: author.email,
      committerName: committer.name,
      committerEmail: committer.email,
      subject: readSubject(raw.subarray(bodyStart), text),
      signature,
    },
    tree: first.value.toString('latin1'),
    signed,
  };
}

function readHeaders(raw: Buffer): { headers: Header[]; bodyStart: number } {
  const headers: Header[] = [];
  let at = 0;
  while (at < raw.length && raw[at] !== LINE_FEED) {
    const start = at;
    const lines: Buffer[] = [];
    do {
      const end = raw.indexOf(LINE_FEED, at);
      const stop = end < 0 ? raw.length : end;
      lines.push(raw.subarray(lines.length === 0 ? at : at + 1, stop));
      at = Math.min(stop + 1, raw.length);
    } while (at < raw.length && raw[at] === SPACE);
    const line = lines[0] ?? raw.subarray(0, 0);
    const space = line.indexOf(SPACE);
    const name = line.toString('latin1', 0, space < 0 ? line.length : space);
    const rest = lines.flatMap((part, index) => [
      ...(index === 0 ? [] : [Buffer.from('\n')]),
      index === 0 ? part.subarray(space < 0 ? part.length : space + 1) : part,
    ]);
    headers.push({ name, value: Buffer.concat(rest), start, end: at });
  }
  return { headers, bodyStart: Math.min(at + 1, raw.length) };
}

/** The decoder for names and message: UTF-8 unless the commit names an encoding that is known. */
function textDecoder(encoding: Buffer | undefined): TextDecoder {
  try {
    return new TextDecoder(encoding?.toString('latin1') ?? 'utf-8');
  } catch {
    return new TextDecoder('utf-8');
  }
}

/** `Name <email> seconds timezone` */
function readPerson(
  headers: readonly Header[],
  role: 'author' | 'committer',
  text: TextDecoder,
): { name: string; email: string } {
  const value = text.decode(headers.find((header) => header.name === role)?.value);
  const open = value.indexOf('<');
  if (open < 0) return { name: printable(value), email: '' };
  const close = value.indexOf('>', open);
  return {
    name: printable(value.slice(0, open)),
    email: printable(value.slice(open + 1, close < 0 ? value.length : close)),
  };
}

function readSubject(message: Buffer, text: TextDecoder): string {
  // No more than what can end up in the subject, and what may have to be skipped before it, is decoded.
  const start = text.decode(message.subarray(0, 64 * MAX_CHARACTERS));
  return printable(start.split('\n').find((line) => line.trim() !== '') ?? '');
}

function printable(text: string): string {
  const clean = text.replaceAll(UNPRINTABLE, ' ').replaceAll(/ {2,}/g, ' ').trim();
  return clean.length <= MAX_CHARACTERS
    ? clean
    : clean.slice(0, MAX_CHARACTERS).replace(/[\ud800-\udbff]$/, '');
}

function readSignature(
  raw: Buffer,
  headers: readonly Header[],
  format: ObjectFormat,
): { signature: Signature; signed: SignedParts | null } {
  const ofFormat = format === 'sha1' ? 'gpgsig' : 'gpgsig-sha256';
  const all = headers.filter((header) => header.name.startsWith('gpgsig'));
  const own = all.filter((header) => header.name === ofFormat);
  const [header] = own;
  if (header === undefined) {
    return all.length === 0
      ? { signature: { state: 'unsigned', kind: null, signer: null, reason: null }, signed: null }
      : malformed('it is only signed for another object format than that of this repository');
  }
  if (own.length > 1) return malformed('it carries more than one signature');
  const kind = ARMORS.find(([, armor]) => armor.test(header.value.toString('latin1')))?.[0];
  if (kind === undefined) return malformed('its signature is neither OpenPGP, SSH nor X.509, or is cut off');
  return {
    signature: {
      state: 'unavailable',
      kind,
      signer: null,
      reason: 'signed, but the signature was not verified here',
    },
    signed: { payload: withoutHeaders(raw, all), signature: header.value },
  };
}

function malformed(reason: string): { signature: Signature; signed: null } {
  return { signature: { state: 'malformed', kind: null, signer: null, reason }, signed: null };
}

/** Signatures of every object format are left out of what is signed. */
function withoutHeaders(raw: Buffer, left: readonly Header[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end } of left) {
    parts.push(raw.subarray(at, start));
    at = end;
  }
  return Buffer.concat([...parts, raw.subarray(at)]);
}
