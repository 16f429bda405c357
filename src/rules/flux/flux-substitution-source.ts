import type { IndexedObject, ObjectIndex } from '../../engine/object-index.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import type { Snapshot } from '../../engine/change.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { mayShareNamespace, meant, reconciled, referenceAt } from '../support/flux.ts';
import { isMentioned, mayBeRenamed } from '../support/whole-object.ts';

export const fluxSubstitutionSource: RepositoryRule = {
  scope: 'repository',
  kinds: ['Kustomization', 'ConfigMap', 'Secret', 'SealedSecret', 'ExternalSecret'],
  context: KUSTOMIZATION_GLOBS,
  judge(_files, { objects, snapshot }) {
    if (mayBeRenamed(snapshot)) return [];
    return reconciled(objects, 'Kustomization')
      .filter(({ form }) => form === 'whole')
      .flatMap((object) =>
        listAt(object.value, ['spec', 'postBuild', 'substituteFrom']).flatMap((item, index) =>
          valueAt(item, ['optional']) === true ? [] : problemOf(object, item, index, { objects, snapshot }),
        ),
      );
  },
};

function problemOf(
  object: IndexedObject,
  item: unknown,
  index: number,
  { objects, snapshot }: { objects: ObjectIndex; snapshot: Snapshot },
): Problem[] {
  const reference = referenceAt(item, []);
  if (reference === null || isMentioned(reference.name, snapshot)) return [];
  const sources = sourcesOf(reference.kind, objects);
  if (meant(sources, reference, object).length > 0) return [];
  // Nothing of the kind in that namespace: it is filled by something else, such as Terraform.
  if (!sources.some(({ namespace }) => mayShareNamespace(namespace, object.namespace))) return [];
  return [
    {
      path: object.path,
      manifest: object.position,
      pointer: ['spec', 'postBuild', 'substituteFrom', String(index), 'name'],
      judged: reference,
      values: { source: reference.name, sourceKind: reference.kind },
    },
  ];
}

type Named = Pick<IndexedObject, 'name' | 'namespace'>;

const secrets = new WeakMap<ObjectIndex, readonly Named[]>();

function sourcesOf(kind: string, objects: ObjectIndex): readonly Named[] {
  if (kind !== 'Secret') return objects.of('', kind);
  const known = secrets.get(objects) ?? secretsIn(objects);
  secrets.set(objects, known);
  return known;
}

function secretsIn(objects: ObjectIndex): Named[] {
  const external = objects.of('external-secrets.io', 'ExternalSecret').map(({ name, namespace, value }) => ({
    name: asText(valueAt(value, ['spec', 'target', 'name'])) ?? name,
    namespace,
  }));
  return [...objects.of('', 'Secret'), ...objects.of('bitnami.com', 'SealedSecret'), ...external];
}
