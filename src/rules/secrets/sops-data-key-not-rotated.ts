import type { FileRule, Problem } from '../../engine/rule.ts';
import { isSameRecipient, recipientsOfMetadata } from '../../manifests/sops-recipients.ts';
import type { SopsUnit } from '../../sops/reading.ts';
import { recipientNames } from '../../sops/recipient-names.ts';
import { earlierReadings, problemsOfUnits } from '../support/sops-earlier.ts';

export const sopsDataKeyNotRotated: FileRule = {
  scope: 'file',
  judge: (file, context) => problemsOfUnits(file, () => earlierReadings(context), notRotated),
};

/** A new data key gives every value a new ciphertext: one that stayed was encrypted with the old key. */
function notRotated(unit: SopsUnit, before: readonly SopsUnit[]): Problem | null {
  const now = recipientsOfMetadata(unit.metadata);
  const ciphertexts = new Set(unit.leaves.flatMap(({ encrypted, value }) => (encrypted ? [value] : [])));
  const removed = before
    .filter((old) => old.leaves.some(({ value }) => ciphertexts.has(value)))
    .flatMap((old) => recipientsOfMetadata(old.metadata))
    .filter((one) => !now.some((other) => isSameRecipient(one, other)));
  const unique = removed.filter(
    (one, index) => removed.findIndex((other) => isSameRecipient(one, other)) === index,
  );
  if (now.length === 0 || unique.length === 0) return null;
  const range = unit.documents[0]?.rangeOf(['sops'], 'key');
  return {
    pointer: ['sops'],
    judged: unique.map(({ type, id }) => `${type} ${id}`).sort(),
    values: { recipients: recipientNames(unique) },
    ...(range === undefined ? {} : { range }),
  };
}
