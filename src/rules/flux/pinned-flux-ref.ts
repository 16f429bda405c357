import type { Problem } from '../../engine/rule.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { isTemplated } from '../support/argo-application.ts';
import { ofWholeObjects } from '../support/whole-object.ts';
import { isVersionRange } from '../support/version-range.ts';

export const pinnedFluxRef = ofWholeObjects(({ value, name }): Problem[] => {
  const spec = isRecord(value['spec']) ? value['spec'] : {};
  const ref = isRecord(spec['ref']) ? spec['ref'] : {};
  const text = (key: string): string | null => asText(ref[key]);
  // The repository that Flux was bootstrapped from is the one this rule looks at.
  if (name === 'flux-system' || text('commit') !== null || text('digest') !== null) return [];
  if (Object.values(ref).some((part) => typeof part === 'string' && isTemplated(part))) return [];
  for (const key of ['semver', 'branch']) {
    if (text(key) !== null) return [{ pointer: ['spec', 'ref', key], judged: ref, values: { by: key } }];
  }
  const refName = text('name');
  if (refName?.startsWith('refs/heads/') === true) {
    return [{ pointer: ['spec', 'ref', 'name'], judged: ref, values: { by: 'branch' } }];
  }
  const tag = text('tag');
  if (tag === null && refName === null) {
    return [{ pointer: ['spec', 'ref'], judged: ref, values: { by: 'default branch or tag' } }];
  }
  return tag !== null && isVersionRange(tag)
    ? [{ pointer: ['spec', 'ref', 'tag'], judged: ref, values: { by: 'moving tag' } }]
    : [];
});
