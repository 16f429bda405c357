import type { Snapshot } from '../../engine/change.ts';
import { decodeText } from '../../engine/judged-file.ts';
import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, Problem, RuleContext } from '../../engine/rule.ts';
import { isKustomizationPath, KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import type { Manifest } from '../../manifests/manifest.ts';

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

const known = new WeakMap<Snapshot, readonly string[]>();

/** Whether a kustomization with patches mentions the field: which objects then have it cannot be told from outside. */
export function mayBePatched(field: string, snapshot: Snapshot): boolean {
  return patchingTexts(snapshot).some((text) => text.includes(field));
}

/** Whether kustomizations give objects other names than those that stand in the files. */
export function mayBeRenamed(snapshot: Snapshot): boolean {
  return patchingTexts(snapshot).some((text) => /^["']?name(?:Prefix|Suffix)["']?\s*:/m.test(text));
}

/** Whether a kustomization mentions the name, as generators do that make an object of it. */
export function isMentioned(name: string, snapshot: Snapshot): boolean {
  return patchingTexts(snapshot).some((text) => text.includes(name));
}

function patchingTexts(snapshot: Snapshot): readonly string[] {
  let texts = known.get(snapshot);
  if (texts === undefined) {
    texts = [...snapshot.files.values()].flatMap(({ path, content }) => {
      if (content === null || !isKustomizationPath(path)) return [];
      const text = decodeText(content);
      return text !== null && /patch|name(?:Prefix|Suffix)|Generator/.test(text) ? [text] : [];
    });
    known.set(snapshot, texts);
  }
  return texts;
}
