import type { RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { readSelector } from '../support/label-selector.ts';
import { placedObjectsOf, type PlacedObject } from '../support/placed-objects.ts';

/** Namespaces that Kubernetes itself lives in, where a policy that denies all stops the cluster. */
const OWN = /^(?:default|kube-.*|openshift-.*)$/;

export const networkPolicyDefaultDeny: RepositoryRule = {
  scope: 'repository',
  kinds: [
    'CiliumClusterwideNetworkPolicy',
    'CiliumNetworkPolicy',
    'GlobalNetworkPolicy',
    'Namespace',
    'NetworkPolicy',
  ],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const others = ['CiliumClusterwideNetworkPolicy', 'CiliumNetworkPolicy', 'GlobalNetworkPolicy'];
    if (others.some((kind) => placed.ofKind(kind).length > 0)) return [];
    const denying = placed.ofKind('NetworkPolicy').filter(deniesAll);
    // A policy whose namespace nobody can tell may be the one.
    if (denying.some(({ namespaces }) => namespaces.size === 0)) return [];
    const denied = new Set(denying.flatMap(({ namespaces }) => [...namespaces]));
    return placed
      .ofKind('Namespace', (group) => group === '')
      .flatMap(({ object }) => {
        const { name } = object;
        if (
          object.form !== 'whole' ||
          name === null ||
          OWN.test(name) ||
          denied.has(name) ||
          name.includes('$')
        )
          return [];
        return [
          { path: object.path, manifest: object.position, pointer: ['metadata', 'name'], judged: name },
        ];
      });
  },
};

/** Every pod is selected, and incoming traffic has no rule that lets any in. */
function deniesAll({ object: { value } }: PlacedObject): boolean {
  const selector = readSelector(valueAt(value, ['spec', 'podSelector']) ?? {});
  const types = listAt(value, ['spec', 'policyTypes']);
  return (
    selector?.requirements.length === 0 &&
    (types.length === 0 || types.includes('Ingress')) &&
    listAt(value, ['spec', 'ingress']).length === 0
  );
}
