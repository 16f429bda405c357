import type { ManifestRule } from '../../engine/rule.ts';
import { isBootstrapObject, policyRulesOf, type PolicyRule } from '../../manifests/rbac.ts';

export const noUnlimitedClusterRole: ManifestRule = {
  scope: 'manifest',
  judge(manifest, { parameters }) {
    const allowed = parameters['allowedRoles'] as readonly string[];
    if (isBootstrapObject(manifest) || allowed.includes(manifest.name ?? '')) return [];
    return policyRulesOf(manifest)
      .filter(allowsEverything)
      .map(({ pointer, resourceNames }) => ({ pointer, judged: resourceNames }));
  },
};

function allowsEverything({ verbs, groups, resources, resourceNames }: PolicyRule): boolean {
  return resourceNames.length === 0 && [verbs, groups, resources].every((list) => list.includes('*'));
}
