import { POLICY_PATHS } from '../../engine/policy-file.ts';
import { settingOf, type PlacedDifference } from '../../engine/policy-difference.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { listed, placed } from '../support/policy-place.ts';

/** Of a list, an entry is overruled; of anything else, the value. */
const ENTRY =
  "`{before}` in `{setting}` has no effect: the organisation's floor makes no such exception, and a repository can only ask for more.";

/** Names the settings of the policy that the organisation's floor overrules. */
export const policyBelowFloor: RepositoryRule = {
  scope: 'repository',
  context: POLICY_PATHS,
  judge: (_files, { policyReview }) =>
    listed(
      policyReview?.belowFloor ?? [],
      problemOf,
      '{count} more settings have no effect for the same reason, which are not listed one by one.',
    ),
};

function problemOf(difference: PlacedDifference): Problem {
  const { before, after } = difference;
  return {
    ...placed(difference),
    values: { setting: settingOf(difference), before: before ?? 'nothing', after: after ?? 'nothing' },
    judged: [before, after],
    ...(after === null ? { message: ENTRY } : {}),
  };
}
