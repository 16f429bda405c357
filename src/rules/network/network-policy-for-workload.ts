import type { RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { valueAt } from '../../manifests/workload.ts';
import { matches, readSelector } from '../support/label-selector.ts';
import { mayMeet, placedObjectsOf } from '../support/placed-objects.ts';
import { podIndexOf, SUPPLIER_KINDS, WORKLOAD_KINDS } from '../support/pod-index.ts';

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
    const policies = placed.ofKind('NetworkPolicy').map((policy) => ({
      policy,
      selector: readSelector(valueAt(policy.object.value, ['spec', 'podSelector']) ?? {}),
    }));
    return podIndexOf(placed, files).all.flatMap(({ placed: workload, labels }) => {
      const { object } = workload;
      if (object.form !== 'whole' || labels === null) return [];
      const isSelected = policies.some(
        ({ policy, selector }) =>
          mayMeet(policy, workload) && (selector === null || matches(selector, labels)),
      );
      if (isSelected || placed.mayBeSupplied(workload, [object.name ?? ''])) return [];
      return [
        { path: object.path, manifest: object.position, pointer: ['metadata', 'name'], judged: object.name },
      ];
    });
  },
};
