import type { Snapshot } from '../../engine/change.ts';
import { kustomizationsOf, patchTextsOf, type KustomizationFile } from '../../engine/kustomizations.ts';
import { formOf } from '../../engine/object-form.ts';
import type { RuleContext } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS, textsOf } from '../../manifests/kustomization.ts';
import { asList, isRecord, type Manifest } from '../../manifests/manifest.ts';

/** Kustomizations, and the patches that most repositories name so. */
export const KUSTOMIZE_GLOBS: readonly string[] = [
  ...KUSTOMIZATION_GLOBS,
  '**/*patch*.yaml',
  '**/*patch*.yml',
  '**/patches/*',
];

/** Whether what is missing in an object under `field` is missing in the cluster, too, as far as files can tell. */
export function isMissingForGood(
  manifest: Manifest,
  context: Pick<RuleContext, 'file' | 'snapshot'>,
  field: string,
): boolean {
  if (formOf(manifest, context) !== 'whole') return false;
  return !anyMaySet(kustomizationsOf(context.snapshot).above(manifest.path), field, context.snapshot);
}

const answers = new WeakMap<readonly KustomizationFile[], Map<string, boolean>>();

/** Asked for every object and field; objects that the same kustomizations deploy share the answer. */
function anyMaySet(above: readonly KustomizationFile[], field: string, snapshot: Snapshot): boolean {
  const known = answers.get(above) ?? new Map<string, boolean>();
  answers.set(above, known);
  let answer = known.get(field);
  if (answer === undefined) {
    answer = above.some((one) => maySet(one, field, snapshot));
    known.set(field, answer);
  }
  return answer;
}

/** A patch that mentions the field, a patch that was not loaded, or something that can change anything. */
function maySet(one: KustomizationFile, field: string, snapshot: Snapshot): boolean {
  if (['transformers', 'replacements'].some((key) => one.value[key] !== undefined)) return true;
  if (field === 'selector' && addsSelector(one.value)) return true;
  if (inlinePatches(one.value).some((text) => text.includes(field))) return true;
  return patchTextsOf(one, snapshot).some((text) => text === null || text.includes(field));
}

/** Labels for selectors, too, make a selector where an object has none. */
function addsSelector(value: Readonly<Record<string, unknown>>): boolean {
  return (
    isRecord(value['commonLabels']) ||
    asList(value['labels']).some((one) => isRecord(one) && one['includeSelectors'] === true)
  );
}

function inlinePatches(value: Readonly<Record<string, unknown>>): string[] {
  const listed = ['patches', 'patchesJson6902'].flatMap((key) => {
    const list = value[key];
    return Array.isArray(list)
      ? (list as unknown[]).flatMap((one) => (isRecord(one) ? textsOf([one['patch']]) : []))
      : [];
  });
  return [...listed, ...textsOf(value['patchesStrategicMerge']).filter((text) => text.includes('\n'))];
}
