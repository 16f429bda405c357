import type { ManifestRule } from '../../engine/rule.ts';
import { isBootstrapObject, roleOf, subjectsOf } from '../../manifests/rbac.ts';
import { subjectProblem } from '../support/subjects.ts';

export const noClusterWideEditBinding: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    const role = roleOf(manifest);
    if ((role.name !== 'admin' && role.name !== 'edit') || isBootstrapObject(manifest)) return [];
    return subjectsOf(manifest).map((subject) => subjectProblem(subject, role.name));
  },
};
