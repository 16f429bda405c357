import type { RepositoryRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { valueAt } from '../../manifests/workload.ts';
import { placedObjectsOf } from '../support/placed-objects.ts';
import { scalingOf, SCALING_KINDS } from '../support/replicas.ts';

const SCALED = ['Deployment', 'Rollout', 'StatefulSet'] as const;

export const noReplicasBesideAutoscaler: RepositoryRule = {
  scope: 'repository',
  kinds: [...SCALING_KINDS, ...SCALED],
  context: KUSTOMIZATION_GLOBS,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const scaling = scalingOf(placed);
    return SCALED.flatMap((kind) => placed.ofKind(kind)).flatMap((workload) => {
      const { object } = workload;
      const replicas = valueAt(object.value, ['spec', 'replicas']);
      // Zero switches an autoscaler off on purpose.
      if (object.form !== 'whole' || replicas === undefined || replicas === null || replicas === 0) return [];
      // An autoscaler that only some environments have is not told apart from one that all of them have.
      const scaler = scaling
        .of(workload)
        .find(
          (one) => one.object.form === 'whole' && workload.units.every((unit) => one.units.includes(unit)),
        );
      if (scaler === undefined) return [];
      return [
        {
          path: object.path,
          manifest: object.position,
          pointer: ['spec', 'replicas'],
          judged: replicas,
          values: { scaler: `${scaler.object.kind} ${scaler.object.name ?? ''}` },
          related: [{ message: 'the autoscaler', location: { path: scaler.object.path, range: null } }],
        },
      ];
    });
  },
};
