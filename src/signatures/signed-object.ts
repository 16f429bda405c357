import { readArmor, startsArmor, type SignatureKind } from './armor.ts';
import {
  readGitObject,
  signatureHeaders,
  withoutHeaders,
  type GitObject,
  type Header,
  type ObjectFormat,
} from './git-object.ts';
import { readIdentity, type Identity } from './identity.ts';

/** What a signature was made over, and the signature, byte for byte. */
export interface SignedParts {
  readonly kind: SignatureKind;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** What an object says of its signature, before anything is verified. */
export type SignatureReading =
  | { readonly state: 'unsigned' }
  | { readonly state: 'malformed'; readonly reason: string }
  | { readonly state: 'signed'; readonly parts: SignedParts };

/** Those who made a commit or tag, as it names them itself. */
export interface People {
  readonly author: Identity;
  readonly committer: Identity;
}

export interface TagObject {
  /** The object that the tag stands for. */
  readonly target: string;
  readonly targetType: string;
  readonly name: string;
  readonly tagger: Identity;
  readonly signature: SignatureReading;
}

/** The signature of a commit, and what it was made over: the commit without its signature headers. */
export function readCommitSignature(object: GitObject, format: ObjectFormat): SignatureReading {
  const all = signatureHeaders(object.headers);
  const own = all.filter((header) => header.name === (format === 'sha1' ? 'gpgsig' : 'gpgsig-sha256'));
  const [header] = own;
  if (header === undefined) {
    return all.length === 0
      ? { state: 'unsigned' }
      : malformed('it is only signed for another object format than that of this repository');
  }
  if (own.length > 1) return malformed('it carries more than one signature');
  const armor = readArmor(header.value);
  if ('problem' in armor) return malformed(armor.problem);
  const disorder = disorderOf(object.headers, COMMIT_ORDER);
  if (disorder !== null) return malformed(disorder);
  return {
    state: 'signed',
    parts: { kind: armor.kind, payload: withoutHeaders(object.raw, all), signature: header.value },
  };
}

export function readPeople({ headers }: GitObject): People {
  return { author: identityIn(headers, 'author'), committer: identityIn(headers, 'committer') };
}

/** Reads a raw annotated tag; null when the bytes are none. Its signature stands behind its message. */
export function readTag(raw: Buffer): TagObject | null {
  const object = readGitObject(raw);
  const [target, type, name] = object.headers;
  if (target?.name !== 'object' || type?.name !== 'type' || name?.name !== 'tag') return null;
  return {
    target: target.value.toString('latin1'),
    targetType: type.value.toString('latin1'),
    name: name.value.toString('utf8'),
    tagger: identityIn(object.headers, 'tagger'),
    signature: readTagSignature(object),
  };
}

function readTagSignature(object: GitObject): SignatureReading {
  const { raw, headers, bodyStart } = object;
  const start = signatureStart(raw, bodyStart);
  if (start === null) return { state: 'unsigned' };
  const signature = raw.subarray(start);
  const armor = readArmor(signature);
  if ('problem' in armor) return malformed(armor.problem);
  const disorder = disorderOf(headers, TAG_ORDER);
  if (disorder !== null) return malformed(disorder);
  const payload = withoutHeaders(raw, signatureHeaders(headers), start);
  return { state: 'signed', parts: { kind: armor.kind, payload, signature } };
}

/** As git does, the last line that begins an armor is where the signature starts. */
function signatureStart(raw: Buffer, bodyStart: number): number | null {
  let found: number | null = null;
  for (let at = bodyStart; at < raw.length;) {
    if (startsArmor(raw.toString('latin1', at, Math.min(raw.length, at + 40)))) found = at;
    const end = raw.indexOf(0x0a, at);
    if (end < 0) break;
    at = end + 1;
  }
  return found;
}

const COMMIT_ORDER = ['tree', 'parent', 'author', 'committer'];
const TAG_ORDER = ['object', 'type', 'tag', 'tagger'];

/** Git writes these headers once and in this order; where they stand otherwise, programs read different things. */
function disorderOf(headers: readonly Header[], order: readonly string[]): string | null {
  let reached = -1;
  for (const { name } of headers) {
    const at = order.indexOf(name);
    if (at < 0) {
      reached = order.length;
      continue;
    }
    if (at < reached || (at === reached && name !== 'parent')) {
      return `its header lines are not those that git writes: a line \`${name}\` stands where none may`;
    }
    reached = at;
  }
  return null;
}

function identityIn(headers: readonly Header[], role: string): Identity {
  return readIdentity(headers.find((header) => header.name === role)?.value ?? Buffer.alloc(0));
}

function malformed(reason: string): SignatureReading {
  return { state: 'malformed', reason };
}
