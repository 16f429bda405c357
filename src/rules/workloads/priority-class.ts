import type { ManifestRule } from '../../engine/rule.ts';
import { KUSTOMIZE_GLOBS } from '../support/kustomize.ts';
import { podSpecsWithout } from '../support/pods.ts';

const FIELD = 'priorityClassName';

export const priorityClass: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  judge(manifest, context) {
    return podSpecsWithout(manifest, context, FIELD).map(({ pointer }) => ({
      pointer: [...pointer, FIELD],
      judged: null,
    }));
  },
};
