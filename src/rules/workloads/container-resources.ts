import type { ManifestRule } from '../../engine/rule.ts';
import { isHook } from '../support/hooks.ts';
import { missingResources, RESOURCE_NEEDS, type Want } from '../support/resources.ts';

const WANTED: readonly Want[] = [
  ['requests', 'cpu'],
  ['requests', 'memory'],
];

export const containerResources: ManifestRule = {
  scope: 'manifest',
  ...RESOURCE_NEEDS,
  judge(manifest, context) {
    if (isHook(manifest)) return [];
    return missingResources(manifest, context, WANTED).map(({ container, missing }) => ({
      pointer: [...container.pointer, 'resources'],
      judged: missing,
      values: { missing: missing.map(([list, resource]) => `${list}.${resource}`).join(', ') },
    }));
  },
};
