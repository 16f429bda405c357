import type { FileRule, JudgedFile } from '../../engine/rule.ts';
import { sopsFormatOf } from '../../manifests/sops-file.ts';
import { holdsCiphertext, readSops, readSopsVersion, type SopsReading } from '../../sops/reading.ts';
import { encryptedTwins, MIN_SHARE, openedAs, readableIn } from '../support/sops-copies.ts';
import { firstPlain, hasNothingToHide, isEncryptedOtherwise } from '../support/sops-demand.ts';
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
      if (reading === null || !isCopy(openedAs(path, file, snapshot), reading)) continue;
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
  const { places } = readableIn(file);
  const found = [...encrypted].filter((place) => places.has(place)).length;
  return found >= encrypted.size * MIN_SHARE;
}
