import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';

const ZERO =
  'HorizontalPodAutoscaler `{name}` allows {limit} pods at most, and at least one is needed: the API server refuses it.';
const RAISE = 'Set `maxReplicas` to the most pods that you want.';

export const validAutoscaler: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  judge(manifest, context) {
    if (formOf(manifest, context) === 'template') return [];
    const isHpa = manifest.kind === 'HorizontalPodAutoscaler';
    const [leastKey, mostKey] = isHpa
      ? ['minReplicas', 'maxReplicas']
      : ['minReplicaCount', 'maxReplicaCount'];
    const most = countAt(manifest, mostKey);
    // What is not written has a default, except in a patch.
    const isWhole = formOf(manifest, context) === 'whole';
    const least = countAt(manifest, leastKey) ?? (isHpa && isWhole ? 1 : null);
    if (most === null) return [];
    if (isHpa && most < 1) {
      return [
        {
          pointer: ['spec', mostKey],
          judged: most,
          message: ZERO,
          remediation: RAISE,
          values: { limit: String(most) },
        },
      ];
    }
    if (least === null) return [];
    const values = { least: String(least), most: String(most), leastKey, mostKey };
    return least > most ? [{ pointer: ['spec', leastKey], judged: [least, most], values }] : [];
  },
};

function countAt(manifest: Manifest, key: string): number | null {
  const value = valueAt(manifest.value, ['spec', key]);
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}
