import type { PolicyDifference } from '../../engine/policy-difference.ts';
import type { WaiverPolicy } from '../../engine/waiver-policy.ts';
import { changed, difference, members } from './difference.ts';

/** What another policy for waivers does. Of two lists of people, neither is the stricter for sure. */
export function compareWaivers(before: WaiverPolicy, after: WaiverPolicy): PolicyDifference[] {
  return [
    ...changed(['waivers', 'allow'], before.approvers, after.approvers, 'Other people may give waivers.'),
    ...compareDays(before.maxDays, after.maxDays),
    ...members(['waivers', 'unwaivable'], before.unwaivable, after.unwaivable, 'stricter', {
      weaker: 'Findings of this rule may be waived.',
      stricter: 'Findings of this rule can no longer be waived.',
    }),
  ];
}

function compareDays(before: number, after: number): PolicyDifference[] {
  if (before === after) return [];
  const isWeaker = after > before;
  return [
    difference(
      ['waivers', 'maxDays'],
      [before, after],
      isWeaker ? 'weaker' : 'stricter',
      isWeaker ? 'A waiver may last longer.' : 'A waiver has to end sooner.',
    ),
  ];
}
