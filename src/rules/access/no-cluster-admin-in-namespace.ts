import type { ManifestRule } from '../../engine/rule.ts';
import { roleOf, subjectsOf } from '../../manifests/rbac.ts';
import { subjectProblem } from '../support/subjects.ts';

export const noClusterAdminInNamespace: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    const role = roleOf(manifest);
    if (role.kind !== 'ClusterRole' || role.name !== 'cluster-admin') return [];
    return subjectsOf(manifest).map((subject) => subjectProblem(subject, role.name));
  },
};
