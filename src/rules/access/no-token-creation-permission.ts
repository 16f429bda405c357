import type { ManifestRule } from '../../engine/rule.ts';
import { permissionRule } from '../support/permission-rule.ts';

export const noTokenCreationPermission: ManifestRule = permissionRule(
  [{ groups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] }],
  { named: 'harmless' },
);
