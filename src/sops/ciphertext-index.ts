import { decodeText } from '../engine/judged-file.ts';
import type { Snapshot } from '../engine/change.ts';
import { holdsCiphertext } from './reading.ts';

/** Complete values only; what stands between the brackets cannot hold one. */
const VALUE =
  /ENC\[AES256_GCM,data:[A-Za-z0-9+/=]{1,100000},iv:[A-Za-z0-9+/=]{44},tag:[A-Za-z0-9+/=]{24},type:[a-z]{1,9}\]/g;

const indexes = new WeakMap<Snapshot, ReadonlyMap<string, readonly string[]>>();

/** The loaded files that hold each ciphertext, of those that stand in more than one. Found in the text alone. */
export function sharedCiphertexts(snapshot: Snapshot): ReadonlyMap<string, readonly string[]> {
  const known = indexes.get(snapshot);
  if (known !== undefined) return known;
  const places = new Map<string, string[]>();
  for (const [path, version] of snapshot.files) {
    if (version.content === null || !holdsCiphertext(version)) continue;
    const values = new Set(decodeText(version.content)?.match(VALUE) ?? []);
    for (const value of values) {
      const paths = places.get(value);
      if (paths === undefined) places.set(value, [path]);
      else paths.push(path);
    }
  }
  const shared = new Map([...places].filter(([, paths]) => paths.length > 1));
  indexes.set(snapshot, shared);
  return shared;
}
