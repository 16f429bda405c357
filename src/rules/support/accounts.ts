import type { ObjectIndex } from '../../engine/object-index.ts';
import type { RuleContext } from '../../engine/rule.ts';
import { asList, asText, isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { PodSpec } from '../../manifests/workload.ts';
import { withName } from './by-name.ts';
import { push } from './placed-objects.ts';

/** The ServiceAccount that a pod runs as: `default` when it names none. */
export function accountOf({ value }: PodSpec): string {
  return asText(value['serviceAccountName']) ?? asText(value['serviceAccount']) ?? 'default';
}

/** Whether a token is mounted although nobody said so: neither the pod nor its ServiceAccount, where that is known. */
export function mountsToken(manifest: Manifest, spec: PodSpec, { objects }: RuleContext): boolean {
  const own = spec.value['automountServiceAccountToken'];
  if (own !== undefined && own !== null) return own === true;
  const account = accountOf(spec);
  return !withName(objects.of('', 'ServiceAccount'), account).some(
    ({ namespace, value }) =>
      maybeSame(namespace, manifest.namespace) && value['automountServiceAccountToken'] === false,
  );
}

/** Whether a binding of the repository gives rights to the ServiceAccount of a pod. */
export function hasRights(manifest: Manifest, spec: PodSpec, { objects }: RuleContext): boolean {
  const account = accountOf(spec);
  return (boundIn(objects).get(account) ?? []).some((namespace) => maybeSame(namespace, manifest.namespace));
}

const known = new WeakMap<ObjectIndex, ReadonlyMap<unknown, readonly (string | null)[]>>();

/** The namespaces of the ServiceAccounts to which bindings of the repository give rights, by their names. */
function boundIn(objects: ObjectIndex): ReadonlyMap<unknown, readonly (string | null)[]> {
  let bound = known.get(objects);
  if (bound === undefined) {
    const byName = new Map<unknown, (string | null)[]>();
    const bindings = ['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) =>
      objects.of('rbac.authorization.k8s.io', kind),
    );
    for (const subject of bindings.flatMap(({ value }) => asList(value['subjects']))) {
      if (isRecord(subject) && subject['kind'] === 'ServiceAccount')
        push(byName, subject['name'], asText(subject['namespace']));
    }
    known.set(objects, (bound = byName));
  }
  return bound;
}

/** Two namespaces, where one that is not written may turn out to be any. */
export function maybeSame(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other;
}
