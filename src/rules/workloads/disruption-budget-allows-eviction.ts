import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import type { Files } from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { readSelector } from '../support/label-selector.ts';
import { placedObjectsOf, type PlacedObject } from '../support/placed-objects.ts';
import { podIndexOf, SUPPLIER_KINDS, WORKLOAD_KINDS } from '../support/pod-index.ts';
import { replicasOf, scalingOf, SCALING_KINDS } from '../support/replicas.ts';

const ALL =
  'PodDisruptionBudget `{name}` asks for {wanted} pods, and {kinds} makes {count}: none of them may ever be stopped, so draining a ' +
  'node, and with it every upgrade of the cluster, waits for ever.';

export const disruptionBudgetAllowsEviction: RepositoryRule = {
  scope: 'repository',
  kinds: ['PodDisruptionBudget', ...SCALING_KINDS, ...WORKLOAD_KINDS, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const budgets = placedObjectsOf(files, context).ofKind(
      'PodDisruptionBudget',
      (group) => group === 'policy',
    );
    return budgets.flatMap((budget) => judgeBudget(budget, files, context));
  },
};

function judgeBudget(budget: PlacedObject, files: Files, context: RuleContext): Problem[] {
  const { object, units } = budget;
  const spec = object.value['spec'];
  if (object.form === 'template' || !isRecord(spec)) return [];
  const at = { path: object.path, manifest: object.position };
  if (isNothing(spec['maxUnavailable'])) {
    return [
      {
        ...at,
        pointer: ['spec', 'maxUnavailable'],
        judged: spec['maxUnavailable'],
        values: { limit: 'maxUnavailable' },
      },
    ];
  }
  const least = spec['minAvailable'];
  if (typeof least === 'string' && /^100%$/.test(least)) {
    return [{ ...at, pointer: ['spec', 'minAvailable'], judged: least, values: { limit: 'minAvailable' } }];
  }
  const count = Number(least);
  if (
    object.form !== 'whole' ||
    least === undefined ||
    least === null ||
    !Number.isInteger(count) ||
    count < 1
  )
    return [];
  const replicas = replicasFor(budget, files, context);
  if (replicas === null || count < replicas.count || units.some(({ patches }) => patches('minAvailable')))
    return [];
  return [
    {
      ...at,
      pointer: ['spec', 'minAvailable'],
      judged: [count, replicas.count],
      message: ALL,
      values: { wanted: String(count), count: String(replicas.count), kinds: replicas.name },
    },
  ];
}

function isNothing(value: unknown): boolean {
  return value === 0 || value === '0' || value === '0%';
}

/** How many pods the one workload that a budget selects has at least; null when that cannot be told. */
function replicasFor(
  budget: PlacedObject,
  files: Files,
  context: RuleContext,
): { count: number; name: string } | null {
  const selector = readSelector(valueAt(budget.object.value, ['spec', 'selector']));
  if (selector === null || selector.requirements.length === 0) return null;
  const placed = placedObjectsOf(files, context);
  const [only, ...others] = podIndexOf(placed, files).select(selector, budget);
  if (only === undefined || others.length > 0 || only.labels === null) return null;
  const count = replicasOf(only.placed, scalingOf(placed));
  return count === null
    ? null
    : { count, name: `${only.placed.object.kind} ${only.placed.object.name ?? ''}` };
}
