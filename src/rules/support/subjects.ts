import { nameSubject, type RoleSubject } from '../../manifests/rbac.ts';

/** Everybody, without or with a login, and every pod. */
export const ANONYMOUS: ReadonlySet<string> = new Set(['system:anonymous', 'system:unauthenticated']);
export const EVERY_ACCOUNT: ReadonlySet<string> = new Set(['system:authenticated', 'system:serviceaccounts']);

/** Kubernetes gives these to everybody itself: what they show is public or about the asker. */
export const PUBLIC_ROLES: ReadonlySet<string> = new Set([
  'system:basic-user',
  'system:discovery',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
  'kubeadm:bootstrap-signer-clusterinfo',
]);

/** A problem of a binding that stands on one of its subjects. */
export function subjectProblem(
  subject: RoleSubject,
  role: string,
): { pointer: RoleSubject['pointer']; judged: unknown; values: Record<string, string> } {
  return {
    pointer: subject.pointer,
    judged: [subject.kind, subject.namespace, subject.name, role],
    values: { subject: nameSubject(subject), role },
  };
}
