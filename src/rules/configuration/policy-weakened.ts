import { ORGANISATION_PATHS } from '../../engine/organisation-file.ts';
import { POLICY_PATHS } from '../../engine/policy-file.ts';
import { settingOf, type PlacedDifference } from '../../engine/policy-difference.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { listed, placed } from '../support/policy-place.ts';

/** Says of each setting that becomes weaker what follows from it. */
export const policyWeakened: RepositoryRule = {
  scope: 'repository',
  context: [...POLICY_PATHS, ...ORGANISATION_PATHS],
  judge(_files, { policyReview }) {
    const weaker = (policyReview?.changes ?? []).filter(({ effect }) => effect === 'weaker');
    return listed(weaker, problemOf, '{count} more settings become weaker, which are not listed one by one.');
  },
};

function problemOf(difference: PlacedDifference): Problem {
  const { before, after, entry, says } = difference;
  const values = {
    setting: settingOf(difference),
    before: before ?? 'nothing',
    after: after ?? 'nothing',
    says,
  };
  const message = before === null ? '`{setting}` gets `{after}`.' : '`{setting}` loses `{before}`.';
  return {
    ...placed(difference),
    values,
    consequence: '{says}',
    judged: [values.setting, before, after],
    ...(entry === null && before !== null && after !== null ? {} : { message }),
  };
}
