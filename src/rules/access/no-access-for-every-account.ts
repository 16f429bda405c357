import type { ManifestRule } from '../../engine/rule.ts';
import { roleOf, subjectsOf } from '../../manifests/rbac.ts';
import { EVERY_ACCOUNT, PUBLIC_ROLES, subjectProblem } from '../support/subjects.ts';

export const noAccessForEveryAccount: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    const role = roleOf(manifest);
    if (PUBLIC_ROLES.has(role.name)) return [];
    return subjectsOf(manifest)
      .filter(({ kind, name }) => kind === 'Group' && EVERY_ACCOUNT.has(name))
      .map((subject) => subjectProblem(subject, role.name));
  },
};
