import type { ManifestRule } from '../../engine/rule.ts';
import { resourcePairsOf } from '../support/resource-pairs.ts';

export const limitNearRequest: ManifestRule = {
  scope: 'manifest',
  judge(manifest, { parameters }) {
    return resourcePairsOf(manifest).flatMap(({ pointer, resource, request, limit, written }) => {
      const highest = parameters[resource];
      if (typeof highest !== 'number' || limit === null || limit <= request * highest) return [];
      return [
        {
          pointer,
          judged: written,
          values: { request: written[0], limit: written[1], times: String(highest) },
        },
      ];
    });
  },
};
