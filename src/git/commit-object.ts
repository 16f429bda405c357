import { createHash } from 'node:crypto';
import { TextDecoder } from 'node:util';
import type { Commit, Signature } from '../engine/change.ts';
import { readGitObject, type Header, type ObjectFormat } from '../signatures/git-object.ts';
import {
  readCommitSignature,
  readPeople,
  readTag,
  type People,
  type SignatureReading,
  type TagObject,
} from '../signatures/signed-object.ts';
import { GitError } from './git-error.ts';

export interface ParsedCommit {
  readonly commit: Commit;
  readonly tree: string;
  readonly signature: SignatureReading;
  /** The addresses and dates that signatures are compared with; never shortened or cleaned. */
  readonly people: People;
}

const MAX_CHARACTERS = 200;
/** Controls, line separators, and marks that turn the direction of text. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * Reads a raw commit object.
 *
 * @throws {GitError} `corrupt` when the bytes are not those of the object id, or are no commit
 */
export function parseCommit(sha: string, raw: Buffer, format: ObjectFormat): ParsedCommit {
  assertId('commit', sha, raw, format);
  const object = readGitObject(raw);
  const { headers, bodyStart } = object;
  const [first, ...others] = headers;
  if (first?.name !== 'tree') throw new GitError('corrupt', `Object ${sha} is not a readable commit`);
  // As git does, only parents directly behind the tree count.
  const afterParents = others.findIndex((header) => header.name !== 'parent');
  const parents = others.slice(0, afterParents < 0 ? others.length : afterParents);
  const text = textDecoder(headers.find((header) => header.name === 'encoding')?.value);
  const author = readPerson(headers, 'author', text);
  const committer = readPerson(headers, 'committer', text);
  const signature = readCommitSignature(object, format);
  return {
    commit: {
      sha,
      parents: parents.map((header) => header.value.toString('latin1')),
      authorName: author.name,
      authorEmail: author.email,
      committerName: committer.name,
      committerEmail: committer.email,
      subject: readSubject(raw.subarray(bodyStart), text),
      signature: unverified(signature),
    },
    tree: first.value.toString('latin1'),
    signature,
    people: readPeople(object),
  };
}

/**
 * Reads a raw annotated tag.
 *
 * @throws {GitError} `corrupt` when the bytes are not those of the object id, or are no tag
 */
export function parseTag(id: string, raw: Buffer, format: ObjectFormat): TagObject {
  assertId('tag', id, raw, format);
  const tag = readTag(raw);
  if (tag === null) throw new GitError('corrupt', `Object ${id} is not a readable tag`);
  return tag;
}

function assertId(type: 'commit' | 'tag', id: string, raw: Buffer, format: ObjectFormat): void {
  const actual = createHash(format).update(`${type} ${raw.length}\0`).update(raw).digest('hex');
  if (actual === id) return;
  throw new GitError(
    'corrupt',
    `The content of ${type} ${id} does not match its id; the repository is damaged`,
  );
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

/** What is known before anything is verified. */
function unverified(reading: SignatureReading): Signature {
  switch (reading.state) {
    case 'unsigned':
      return { state: 'unsigned', kind: null, signer: null, reason: null };
    case 'malformed':
      return { state: 'malformed', kind: null, signer: null, reason: reading.reason };
    case 'signed':
      return {
        state: 'unavailable',
        kind: reading.parts.kind,
        signer: null,
        reason: 'signed, but the signature was not verified here',
      };
  }
}
