import type { ManifestRule } from '../../engine/rule.ts';
import { missingResources, RESOURCE_NEEDS } from '../support/resources.ts';

export const memoryLimit: ManifestRule = {
  scope: 'manifest',
  ...RESOURCE_NEEDS,
  judge(manifest, context) {
    return missingResources(manifest, context, [['limits', 'memory']]).map(({ container }) => ({
      pointer: [...container.pointer, 'resources'],
      judged: null,
    }));
  },
};
