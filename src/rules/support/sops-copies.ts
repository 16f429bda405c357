import type { FileVersion, Snapshot } from '../../engine/change.ts';
import { noteCut } from '../../engine/cuts.ts';
import { isYamlName, openFile } from '../../engine/judged-file.ts';
import type { JudgedFile, RuleContext } from '../../engine/rule.ts';
import { hasActions } from '../../engine/template.ts';
import { leavesOf } from '../../manifests/leaves.ts';
import { ciphertextBytes } from '../../manifests/sops-crypt.ts';
import { sopsDocumentsOf, sopsFormatOf } from '../../manifests/sops-file.ts';
import { holdsCiphertext, placeOf, readSopsVersion, type SopsReading } from '../../sops/reading.ts';
import { isReadable } from './sops-demand.ts';
import { withoutMarks } from './sops-siblings.ts';

type Hidden = readonly (readonly [place: string, length: number])[];

const known = new WeakMap<FileVersion, Hidden | null>();

/** How much of what is encrypted has to be there in plain text. */
export const MIN_SHARE = 0.8;

/** Files with one name but for its marks are few; hostile ones may be thousands. So many pairs of a revision are compared. */
const MAX_PAIRS = 100_000;

interface Twins {
  readonly byPath: ReadonlyMap<string, readonly FileVersion[]>;
  readonly answers: Map<string, readonly FileVersion[]>;
  pairsLeft: number;
}

const twins = new WeakMap<Snapshot, Twins>();

/** The encrypted files whose paths, but for the words that mark them, are the same; also the one of the path itself. */
export function encryptedTwins(
  path: string,
  snapshot: Snapshot,
  maxPairs = MAX_PAIRS,
): readonly FileVersion[] {
  let all = twins.get(snapshot);
  if (all === undefined) {
    const encrypted = [...snapshot.files.values()].filter(holdsCiphertext);
    const byPath = Map.groupBy(encrypted, (version) => withoutMarks(version.path));
    twins.set(snapshot, (all = { byPath, answers: new Map(), pairsLeft: maxPairs }));
  }
  if (all.byPath.size === 0) return [];
  let answer = all.answers.get(path);
  if (answer === undefined) {
    const found = all.byPath.get(withoutMarks(path)) ?? [];
    answer = found.slice(0, all.pairsLeft);
    all.answers.set(path, answer);
    all.pairsLeft -= answer.length;
    if (answer.length < found.length) {
      const reason =
        'was not compared with every encrypted file of its name: too many files here have the same names';
      noteCut(snapshot, { path, reason, blocks: true });
    }
  }
  return answer;
}

/**
 * The encrypted file of which this one is the plain text: it stands beside it, or the change removed or replaced it. A
 * ciphertext is as long as what it hides, so equal lengths in the same places tell a copy from another file of that form.
 */
export function originalOf(file: JudgedFile, context: RuleContext): string | null {
  const { snapshot, base } = context;
  const isNew = context.previous === null;
  for (const version of encryptedTwins(file.path, snapshot)) {
    if ((isNew || version.path !== file.path) && provenBytes(file, version, snapshot) > 0)
      return version.path;
  }
  if (!base || !isNew) return null;
  for (const path of context.otherChanged ?? []) {
    const version = snapshot.paths.has(path) ? undefined : base.files.get(path);
    if (version !== undefined && provenBytes(file, version, base) >= MIN_BYTES) return path;
  }
  return null;
}

/** Under another name, so much has to fit that it is no accident. */
const MIN_BYTES = 12;

/** What of a file anybody can read. */
export interface Readable {
  readonly places: ReadonlySet<string>;
  /** The same with the length of what stands there. */
  readonly sized: ReadonlySet<string>;
}

const readable = new WeakMap<JudgedFile, Readable>();

export function readableIn(file: JudgedFile): Readable {
  let found = readable.get(file);
  if (found === undefined) {
    const leaves = sopsDocumentsOf(file)
      .flatMap((document) => leavesOf(document.value))
      .filter(isReadable)
      .map(({ keys, value }) => ({ place: placeOf(keys), bytes: Buffer.byteLength(String(value)) }));
    found = {
      places: new Set(leaves.map(({ place }) => place)),
      sized: new Set(leaves.map(({ place, bytes }) => `${place} ${bytes}`)),
    };
    readable.set(file, found);
  }
  return found;
}

const opened = new WeakMap<FileVersion, Map<string, JudgedFile>>();

/** A file, read as if it stood at another path: what is compared with it may have another format. */
export function openedAs(path: string, { version, text }: JudgedFile, snapshot: Snapshot): JudgedFile {
  const ways = opened.get(version) ?? new Map<string, JudgedFile>();
  opened.set(version, ways);
  // Only of a template, and of what is encrypted as one piece, does more count than the format.
  const format = sopsFormatOf(path);
  const isSpecial = format === 'binary' || (text !== null && hasActions(text));
  const way = isSpecial ? path : `${isYamlName(path)} ${format}`;
  let file = ways.get(way);
  if (file === undefined) {
    ({ file } = openFile(path, version, snapshot));
    ways.set(way, file);
  }
  return file;
}

/** How many bytes of the file stand where the encrypted version hides as many; 0 when it does not hide most of the file. */
function provenBytes(file: JudgedFile, version: FileVersion, snapshot: Snapshot): number {
  const hidden = hiddenIn(version, snapshot);
  if (hidden === null) return 0;
  if (sopsFormatOf(version.path) === 'binary') {
    const size = file.version.content?.byteLength ?? 0;
    return hidden.some(([, length]) => length === size) ? size : 0;
  }
  const plain = readableIn(openedAs(version.path, file, snapshot)).sized;
  const found = hidden.filter(([place, length]) => plain.has(`${place} ${length}`));
  if (found.length === 0 || found.length < hidden.length * MIN_SHARE) return 0;
  return found.reduce((sum, [, length]) => sum + length, 0);
}

/** Where the version hides what, and how long it is; null when it hides nothing. */
function hiddenIn(version: FileVersion, snapshot: Snapshot): Hidden | null {
  let lengths = known.get(version);
  if (lengths === undefined) {
    const reading = holdsCiphertext(version) ? readSopsVersion(version, snapshot) : null;
    lengths = reading === null ? null : hiddenLengths(reading);
    known.set(version, lengths);
  }
  return lengths;
}

function hiddenLengths({ units }: SopsReading): Hidden {
  return units.flatMap(({ leaves }) =>
    leaves
      .filter(({ encrypted }) => encrypted)
      .map(({ place, value }) => [place, ciphertextBytes(String(value))] as const),
  );
}
