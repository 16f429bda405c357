import type { ManifestRule } from '../../engine/rule.ts';
import { roleOf, subjectsOf } from '../../manifests/rbac.ts';
import { subjectProblem } from '../support/subjects.ts';

export const noDefaultServiceAccountBinding: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    return subjectsOf(manifest)
      .filter(({ kind, name }) => kind === 'ServiceAccount' && name === 'default')
      .map((subject) => subjectProblem(subject, roleOf(manifest).name));
  },
};
