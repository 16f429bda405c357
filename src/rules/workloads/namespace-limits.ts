import { posix } from 'node:path';
import type { Snapshot } from '../../engine/change.ts';
import { kustomizationsOf } from '../../engine/kustomizations.ts';
import { formOf } from '../../engine/object-form.ts';
import type { IndexedObject } from '../../engine/object-index.ts';
import type { ManifestRule } from '../../engine/rule.ts';
import { asText } from '../../manifests/manifest.ts';
import { KUSTOMIZE_GLOBS } from '../support/kustomize.ts';

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
    const missing = KINDS.filter((kind) => {
      const { namespaces, folders } = limitsOf(context.objects.of('', kind), context.snapshot);
      return !namespaces.has(name) && !folders.has(posix.dirname(manifest.path));
    });
    if (missing.length === 0) return [];
    return [
      { pointer: ['metadata', 'name'], judged: missing, values: { missing: missing.join(' and no ') } },
    ];
  },
};

interface Limits {
  readonly namespaces: ReadonlySet<string>;
  /** Folders of those without a namespace. */
  readonly folders: ReadonlySet<string>;
}

const known = new WeakMap<readonly IndexedObject[], Limits>();

/** One without a namespace gets it from a kustomization: one that names it, or one that cannot be told. */
function limitsOf(objects: readonly IndexedObject[], snapshot: Snapshot): Limits {
  let limits = known.get(objects);
  if (limits === undefined) {
    const without = objects.filter(({ namespace }) => namespace === null);
    const above = without.flatMap(({ path }) => kustomizationsOf(snapshot).above(path));
    limits = {
      namespaces: new Set([
        ...objects.flatMap(({ namespace }) => namespace ?? []),
        ...[...new Set(above)].flatMap(({ value }) => asText(value['namespace']) ?? []),
      ]),
      folders: new Set(without.map(({ path }) => posix.dirname(path))),
    };
    known.set(objects, limits);
  }
  return limits;
}
