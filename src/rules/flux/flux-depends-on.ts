import type { IndexedObject } from '../../engine/object-index.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { nearestName } from '../../engine/document-schema.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { listAt } from '../../manifests/workload.ts';
import {
  areNamed,
  mayShareNamespace,
  meant,
  reconciled,
  referenceAt,
  type Reference,
} from '../support/flux.ts';
import { circlesOf } from '../support/circles.ts';
import { push } from '../support/placed-objects.ts';
import { mayBeRenamed } from '../support/whole-object.ts';

interface Edge {
  readonly from: IndexedObject;
  readonly index: number;
  readonly reference: Reference;
  /** Null when the repository has no such object. */
  readonly to: IndexedObject | null;
}

export const fluxDependsOn: RepositoryRule = {
  scope: 'repository',
  kinds: ['Kustomization', 'HelmRelease'],
  context: KUSTOMIZATION_GLOBS,
  judge(_files, { objects, snapshot }) {
    return (['Kustomization', 'HelmRelease'] as const).flatMap((kind) => {
      const all = reconciled(objects, kind);
      const edges = all.flatMap((from) => edgesFrom(from, all));
      const complete = areNamed(all) && !mayBeRenamed(snapshot);
      return [...(complete ? edges.flatMap((edge) => missing(edge, all)) : []), ...cycles(edges)];
    });
  },
};

function edgesFrom(from: IndexedObject, all: readonly IndexedObject[]): Edge[] {
  return listAt(from.value, ['spec', 'dependsOn']).flatMap((item, index) => {
    const reference = referenceAt(item, []);
    if (reference === null) return [];
    const candidates = meant(all, reference, from).filter(({ form }) => form === 'whole');
    return [{ from, index, reference, to: nearest(from.path, candidates) }];
  });
}

/** Each cluster has its folder: of several objects with the name the one that shares most of the path is meant. */
function nearest(path: string, candidates: readonly IndexedObject[]): IndexedObject | null {
  const shared = (other: string): number => {
    const [a, b] = [path.split('/'), other.split('/')];
    const differs = a.findIndex((segment, index) => segment !== b[index]);
    return differs < 0 ? a.length : differs;
  };
  return candidates.reduce<IndexedObject | null>(
    (best, one) => (best === null || shared(one.path) > shared(best.path) ? one : best),
    null,
  );
}

function missing({ from, index, reference, to }: Edge, all: readonly IndexedObject[]): Problem[] {
  if (to !== null || meant(all, reference, from).length > 0) return [];
  const namespace = reference.namespace ?? from.namespace;
  const others = all.filter((object) => object !== from && mayShareNamespace(object.namespace, namespace));
  // What the namespace needs may be kept in another repository.
  if (others.length === 0) return [];
  const near = nearestName(
    reference.name,
    others.flatMap(({ name }) => name ?? []),
  );
  return [
    {
      ...at(from, index),
      judged: reference.name,
      values: { dependency: reference.name, ...(near === null ? {} : { near }) },
      ...(near === null ? {} : { remediation: 'Did you mean `{near}`?' }),
    },
  ];
}

function cycles(edges: readonly Edge[]): Problem[] {
  const next = new Map<IndexedObject, IndexedObject[]>();
  for (const { from, to } of edges) if (to !== null) push(next, from, to);
  const circles = circlesOf(next);
  return edges.flatMap(({ from, to, index }) =>
    to !== null && circles.get(to) === circles.get(from)
      ? [
          {
            ...at(from, index),
            judged: to.name,
            values: { dependency: to.name ?? '' },
            message:
              '{kind} `{name}` waits for `{dependency}`, which in turn waits for it. Neither of them is ever applied.',
            remediation: 'Remove one of the entries of `dependsOn` that make the circle.',
          },
        ]
      : [],
  );
}

function at({ path, position }: IndexedObject, index: number): Problem {
  return { path, manifest: position, pointer: ['spec', 'dependsOn', String(index), 'name'] };
}
