import type { ManifestRule } from '../../engine/rule.ts';
import { podSpecsOf } from '../../manifests/workload.ts';
import { accountOf, hasRights, mountsToken } from '../support/accounts.ts';
import { isMissingForGood, KUSTOMIZE_GLOBS } from '../support/kustomize.ts';

const FIELD = 'automountServiceAccountToken';

export const noNeedlessAccountToken: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  kinds: ['ServiceAccount', 'RoleBinding', 'ClusterRoleBinding'],
  judge(manifest, context) {
    const needless = podSpecsOf(manifest).filter(
      (spec) => mountsToken(manifest, spec, context) && !hasRights(manifest, spec, context),
    );
    if (needless.length === 0 || !isMissingForGood(manifest, context, FIELD)) return [];
    return needless.map((spec) => ({
      pointer: [...spec.pointer, FIELD],
      judged: spec.value[FIELD] ?? null,
      values: { account: accountOf(spec) },
    }));
  },
};
