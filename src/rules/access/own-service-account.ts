import type { ManifestRule } from '../../engine/rule.ts';
import { podSpecsOf } from '../../manifests/workload.ts';
import { accountOf, mountsToken } from '../support/accounts.ts';
import { isMissingForGood, KUSTOMIZE_GLOBS } from '../support/kustomize.ts';

export const ownServiceAccount: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  kinds: ['ServiceAccount'],
  judge(manifest, context) {
    const lacking = podSpecsOf(manifest).filter(
      (spec) => accountOf(spec) === 'default' && mountsToken(manifest, spec, context),
    );
    if (lacking.length === 0 || !isMissingForGood(manifest, context, 'serviceAccount')) return [];
    return lacking.map(({ pointer, value }) => ({
      pointer: [...pointer, 'serviceAccountName'],
      judged: value['serviceAccountName'] ?? null,
    }));
  },
};
