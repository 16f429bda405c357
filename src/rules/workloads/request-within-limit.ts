import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { resourcePairsOf } from '../support/resource-pairs.ts';

const UNEQUAL =
  'Under `{pointer}` {kind} `{name}` requests `{request}` and has the limit `{limit}`. `{key}` cannot be shared out ' +
  'twice, so both must be the same: the API server refuses the object.';
const SAME = 'Write the same amount under `limits`.';
const WITHOUT_LIMIT =
  'Under `{pointer}` {kind} `{name}` requests `{key}` and has no limit for it. It cannot be shared out twice, so the ' +
  'API server refuses the object without the same amount under `limits`.';

export const requestWithinLimit: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  judge(manifest, context) {
    const form = formOf(manifest, context);
    return resourcePairsOf(manifest).flatMap((pair): Problem[] => {
      const { pointer, resource, request, limit } = pair;
      const place = {
        pointer,
        judged: pair.written,
        values: { request: pair.written[0], limit: pair.written[1] },
      };
      if (limit === null)
        return form === 'whole' && isIndivisible(resource) && request > 0
          ? [{ ...place, message: WITHOUT_LIMIT, remediation: SAME }]
          : [];
      if (isIndivisible(resource))
        return request === limit ? [] : [{ ...place, message: UNEQUAL, remediation: SAME }];
      return request > limit ? [place] : [];
    });
  },
};

/** Huge pages, and what device plugins offer: `nvidia.com/gpu`. */
function isIndivisible(resource: string): boolean {
  if (resource.startsWith('hugepages-')) return true;
  return resource.includes('/') && !resource.includes('kubernetes.io/') && !resource.startsWith('requests.');
}
