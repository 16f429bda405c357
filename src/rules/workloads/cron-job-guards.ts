import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { valueAt } from '../../manifests/workload.ts';
import { isMissingForGood, KUSTOMIZE_GLOBS } from '../support/kustomize.ts';
import { isAbsent } from '../support/pods.ts';

const DEADLINE =
  'CronJob `{name}` has no `startingDeadlineSeconds`: after 100 missed runs, while the controller was away for instance, ' +
  'it is never started again.';
const DEADLINE_MEND = 'Add `startingDeadlineSeconds: 300`, or how late a run may start.';

export const cronJobGuards: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  judge(manifest, context) {
    const at = (field: string): unknown => valueAt(manifest.value, ['spec', field]);
    const problems: Problem[] = [];
    const lacks = (field: string): boolean =>
      isAbsent(at(field)) && isMissingForGood(manifest, context, field);
    if (at('concurrencyPolicy') === 'Allow' || lacks('concurrencyPolicy'))
      problems.push({ pointer: ['spec', 'concurrencyPolicy'], judged: at('concurrencyPolicy') ?? null });
    if (lacks('startingDeadlineSeconds')) {
      problems.push({
        pointer: ['spec', 'startingDeadlineSeconds'],
        judged: null,
        message: DEADLINE,
        remediation: DEADLINE_MEND,
      });
    }
    return problems;
  },
};
