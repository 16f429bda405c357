import type { FileRule, JudgedFile, Problem, RuleContext } from '../../engine/rule.ts';
import { sharedCiphertexts } from '../../sops/ciphertext-index.ts';
import { readSops, readSopsVersion, type SopsReading, type UnitLeaf } from '../../sops/reading.ts';
import { readingsBefore } from '../support/sops-earlier.ts';
import { shellWord } from '../support/shell.ts';
import { possibleSources } from '../support/sops-siblings.ts';

const COPIED =
  '`{key}` in `{path}` holds a ciphertext that also stands at `{from}` in {where}. SOPS binds each value to the keys ' +
  'above it, so at least one of the two cannot be decrypted.';
const ROTATE =
  'Take the copy out, and set the value with `sops set {file}` or in the editor of `sops {file}`.';

/** More findings than this in one file say nothing new. */
const MAX_LISTED = 20;

export const sopsCiphertextMoved: FileRule = {
  scope: 'file',
  widen: possibleSources,
  judge(file, context) {
    const reading = readSops(file);
    if (reading === null) return [];
    const leaves = encryptedLeaves(reading);
    const before = placesIn(readingsBefore(context));
    const own = placesIn([reading]);
    return leaves
      .flatMap((leaf) => moved(leaf, before, own) ?? copied(leaf, file, context) ?? [])
      .slice(0, MAX_LISTED)
      .map((problem) => ({ ...problem, values: { ...problem.values, file: shellWord(file.path) } }));
  },
};

/** Ciphertexts with the places at which they stand. */
type Places = ReadonlyMap<string, ReadonlyMap<string, UnitLeaf>>;

function moved(leaf: UnitLeaf, before: Places, own: Places): Problem | null {
  const ciphertext = String(leaf.value);
  const old = before.get(ciphertext);
  if (old !== undefined) {
    const [origin] = old.values();
    return old.has(leaf.place) || origin === undefined
      ? null
      : at(leaf, { values: { from: nameOf(origin) } });
  }
  // Without an earlier version, two different places in the file tell as much. One finding is enough for a pair.
  const [first] = own.get(ciphertext)?.values() ?? [];
  if (first === undefined || first.place === leaf.place) return null;
  const values = { from: nameOf(first), where: 'this file' };
  return at(leaf, { message: COPIED, remediation: ROTATE, values });
}

function copied(leaf: UnitLeaf, file: JudgedFile, context: RuleContext): Problem | null {
  const { snapshot, changed } = context;
  for (const path of sharedCiphertexts(snapshot).get(String(leaf.value)) ?? []) {
    // Of two files that both change, the second is named.
    if (path === file.path || (changed?.has(path) === true && path > file.path)) continue;
    const version = snapshot.files.get(path);
    const reading = version === undefined ? null : readSopsVersion(version, snapshot);
    if (reading === null) continue;
    const places = placesIn([reading]).get(String(leaf.value));
    const [origin] = places?.values() ?? [];
    if (origin === undefined || places?.has(leaf.place) === true) continue;
    const values = { from: nameOf(origin), where: `the file ${path}` };
    return at(leaf, { message: COPIED, remediation: ROTATE, values });
  }
  return null;
}

function placesIn(readings: readonly SopsReading[]): Places {
  const places = new Map<string, Map<string, UnitLeaf>>();
  for (const leaf of readings.flatMap(encryptedLeaves)) {
    const known = places.get(String(leaf.value)) ?? new Map<string, UnitLeaf>();
    places.set(String(leaf.value), known.set(leaf.place, leaf));
  }
  return places;
}

function encryptedLeaves({ units }: SopsReading): UnitLeaf[] {
  return units.flatMap(({ leaves }) => leaves.filter(({ encrypted }) => encrypted));
}

function nameOf({ keys }: UnitLeaf): string {
  return keys.join('.');
}

function at(leaf: UnitLeaf, problem: Problem): Problem {
  return {
    pointer: leaf.pointer,
    range: leaf.document.rangeOf(leaf.pointer, 'key'),
    judged: leaf.value,
    ...problem,
    values: { key: nameOf(leaf), ...problem.values },
  };
}
