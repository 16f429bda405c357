import type { RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { matches, readSelector } from '../support/label-selector.ts';
import { mayMeet, placedObjectsOf } from '../support/placed-objects.ts';
import { podIndexOf, SUPPLIER_KINDS, WORKLOAD_KINDS } from '../support/pod-index.ts';
import { replicasOf, Scaling } from '../support/replicas.ts';

const PROTECTED: ReadonlySet<string> = new Set(['Deployment', 'Rollout', 'StatefulSet']);

export const disruptionBudgetInProduction: RepositoryRule = {
  scope: 'repository',
  kinds: [
    'HorizontalPodAutoscaler',
    'PodDisruptionBudget',
    'ScaledObject',
    ...WORKLOAD_KINDS,
    ...SUPPLIER_KINDS,
  ],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const scaling = new Scaling(placed);
    const budgets = placed
      .ofKind('PodDisruptionBudget', (group) => group === 'policy')
      .map((budget) => ({
        budget,
        selector: readSelector(valueAt(budget.object.value, ['spec', 'selector'])),
      }));
    return podIndexOf(placed, files).all.flatMap(({ placed: workload, labels }) => {
      const { object } = workload;
      if (!PROTECTED.has(object.kind) || labels === null || object.form !== 'whole') return [];
      const count = replicasOf(workload, scaling);
      if ((count ?? 2) < 2 || placed.mayBeSupplied(workload, [asText(object.name) ?? ''])) return [];
      const isProtected = budgets.some(
        ({ budget, selector }) =>
          mayMeet(budget, workload) && (selector === null || matches(selector, labels)),
      );
      if (isProtected) return [];
      return [
        { path: object.path, manifest: object.position, pointer: ['metadata', 'name'], judged: object.name },
      ];
    });
  },
};
