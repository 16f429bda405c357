import type { RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { valueAt } from '../../manifests/workload.ts';
import { readSelector } from '../support/label-selector.ts';
import { placedObjectsOf } from '../support/placed-objects.ts';
import { podIndexOf, selectedBy, SUPPLIER_KINDS, WORKLOAD_KINDS } from '../support/pod-index.ts';

/** Policies of network plug-ins, which this rule does not read. */
const OTHER_POLICIES = [
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'GlobalNetworkPolicy',
] as const;

export const networkPolicyForWorkload: RepositoryRule = {
  scope: 'repository',
  kinds: ['AdminNetworkPolicy', 'NetworkPolicy', ...OTHER_POLICIES, ...WORKLOAD_KINDS, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    if (OTHER_POLICIES.some((kind) => placed.ofKind(kind).length > 0)) return [];
    const policies = placed.ofKind('NetworkPolicy').map((from) => ({
      from,
      selector: readSelector(valueAt(from.object.value, ['spec', 'podSelector']) ?? {}),
    }));
    const pods = podIndexOf(placed, files);
    const isSelected = selectedBy(policies, pods);
    return pods.all.flatMap((one) => {
      const { placed: workload, labels } = one;
      const { object } = workload;
      if (object.form !== 'whole' || labels === null) return [];
      if (isSelected(one) || placed.mayBeSupplied(workload, [object.name ?? ''])) return [];
      return [
        { path: object.path, manifest: object.position, pointer: ['metadata', 'name'], judged: object.name },
      ];
    });
  },
};
