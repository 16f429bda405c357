import type { ManifestRule } from '../../engine/rule.ts';
import { missingResources, RESOURCE_NEEDS } from '../support/resources.ts';

export const ephemeralStorageLimit: ManifestRule = {
  scope: 'manifest',
  ...RESOURCE_NEEDS,
  judge(manifest, context) {
    return missingResources(manifest, context, [['limits', 'ephemeral-storage']]).map(({ container }) => ({
      pointer: [...container.pointer, 'resources'],
      judged: null,
    }));
  },
};
