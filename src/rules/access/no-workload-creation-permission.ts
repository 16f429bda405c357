import type { ManifestRule } from '../../engine/rule.ts';
import { permissionRule } from '../support/permission-rule.ts';

const verbs = ['create', 'update', 'patch'];

export const noWorkloadCreationPermission: ManifestRule = permissionRule(
  [
    { groups: [''], resources: ['pods', 'replicationcontrollers'], verbs },
    { groups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], verbs },
    { groups: ['batch'], resources: ['jobs', 'cronjobs'], verbs },
  ],
  { named: 'harmless', exceptAggregated: true },
);
