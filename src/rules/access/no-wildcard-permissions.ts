import type { ManifestRule } from '../../engine/rule.ts';
import { isBootstrapObject, policyRulesOf, type PolicyRule } from '../../manifests/rbac.ts';

const FIELDS = {
  verbs: 'verbs',
  resources: 'resources',
  apiGroups: 'groups',
  nonResourceURLs: 'nonResourceURLs',
} as const;

export const noWildcardPermissions: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    if (isBootstrapObject(manifest)) return [];
    return policyRulesOf(manifest).flatMap((rule) =>
      Object.entries(FIELDS).flatMap(([field, list]) => {
        const index = rule[list].findIndex((item) => isWildcard(field, item));
        if (index < 0) return [];
        return [
          {
            pointer: [...rule.pointer, field, String(index)],
            judged: scopeOf(rule),
            values: { field, value: rule[list][index] ?? '' },
          },
        ];
      }),
    );
  },
};

/** A path that ends in `*` is everything below it only when nothing stands before it. */
function isWildcard(field: string, item: string): boolean {
  return (
    item === '*' ||
    (field === 'resources' && item.endsWith('/*')) ||
    (field === 'nonResourceURLs' && item === '/*')
  );
}

/** What else the rule says decides how much the wildcard grants. */
function scopeOf({ verbs, groups, resources, resourceNames, nonResourceURLs }: PolicyRule): unknown {
  return [verbs, groups, resources, resourceNames, nonResourceURLs];
}
