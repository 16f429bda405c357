import type { RuleContext } from '../../engine/rule.ts';
import { openFile } from '../../engine/judged-file.ts';
import type { Manifest } from '../../manifests/manifest.ts';

const lost = new WeakMap<object, readonly Manifest[]>();

/** Whether a file that the change edits or removes held an object of that name before. */
export function lostObject(kind: string, name: string, context: RuleContext): boolean {
  return lostManifests(context).some((manifest) => manifest.kind === kind && manifest.name === name);
}

/** The objects of the files that the change edits or removes, as they were before. */
export function lostManifests({
  base,
  otherChanged,
}: Pick<RuleContext, 'base' | 'otherChanged'>): readonly Manifest[] {
  if (base === null || base === undefined) return [];
  let known = lost.get(base);
  if (known === undefined) {
    known = [...(otherChanged ?? [])].flatMap((path) => {
      const version = base.files.get(path);
      return version === undefined ? [] : openFile(path, version, base).file.manifests;
    });
    lost.set(base, known);
  }
  return known;
}
