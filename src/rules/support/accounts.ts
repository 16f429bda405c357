import type { RuleContext } from '../../engine/rule.ts';
import { asText, isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { PodSpec } from '../../manifests/workload.ts';

/** The ServiceAccount that a pod runs as: `default` when it names none. */
export function accountOf({ value }: PodSpec): string {
  return asText(value['serviceAccountName']) ?? asText(value['serviceAccount']) ?? 'default';
}

/** Whether a token is mounted although nobody said so: neither the pod nor its ServiceAccount, where that is known. */
export function mountsToken(manifest: Manifest, spec: PodSpec, { objects }: RuleContext): boolean {
  const own = spec.value['automountServiceAccountToken'];
  if (own !== undefined && own !== null) return own === true;
  const account = accountOf(spec);
  return !objects
    .of('', 'ServiceAccount')
    .some(
      ({ name, namespace, value }) =>
        name === account &&
        maybeSame(namespace, manifest.namespace) &&
        value['automountServiceAccountToken'] === false,
    );
}

/** Whether a binding of the repository gives rights to the ServiceAccount of a pod. */
export function hasRights(manifest: Manifest, spec: PodSpec, { objects }: RuleContext): boolean {
  const account = accountOf(spec);
  return ['RoleBinding', 'ClusterRoleBinding']
    .flatMap((kind) => objects.of('rbac.authorization.k8s.io', kind))
    .some(({ value }) => {
      const subjects = value['subjects'];
      return (
        Array.isArray(subjects) &&
        (subjects as unknown[]).some(
          (subject) =>
            isRecord(subject) &&
            subject['kind'] === 'ServiceAccount' &&
            subject['name'] === account &&
            maybeSame(asText(subject['namespace']), manifest.namespace),
        )
      );
    });
}

/** Two namespaces, where one that is not written may turn out to be any. */
export function maybeSame(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other;
}
