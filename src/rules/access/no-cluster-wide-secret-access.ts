import type { ManifestRule } from '../../engine/rule.ts';
import { permissionRule } from '../support/permission-rule.ts';

export const noClusterWideSecretAccess: ManifestRule = permissionRule(
  [{ groups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }],
  { named: 'harmless', exceptAggregated: true },
);
