import type { ManifestRule } from '../../engine/rule.ts';
import { isMissingForGood, KUSTOMIZE_GLOBS } from '../support/kustomize.ts';
import { isAbsent, isLongRunning, lastingContainersOf } from '../support/pods.ts';

export const livenessProbe: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  judge(manifest, context) {
    if (!isLongRunning(manifest)) return [];
    const lacking = lastingContainersOf(manifest).filter(({ value }) => isAbsent(value['livenessProbe']));
    if (lacking.length === 0 || !isMissingForGood(manifest, context, 'livenessProbe')) return [];
    return lacking.map(({ pointer }) => ({ pointer, judged: null }));
  },
};
