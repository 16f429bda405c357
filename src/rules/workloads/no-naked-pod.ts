import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { valueAt } from '../../manifests/workload.ts';
import { isHook } from '../support/hooks.ts';

/** Pods that are meant to end. */
const ENDS: ReadonlySet<unknown> = new Set(['Never', 'OnFailure']);

export const noNakedPod: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  judge(manifest, context) {
    if (ENDS.has(valueAt(manifest.value, ['spec', 'restartPolicy'])) || isHook(manifest)) return [];
    if (formOf(manifest, context) !== 'whole') return [];
    return [{ pointer: ['kind'], judged: manifest.kind }];
  },
};
