import { inlinePatchesOf } from '../manifests/inline-patches.ts';
import type { Manifest } from '../manifests/manifest.ts';
import type { JudgedFile } from './rule.ts';

const MAY_HOLD = /patch|podSpecPatch|manifest:/;

const known = new WeakMap<JudgedFile, readonly Manifest[]>();

/** The patches that stand as texts in the objects of a file. */
export function patchesIn(file: JudgedFile): readonly Manifest[] {
  let found = known.get(file);
  if (found === undefined) {
    found = MAY_HOLD.test(file.text ?? '') ? file.manifests.flatMap(inlinePatchesOf) : [];
    known.set(file, found);
  }
  return found;
}
