import { POLICY_PATHS } from '../../engine/policy-file.ts';
import { settingOf } from '../../engine/policy-difference.ts';
import type { RepositoryRule } from '../../engine/rule.ts';
import { placed } from '../support/policy-place.ts';

/** Of a list, an entry is overruled; of anything else, the value. */
const ENTRY =
  "`{before}` in `{setting}` has no effect: the organisation's floor makes no such exception, and a repository can only ask for more.";

/** Names the settings of the policy that the organisation's floor overrules. */
export const policyBelowFloor: RepositoryRule = {
  scope: 'repository',
  context: POLICY_PATHS,
  judge: (_files, { policyReview }) =>
    (policyReview?.belowFloor ?? []).map((difference) => ({
      ...placed(difference),
      values: {
        setting: settingOf(difference),
        before: difference.before ?? 'nothing',
        after: difference.after ?? 'nothing',
      },
      judged: [difference.before, difference.after],
      ...(difference.after === null ? { message: ENTRY } : {}),
    })),
};
