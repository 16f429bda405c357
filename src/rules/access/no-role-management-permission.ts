import type { ManifestRule } from '../../engine/rule.ts';
import { permissionRule } from '../support/permission-rule.ts';

export const noRoleManagementPermission: ManifestRule = permissionRule(
  [
    {
      groups: ['rbac.authorization.k8s.io'],
      resources: ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'],
      verbs: ['create', 'update', 'patch'],
    },
  ],
  { exceptAggregated: true },
);
