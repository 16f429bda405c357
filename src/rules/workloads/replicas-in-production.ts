import type { RepositoryRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { placedObjectsOf } from '../support/placed-objects.ts';
import { replicasOf, scalingOf, SCALING_KINDS } from '../support/replicas.ts';

const REPLICATED = ['Deployment', 'Rollout'] as const;

export const replicasInProduction: RepositoryRule = {
  scope: 'repository',
  kinds: [...SCALING_KINDS, ...REPLICATED],
  context: KUSTOMIZATION_GLOBS,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const scaling = scalingOf(placed);
    const least = Number(context.parameters['minimum']);
    return REPLICATED.flatMap((kind) => placed.ofKind(kind)).flatMap((workload) => {
      const { object } = workload;
      const count = replicasOf(workload, scaling);
      // Zero is switched off on purpose.
      if (count === null || count === 0 || count >= least) return [];
      return [
        {
          path: object.path,
          manifest: object.position,
          pointer: ['spec', 'replicas'],
          judged: count,
          values: { count: count === 1 ? 'one pod' : `${count} pods`, least: String(least) },
        },
      ];
    });
  },
};
