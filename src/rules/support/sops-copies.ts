import type { FileVersion, Snapshot } from '../../engine/change.ts';
import { openFile } from '../../engine/judged-file.ts';
import type { JudgedFile, RuleContext } from '../../engine/rule.ts';
import { leavesOf } from '../../manifests/leaves.ts';
import { ciphertextBytes } from '../../manifests/sops-crypt.ts';
import { sopsDocumentsOf, sopsFormatOf } from '../../manifests/sops-file.ts';
import { holdsCiphertext, placeOf, readSopsVersion, type SopsReading } from '../../sops/reading.ts';
import { isReadable } from './sops-demand.ts';
import { withoutMarks } from './sops-siblings.ts';

/** How much of what is encrypted has to be there in plain text. */
export const MIN_SHARE = 0.8;

const twins = new WeakMap<Snapshot, ReadonlyMap<string, readonly FileVersion[]>>();

/** The encrypted files whose paths, but for the words that mark them, are the same; also the one of the path itself. */
export function encryptedTwins(path: string, snapshot: Snapshot): readonly FileVersion[] {
  let known = twins.get(snapshot);
  if (known === undefined) {
    const encrypted = [...snapshot.files.values()].filter(holdsCiphertext);
    known = Map.groupBy(encrypted, (version) => withoutMarks(version.path));
    twins.set(snapshot, known);
  }
  return known.size === 0 ? [] : (known.get(withoutMarks(path)) ?? []);
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

/** How many bytes of the file stand where the encrypted version hides as many; 0 when it does not hide most of the file. */
function provenBytes(file: JudgedFile, version: FileVersion, snapshot: Snapshot): number {
  const reading = holdsCiphertext(version) ? readSopsVersion(version, snapshot) : null;
  if (reading === null) return 0;
  const hidden = hiddenLengths(reading);
  if (sopsFormatOf(version.path) === 'binary') {
    const size = file.version.content?.byteLength ?? 0;
    return hidden.some(([, length]) => length === size) ? size : 0;
  }
  const plain = new Set(
    sopsDocumentsOf(openFile(version.path, file.version, snapshot).file)
      .flatMap((document) => leavesOf(document.value))
      .filter(isReadable)
      .map(({ keys, value }) => `${placeOf(keys)} ${Buffer.byteLength(String(value))}`),
  );
  const found = hidden.filter(([place, length]) => plain.has(`${place} ${length}`));
  if (found.length === 0 || found.length < hidden.length * MIN_SHARE) return 0;
  return found.reduce((sum, [, length]) => sum + length, 0);
}

function hiddenLengths({ units }: SopsReading): (readonly [string, number])[] {
  return units.flatMap(({ leaves }) =>
    leaves
      .filter(({ encrypted }) => encrypted)
      .map(({ place, value }) => [place, ciphertextBytes(String(value))] as const),
  );
}
