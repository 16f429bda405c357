import { posix } from 'node:path';
import type { IndexedObject } from '../../engine/object-index.ts';
import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, RuleContext } from '../../engine/rule.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { KUSTOMIZE_GLOBS, kustomizationsAbove } from '../support/kustomize.ts';

const KINDS = ['ResourceQuota', 'LimitRange'] as const;
/** Kubernetes makes and fills these itself. */
const OF_THE_SYSTEM = /^(?:default|kube-.*)$/;

export const namespaceLimits: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  kinds: KINDS,
  judge(manifest, context) {
    const { name } = manifest;
    if (name === null || OF_THE_SYSTEM.test(name) || formOf(manifest, context) !== 'whole') return [];
    const missing = KINDS.filter(
      (kind) => !context.objects.of('', kind).some((object) => mayBelong(object, name, manifest, context)),
    );
    if (missing.length === 0) return [];
    return [
      { pointer: ['metadata', 'name'], judged: missing, values: { missing: missing.join(' and no ') } },
    ];
  },
};

/** One without a namespace gets it from a kustomization: one that names it, or one that cannot be told. */
function mayBelong(
  { namespace, path }: IndexedObject,
  name: string,
  { path: own }: Manifest,
  { snapshot }: RuleContext,
): boolean {
  if (namespace !== null) return namespace === name;
  if (posix.dirname(path) === posix.dirname(own)) return true;
  return kustomizationsAbove(path, snapshot).some(({ value }) => value['namespace'] === name);
}
