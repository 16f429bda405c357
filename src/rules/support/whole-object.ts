import type { Snapshot } from '../../engine/change.ts';
import { kustomizationsOf } from '../../engine/kustomizations.ts';
import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, Problem, RuleContext } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { TextSearch } from '../../manifests/word-index.ts';

/** A rule about objects that the cluster gets as they are: of a patch or template nobody can say what it lacks. */
export function ofWholeObjects(
  judge: (manifest: Manifest, context: RuleContext) => readonly Problem[],
): ManifestRule {
  return {
    scope: 'manifest',
    context: KUSTOMIZATION_GLOBS,
    judge: (manifest, context) => (formOf(manifest, context) === 'whole' ? judge(manifest, context) : []),
  };
}

const known = new WeakMap<Snapshot, PatchingTexts>();

/** Whether a kustomization with patches mentions the field: which objects then have it cannot be told from outside. */
export function mayBePatched(field: string, snapshot: Snapshot): boolean {
  return patchingTexts(snapshot).search.has(field);
}

/** Whether kustomizations give objects other names than those that stand in the files. */
export function mayBeRenamed(snapshot: Snapshot): boolean {
  return patchingTexts(snapshot).rename;
}

/** Whether a kustomization mentions the name, as generators do that make an object of it. */
export function isMentioned(name: string, snapshot: Snapshot): boolean {
  return patchingTexts(snapshot).search.has(name);
}

/** The kustomizations that patch, rename or generate. */
interface PatchingTexts {
  readonly search: TextSearch;
  readonly rename: boolean;
}

function patchingTexts(snapshot: Snapshot): PatchingTexts {
  let found = known.get(snapshot);
  if (found === undefined) {
    const texts = kustomizationsOf(snapshot)
      .all.map(({ text }) => text)
      .filter((text) => /patch|name(?:Prefix|Suffix)|Generator/.test(text));
    found = {
      search: new TextSearch(() => texts),
      rename: texts.some((text) => /^["']?name(?:Prefix|Suffix)["']?\s*:/m.test(text)),
    };
    known.set(snapshot, found);
  }
  return found;
}
