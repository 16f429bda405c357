import type { ManifestRule } from '../../engine/rule.ts';
import { permissionRule } from '../support/permission-rule.ts';

export const noNodeProxyPermission: ManifestRule = permissionRule([
  { groups: [''], resources: ['nodes/proxy'], verbs: ['get', 'create', 'update', 'patch', 'delete'] },
]);
