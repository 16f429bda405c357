import { kustomizationsOf, type KustomizationFile } from '../../engine/kustomizations.ts';
import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule } from '../../engine/rule.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { isMissingForGood, KUSTOMIZE_GLOBS } from '../support/kustomize.ts';

export const requiredLabels: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  judge(manifest, context) {
    const missing = (context.parameters['labels'] as readonly string[]).filter(
      (label) => !hasLabel(manifest, label),
    );
    if (missing.length === 0 || formOf(manifest, context) !== 'whole') return [];
    const above = kustomizationsOf(context.snapshot).above(manifest.path);
    const left = missing.filter(
      (label) => !above.some((one) => adds(one, label)) && isMissingForGood(manifest, context, label),
    );
    if (left.length === 0) return [];
    return [
      { pointer: ['metadata', 'labels'], atKey: true, judged: left, values: { labels: left.join(', ') } },
    ];
  },
};

function hasLabel({ value }: Manifest, label: string): boolean {
  const labels = valueAt(value, ['metadata', 'labels']);
  return isRecord(labels) && Object.hasOwn(labels, label);
}

/** `commonLabels` and `labels` of a kustomization. */
function adds({ value }: KustomizationFile, label: string): boolean {
  const groups = Array.isArray(value['labels']) ? (value['labels'] as unknown[]) : [];
  const maps = [value['commonLabels'], ...groups.map((group) => (isRecord(group) ? group['pairs'] : null))];
  return maps.some((map) => isRecord(map) && Object.hasOwn(map, label));
}
