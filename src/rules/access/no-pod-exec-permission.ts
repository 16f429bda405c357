import type { ManifestRule } from '../../engine/rule.ts';
import { permissionRule } from '../support/permission-rule.ts';

export const noPodExecPermission: ManifestRule = permissionRule(
  [
    // A WebSocket is opened with GET.
    { groups: [''], resources: ['pods/exec', 'pods/attach', 'pods/portforward'], verbs: ['create', 'get'] },
    { groups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['update', 'patch'] },
  ],
  { named: 'harmless', exceptAggregated: true },
);
