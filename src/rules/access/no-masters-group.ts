import type { ManifestRule } from '../../engine/rule.ts';
import { isBootstrapObject, roleOf, subjectsOf } from '../../manifests/rbac.ts';
import { subjectProblem } from '../support/subjects.ts';

export const noMastersGroup: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    if (isBootstrapObject(manifest) || manifest.name === 'cluster-admin') return [];
    return subjectsOf(manifest)
      .filter(({ kind, name }) => kind === 'Group' && name === 'system:masters')
      .map((subject) => subjectProblem(subject, roleOf(manifest).name));
  },
};
