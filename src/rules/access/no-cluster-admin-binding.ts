import { compileGlobs } from '../../engine/globs.ts';
import type { ManifestRule } from '../../engine/rule.ts';
import { isBootstrapObject, roleOf, subjectsOf, type RoleSubject } from '../../manifests/rbac.ts';
import { ANONYMOUS, EVERY_ACCOUNT, subjectProblem } from '../support/subjects.ts';

export const noClusterAdminBinding: ManifestRule = {
  scope: 'manifest',
  judge(manifest, { parameters }) {
    const role = roleOf(manifest);
    if (role.name !== 'cluster-admin' || isBootstrapObject(manifest)) return [];
    const isAllowed = compileGlobs(parameters['allowedSubjects'] as readonly string[]);
    return subjectsOf(manifest)
      .filter((subject) => !isOfTheSystem(subject) && !isAllowed(placeOf(subject)))
      .map((subject) => subjectProblem(subject, role.name));
  },
};

/** `namespace/name` of a ServiceAccount, the name of anybody else. */
function placeOf({ namespace, name }: RoleSubject): string {
  return namespace === null ? name : `${namespace}/${name}`;
}

/** The parts of Kubernetes; not the groups that hold everybody, or all pods. */
function isOfTheSystem({ kind, name }: RoleSubject): boolean {
  if (kind === 'ServiceAccount' || !name.startsWith('system:')) return false;
  return !ANONYMOUS.has(name) && !EVERY_ACCOUNT.has(name) && !name.startsWith('system:serviceaccounts:');
}
