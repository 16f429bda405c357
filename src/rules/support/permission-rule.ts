import type { ManifestRule } from '../../engine/rule.ts';
import { isAggregated, isBootstrapObject, policyRulesOf, type PolicyRule } from '../../manifests/rbac.ts';

/** Verbs on resources of API groups; the core group is the empty text. */
export interface Permission {
  readonly groups: readonly string[];
  /** A name that ends in `/*` means all subresources of it. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

export interface PermissionOptions {
  /** Permissions for objects that are named (`resourceNames`): `harmless`, or only for these names dangerous. */
  readonly named?: 'harmless' | { readonly dangerous: RegExp };
  /** Leave out parts of `admin`, `edit` and `view`: they are given in a namespace. */
  readonly exceptAggregated?: true;
}

/**
 * A rule against roles that grant one of some permissions, but for those that its parameter `allowedRoles` names if it
 * has one. Resources must be named: a role with `resources: ['*']` is
 * what no-wildcard-permissions is about.
 */
export function permissionRule(
  permissions: readonly Permission[],
  { named, exceptAggregated }: PermissionOptions = {},
): ManifestRule {
  return {
    scope: 'manifest',
    judge(manifest, { parameters }) {
      const allowed = (parameters['allowedRoles'] ?? []) as readonly string[];
      if (allowed.includes(manifest.name ?? '')) return [];
      if (isBootstrapObject(manifest) || (exceptAggregated === true && isAggregated(manifest))) return [];
      return policyRulesOf(manifest).flatMap((rule) => {
        if (isHarmless(rule, named)) return [];
        return rule.resources.flatMap((resource, index) => {
          const verbs = grantedVerbs(rule, resource, permissions);
          if (verbs.length === 0) return [];
          return [
            {
              pointer: [...rule.pointer, 'resources', String(index)],
              judged: [resource, verbs, rule.resourceNames],
              values: { resource, verbs: verbs.join(', ') },
            },
          ];
        });
      });
    },
  };
}

function isHarmless({ resourceNames }: PolicyRule, named: PermissionOptions['named']): boolean {
  if (resourceNames.length === 0 || named === undefined) return false;
  return named === 'harmless' || !resourceNames.some((name) => named.dangerous.test(name));
}

function grantedVerbs(rule: PolicyRule, resource: string, permissions: readonly Permission[]): string[] {
  const wanted = permissions.filter(
    (permission) =>
      permission.resources.some((one) => isResource(resource, one)) &&
      rule.groups.some((group) => group === '*' || permission.groups.includes(group)),
  );
  return rule.verbs.filter((verb) => wanted.some(({ verbs }) => verb === '*' || verbs.includes(verb)));
}

/** `pods/exec` is also granted as `pods/*` and as `*\/exec`. */
function isResource(granted: string, resource: string): boolean {
  const [name, subresource] = resource.split('/');
  const [grantedName, grantedSubresource] = granted.split('/');
  if (subresource === undefined || grantedSubresource === undefined) return granted === resource;
  return (
    (grantedName === name || grantedName === '*') &&
    (grantedSubresource === subresource || grantedSubresource === '*' || subresource === '*')
  );
}
