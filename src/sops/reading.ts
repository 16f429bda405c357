import { decodeText, openFile } from '../engine/judged-file.ts';
import type { FileVersion, Snapshot } from '../engine/change.ts';
import { leavesOf, type Leaf } from '../manifests/leaves.ts';
import {
  CIPHERTEXT_PREFIX,
  encryptionScope,
  ciphertextIn,
  modesOf,
  type EncryptionScope,
  type SopsMode,
} from '../manifests/sops-crypt.ts';
import {
  sopsDocumentsOf,
  sopsFormatOf,
  sopsMetadataOf,
  sopsPayloadOf,
  type SopsSource,
} from '../manifests/sops-file.ts';
import type { CreationRule } from '../manifests/sops-config.ts';
import type { YamlDocument } from '../manifests/yaml-document.ts';

export type SopsMetadata = Readonly<Record<string, unknown>>;

/** Documents that were encrypted together: they share metadata, a data key and a MAC. */
export interface SopsUnit {
  readonly metadata: SopsMetadata;
  readonly documents: readonly YamlDocument[];
  readonly mode: SopsMode | null;
  /** Encrypted as one piece, whatever a mode says. */
  readonly binary: boolean;
  /** Null when it depends on comments, or when the mode cannot be used. */
  readonly scope: EncryptionScope | null;
  /** In the order in which SOPS reads them. */
  readonly leaves: readonly UnitLeaf[];
}

/** A value; of a ciphertext with text behind it only what SOPS sees. */
export interface UnitLeaf extends Leaf {
  readonly document: YamlDocument;
  /** What SOPS binds a ciphertext to: the map keys on the way, without list indexes. */
  readonly place: string;
  readonly encrypted: boolean;
}

/** An encrypted file as SOPS reads it. */
export interface SopsReading {
  readonly units: readonly SopsUnit[];
}

/**
 * Reads the encrypted parts of a file; null when it has none. `sops` itself encrypts all documents of a file together;
 * Flux also decrypts documents that were encrypted one by one and put into one file. Metadata that is the same throughout
 * means the former: then every document belongs to it, also one that somebody added without metadata.
 */
export function readSops(source: SopsSource): SopsReading | null {
  let reading = read.get(source);
  if (reading === undefined) read.set(source, (reading = readNow(source)));
  return reading;
}

/** Several rules ask about each file. */
const read = new WeakMap<SopsSource, SopsReading | null>();

function readNow(source: SopsSource): SopsReading | null {
  if (source.text?.includes('sops') !== true) return null;
  const documents = sopsDocumentsOf(source);
  const known = documents.flatMap((document) => {
    const metadata = sopsMetadataOf(document);
    return metadata === null ? [] : [{ document, metadata }];
  });
  const [first] = known;
  if (first === undefined) return null;
  const together =
    sopsMetadataOf(documents[0] ?? first.document) !== null &&
    known.every(({ metadata }) => metadata['mac'] === first.metadata['mac']);
  const binary = sopsFormatOf(source.path) === 'binary';
  if (together) return { units: [unitOf(first.metadata, documents, binary)] };
  return { units: known.map(({ document, metadata }) => unitOf(metadata, [document], binary)) };
}

function unitOf(metadata: SopsMetadata, documents: readonly YamlDocument[], binary: boolean): SopsUnit {
  const modes = modesOf(metadata);
  const leaves = documents.flatMap((document) =>
    leavesOf(sopsPayloadOf(document)).map((leaf) => {
      const ciphertext = ciphertextIn(leaf.value);
      return {
        ...leaf,
        value: ciphertext ?? leaf.value,
        document,
        place: placeOf(leaf.keys),
        encrypted: ciphertext !== null,
      };
    }),
  );
  const scope = binary ? ENTIRE : scopeOf(modes);
  return { metadata, documents, mode: modes[0] ?? null, binary, scope, leaves };
}

/** What SOPS binds a ciphertext to: so `{a: {b: …}}` and `{"a:b": …}` are the same place. */
export function placeOf(keys: readonly string[]): string {
  return keys.join(':');
}

const ENTIRE: EncryptionScope = () => true;

/** What a creation rule would encrypt of a file. */
export function scopeUnder(rule: Pick<CreationRule, 'scope'>, unit: SopsUnit): EncryptionScope | null {
  return unit.binary ? ENTIRE : rule.scope;
}

function scopeOf(modes: readonly SopsMode[]): EncryptionScope | null {
  try {
    return modes.length > 1 ? null : encryptionScope(modes[0] ?? null);
  } catch {
    return null;
  }
}

const readings = new WeakMap<FileVersion, SopsReading | null>();

/** The encrypted parts of a version that was not opened yet. */
export function readSopsVersion(version: FileVersion, snapshot: Snapshot): SopsReading | null {
  const known = readings.get(version);
  if (known !== undefined) return known;
  const reading = holdsCiphertext(version) ? readSops(openFile(version.path, version, snapshot).file) : null;
  readings.set(version, reading);
  return reading;
}

/** Whether the bytes hold a value of SOPS, without reading them as anything. */
export function holdsCiphertext(version: FileVersion): boolean {
  let answer = holding.get(version);
  if (answer === undefined) holding.set(version, (answer = searchCiphertext(version)));
  return answer;
}

const holding = new WeakMap<FileVersion, boolean>();

function searchCiphertext({ content }: FileVersion): boolean {
  if (content === null) return false;
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.includes(CIPHERTEXT_PREFIX)) return true;
  const isUtf16 = content[0] === 0xff || content[0] === 0xfe;
  return isUtf16 && decodeText(content)?.includes(CIPHERTEXT_PREFIX) === true;
}
