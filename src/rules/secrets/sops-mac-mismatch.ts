import type { FileRule, Problem } from '../../engine/rule.ts';
import { ciphertextIn } from '../../manifests/sops-crypt.ts';
import type { SopsMetadata, SopsUnit, UnitLeaf } from '../../sops/reading.ts';
import { problemsOfUnits, readingsBefore } from '../support/sops-earlier.ts';

const TIME =
  '`lastmodified` of `{path}` was changed and its MAC was not. SOPS binds the MAC to that time, so it refuses to ' +
  'decrypt the file, and what deploys it fails.';
const SETTINGS =
  'The SOPS settings of `{path}` were changed by hand, and its MAC was not: other values count as encrypted now than ' +
  'when it was made. SOPS refuses to decrypt the file, and what deploys it fails.';
const DAMAGED =
  '`mac` of `{path}` was changed, and nothing that it stands for: SOPS never writes that. It refuses to decrypt the ' +
  'file, and what deploys it fails.';

export const sopsMacMismatch: FileRule = {
  scope: 'file',
  judge: (file, context) => problemsOfUnits(file, () => readingsBefore(context), mismatch),
};

/**
 * A MAC is made anew whenever SOPS saves, so two versions with the same one have to hold the same. The oldest is the one
 * for which SOPS made it.
 */
function mismatch(unit: SopsUnit, before: readonly SopsUnit[]): Problem | null {
  const saved = before.filter(couldBeSaved);
  const origin = saved.find((old) => macOf(old.metadata) === macOf(unit.metadata));
  if (origin !== undefined) return sameMac(unit, origin);
  for (const old of saved) {
    const problem = otherMac(unit, old);
    if (problem !== null) return problem;
  }
  return null;
}

/** SOPS leaves no value in plain text that it has to encrypt: where there is one, somebody else made the version. */
function couldBeSaved({ scope, leaves }: SopsUnit): boolean {
  return scope === null || leaves.every(({ encrypted, keys }) => encrypted || !scope(keys));
}

function sameMac(unit: SopsUnit, old: SopsUnit): Problem | null {
  if (timeOf(unit.metadata) !== timeOf(old.metadata)) return atMetadata(unit, 'lastmodified', TIME);
  if (isMacOfEncrypted(unit) !== isMacOfEncrypted(old)) {
    return atMetadata(unit, 'mac_only_encrypted', SETTINGS);
  }
  const scope = unit.scope;
  const oldScope = old.scope;
  if (scope !== null && oldScope !== null && unit.leaves.some(({ keys }) => scope(keys) !== oldScope(keys))) {
    return atMetadata(unit, unit.mode?.kind ?? 'mac', SETTINGS);
  }
  if (hashedOf(unit) === hashedOf(old)) return null;
  return edited(unit, old);
}

/** A MAC of the same second over the same ciphertexts can only be the same one. */
function otherMac(unit: SopsUnit, old: SopsUnit): Problem | null {
  const hasMac = macOf(unit.metadata) !== '' && macOf(old.metadata) !== '';
  const encrypted = unit.leaves.some((leaf) => leaf.encrypted);
  if (!hasMac || !encrypted || timeOf(unit.metadata) !== timeOf(old.metadata)) return null;
  return hashedOf(unit) === hashedOf(old) ? atMetadata(unit, 'mac', DAMAGED) : null;
}

/**
 * What the MAC is made over: the values in their order, neither keys nor comments. A ciphertext stands for its value,
 * because SOPS keeps the ciphertext of a value that stays.
 */
function hashedOf(unit: SopsUnit): string {
  return unit.leaves
    .filter((leaf) => leaf.encrypted || !isMacOfEncrypted(unit))
    .map(({ value }) => hashedText(value))
    .join('');
}

/** `yes` and its like are truth values to the cluster and words to SOPS: which one was meant is left open. */
function hashedText(value: UnitLeaf['value']): string {
  if (value === true || (typeof value === 'string' && /^(?:y|yes|on)$/i.test(value))) return 'True';
  if (value === false || (typeof value === 'string' && /^(?:n|no|off)$/i.test(value))) return 'False';
  return String(value);
}

function isMacOfEncrypted({ metadata }: SopsUnit): boolean {
  const setting = metadata['mac_only_encrypted'];
  // Dotenv and INI files hold text only.
  return setting === true || setting === 'true';
}

function macOf(metadata: SopsMetadata): string {
  const { mac } = metadata;
  return ciphertextIn(mac) ?? (typeof mac === 'string' ? mac : '');
}

/** The time as SOPS writes it again before it compares: without fractions, `+00:00` as `Z`. */
function timeOf(metadata: SopsMetadata): string {
  const time = metadata['lastmodified'];
  return (typeof time === 'string' ? time : '').replace(/\.\d+/, '').replace(/[+-]00:00$/, 'Z');
}

function edited(unit: SopsUnit, old: SopsUnit): Problem | null {
  const added = without(unit.leaves, old.leaves);
  const removed = without(old.leaves, unit.leaves);
  const reordered = unit.leaves.find((leaf, index) => leaf.value !== old.leaves[index]?.value);
  const first = added[0] ?? (removed.length === 0 ? reordered : undefined);
  const [gone] = removed;
  // A value in plain text where a ciphertext has to be is reported as that.
  if (added.some(({ encrypted, keys }) => !encrypted && unit.scope?.(keys) === true)) return null;
  const places = new Set([...added, ...removed].map(({ place }) => place));
  const values = {
    key: (first ?? gone)?.keys.at(-1) ?? '',
    how: howOf(first, removed, added.length + removed.length),
    more:
      places.size > 1
        ? `, and so ${places.size === 2 ? 'was 1 more value' : `were ${places.size - 1} more values`}`
        : '',
  };
  if (first === undefined) {
    return { ...atMetadata(unit, 'mac'), values };
  }
  return {
    pointer: first.pointer,
    range: first.document.rangeOf(first.pointer, 'key'),
    judged: null,
    values,
  };
}

function howOf(first: UnitLeaf | undefined, removed: readonly UnitLeaf[], count: number): string {
  if (count === 0) return 'moved';
  if (first === undefined) return 'removed';
  return removed.some(({ place }) => place === first.place) ? 'changed' : 'added';
}

function without(leaves: readonly UnitLeaf[], others: readonly UnitLeaf[]): UnitLeaf[] {
  const counts = new Map<string, number>();
  const keyOf = ({ place, value }: UnitLeaf): string => `${place} ${hashedText(value)}`;
  for (const other of others) counts.set(keyOf(other), (counts.get(keyOf(other)) ?? 0) + 1);
  return leaves.filter((leaf) => {
    const left = counts.get(keyOf(leaf)) ?? 0;
    counts.set(keyOf(leaf), left - 1);
    return left <= 0;
  });
}

function atMetadata(unit: SopsUnit, key: string, message?: string): Problem {
  const pointer = ['sops', key];
  const range = unit.documents[0]?.rangeOf(pointer, 'key');
  return {
    pointer,
    judged: null,
    ...(range === undefined ? {} : { range }),
    ...(message === undefined ? {} : { message }),
  };
}
