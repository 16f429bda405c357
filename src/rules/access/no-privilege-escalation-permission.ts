import type { ManifestRule } from '../../engine/rule.ts';
import { permissionRule } from '../support/permission-rule.ts';

/** Whoever may bind or become one of these has the cluster. */
const ALL_POWER = /^(?:cluster-admin|system:masters|system:admin|system:kube-controller-manager)$/;

export const noPrivilegeEscalationPermission: ManifestRule = permissionRule(
  [
    {
      groups: ['rbac.authorization.k8s.io'],
      resources: ['roles', 'clusterroles'],
      verbs: ['escalate', 'bind'],
    },
    { groups: [''], resources: ['users', 'groups', 'serviceaccounts'], verbs: ['impersonate'] },
    { groups: ['authentication.k8s.io'], resources: ['uids', 'userextras/*'], verbs: ['impersonate'] },
  ],
  { named: { dangerous: ALL_POWER } },
);
