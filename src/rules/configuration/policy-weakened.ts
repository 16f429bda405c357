import { ORGANISATION_PATHS } from '../../engine/organisation-file.ts';
import { POLICY_PATHS } from '../../engine/policy-file.ts';
import { settingOf, type PlacedDifference } from '../../engine/policy-difference.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { placed } from '../support/policy-place.ts';

/** Beyond this many, it is another policy, and reading it whole is what helps. */
const MAX_FINDINGS = 50;

/** Says of each setting that becomes weaker what follows from it. */
export const policyWeakened: RepositoryRule = {
  scope: 'repository',
  context: [...POLICY_PATHS, ...ORGANISATION_PATHS],
  judge(_files, { policyReview }) {
    const weaker = (policyReview?.changes ?? []).filter(({ effect }) => effect === 'weaker');
    const [next] = weaker.slice(MAX_FINDINGS);
    return [
      ...weaker.slice(0, MAX_FINDINGS).map(problemOf),
      ...(next === undefined ? [] : [surplus(next, weaker.length - MAX_FINDINGS)]),
    ];
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

function surplus({ path }: PlacedDifference, count: number): Problem {
  return {
    path,
    values: { count: String(count) },
    judged: count,
    message: '{count} more settings become weaker, which are not listed one by one.',
  };
}
