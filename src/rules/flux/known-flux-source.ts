import { editDistance, nearestName } from '../../engine/document-schema.ts';
import type { IndexedObject, ObjectIndex } from '../../engine/object-index.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import type { Pointer } from '../../manifests/position.ts';
import {
  areNamed,
  mayShareNamespace,
  meant,
  reconciled,
  referenceAt,
  SOURCE_GROUP,
} from '../support/flux.ts';
import { mayBeRenamed } from '../support/whole-object.ts';

const KINDS = ['GitRepository', 'OCIRepository', 'HelmRepository', 'Bucket', 'HelmChart', 'ExternalArtifact'];
const REFERENCES: readonly Pointer[] = [
  ['spec', 'sourceRef'],
  ['spec', 'chart', 'spec', 'sourceRef'],
  ['spec', 'chartRef'],
];
/** What `flux bootstrap` makes. */
const BOOTSTRAP = 'flux-system';

export const knownFluxSource: RepositoryRule = {
  scope: 'repository',
  kinds: ['Kustomization', 'HelmRelease', ...KINDS],
  context: KUSTOMIZATION_GLOBS,
  judge(_files, { objects, snapshot }) {
    if (mayBeRenamed(snapshot)) return [];
    return [...reconciled(objects, 'Kustomization'), ...reconciled(objects, 'HelmRelease')]
      .filter(({ form }) => form === 'whole')
      .flatMap((object) => REFERENCES.flatMap((pointer) => problemOf(object, pointer, objects)));
  },
};

function problemOf(object: IndexedObject, pointer: Pointer, objects: ObjectIndex): Problem[] {
  const reference = referenceAt(object.value, pointer);
  if (reference === null || reference.name === BOOTSTRAP || !KINDS.includes(reference.kind)) return [];
  const sources = objects.of(SOURCE_GROUP, reference.kind);
  if (meant(sources, reference, object).length > 0) return [];
  const namespace = reference.namespace ?? object.namespace;
  const others = sources.filter(
    (source) => source.name !== BOOTSTRAP && mayShareNamespace(source.namespace, namespace),
  );
  // Without any of its kind there, the sources are kept elsewhere.
  const isSlip = editDistance(reference.name, BOOTSTRAP, 3) < 3;
  if (!isSlip && (others.length === 0 || !areNamed(sources))) return [];
  const near = isSlip
    ? BOOTSTRAP
    : nearestName(
        reference.name,
        others.flatMap(({ name }) => name ?? []),
      );
  const elsewhere = sources.find(({ name }) => name === reference.name)?.namespace ?? null;
  return [
    {
      path: object.path,
      manifest: object.position,
      pointer: [...pointer, 'name'],
      judged: reference,
      values: {
        source: reference.name,
        sourceKind: reference.kind,
        namespace: namespace ?? '(default)',
        ...(near === null ? {} : { near }),
        ...(elsewhere === null ? {} : { elsewhere }),
      },
      ...advice(near, elsewhere),
    },
  ];
}

function advice(near: string | null, elsewhere: string | null): Pick<Problem, 'remediation'> {
  if (elsewhere !== null)
    return {
      remediation: 'One is in namespace `{elsewhere}`: add `namespace: {elsewhere}` to the reference.',
    };
  return near === null ? {} : { remediation: 'Did you mean `{near}`?' };
}
