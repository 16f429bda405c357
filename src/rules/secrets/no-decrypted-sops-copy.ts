import { openFile } from '../../engine/judged-file.ts';
import type { FileRule, JudgedFile } from '../../engine/rule.ts';
import { leavesOf } from '../../manifests/leaves.ts';
import { sopsDocumentsOf, sopsFormatOf } from '../../manifests/sops-file.ts';
import { holdsCiphertext, placeOf, readSops, readSopsVersion, type SopsReading } from '../../sops/reading.ts';
import { encryptedTwins, MIN_SHARE } from '../support/sops-copies.ts';
import { firstPlain, hasNothingToHide, isEncryptedOtherwise, isReadable } from '../support/sops-demand.ts';
import { possibleOriginals } from '../support/sops-siblings.ts';
import { shellWord } from '../support/shell.ts';

export const noDecryptedSopsCopy: FileRule = {
  scope: 'file',
  widen: possibleOriginals,
  judge(file, { snapshot }) {
    if (file.version.content?.length === 0 || holdsCiphertext(file.version)) return [];
    if (isEncryptedOtherwise(file) || readSops(file) !== null) return [];
    for (const version of encryptedTwins(file.path, snapshot)) {
      const { path } = version;
      if (path === file.path) continue;
      const reading = readSopsVersion(version, snapshot);
      if (reading === null || !isCopy(openFile(path, file.version, snapshot).file, reading)) continue;
      return [
        {
          ...firstPlain(file),
          judged: file.text ?? file.version.oid,
          values: { original: path, file: shellWord(file.path) },
        },
      ];
    }
    return [];
  },
};

/** Whether the file, read in the format of the other one, holds in plain text what that one encrypts. */
function isCopy(file: JudgedFile, { units }: SopsReading): boolean {
  const encrypted = new Set(
    units.flatMap(({ leaves }) => leaves.filter((leaf) => leaf.encrypted).map(({ place }) => place)),
  );
  if (encrypted.size === 0) return false;
  if (sopsFormatOf(file.path) === 'binary') return !hasNothingToHide(file);
  const plain = new Set(
    sopsDocumentsOf(file)
      .flatMap((document) => leavesOf(document.value))
      .filter(isReadable)
      .map(({ keys }) => placeOf(keys)),
  );
  const found = [...encrypted].filter((place) => plain.has(place)).length;
  return found >= encrypted.size * MIN_SHARE;
}
