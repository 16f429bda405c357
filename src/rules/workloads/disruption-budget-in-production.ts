import type { RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { readSelector } from '../support/label-selector.ts';
import { placedObjectsOf } from '../support/placed-objects.ts';
import { podIndexOf, selectedBy, SUPPLIER_KINDS, WORKLOAD_KINDS } from '../support/pod-index.ts';
import { replicasOf, scalingOf, SCALING_KINDS } from '../support/replicas.ts';

const PROTECTED: ReadonlySet<string> = new Set(['Deployment', 'Rollout', 'StatefulSet']);

export const disruptionBudgetInProduction: RepositoryRule = {
  scope: 'repository',
  kinds: ['PodDisruptionBudget', ...SCALING_KINDS, ...WORKLOAD_KINDS, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const scaling = scalingOf(placed);
    const budgets = placed
      .ofKind('PodDisruptionBudget', (group) => group === 'policy')
      .map((from) => ({ from, selector: readSelector(valueAt(from.object.value, ['spec', 'selector'])) }));
    const pods = podIndexOf(placed, files);
    const isProtected = selectedBy(budgets, pods);
    return pods.all.flatMap((one) => {
      const { placed: workload, labels } = one;
      const { object } = workload;
      if (!PROTECTED.has(object.kind) || labels === null || object.form !== 'whole') return [];
      const count = replicasOf(workload, scaling);
      if ((count ?? 2) < 2 || placed.mayBeSupplied(workload, [asText(object.name) ?? ''])) return [];
      if (isProtected(one)) return [];
      return [
        { path: object.path, manifest: object.position, pointer: ['metadata', 'name'], judged: object.name },
      ];
    });
  },
};
