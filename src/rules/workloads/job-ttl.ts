import type { ManifestRule } from '../../engine/rule.ts';
import { valueAt } from '../../manifests/workload.ts';
import { isHook } from '../support/hooks.ts';
import { isMissingForGood, KUSTOMIZE_GLOBS } from '../support/kustomize.ts';
import { isAbsent } from '../support/pods.ts';

const FIELD = 'ttlSecondsAfterFinished';

export const jobTtl: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  judge(manifest, context) {
    if (!isAbsent(valueAt(manifest.value, ['spec', FIELD])) || isHook(manifest)) return [];
    return isMissingForGood(manifest, context, FIELD) ? [{ pointer: ['spec', FIELD], judged: null }] : [];
  },
};
