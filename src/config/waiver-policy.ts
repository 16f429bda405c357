import type { Approvers, WaiverPolicy } from '../engine/waiver-policy.ts';
import type { WaiversSection } from '../engine/waiver-policy-file.ts';

/** Who may waive where nobody is named: those who answer for the repository. */
const MAINTAINERS: Approvers = {
  permission: 'maintain',
  roles: [],
  teams: [],
  users: [],
  codeOwners: false,
};

/** What holds without any policy file. */
export const DEFAULT_WAIVERS: WaiverPolicy = { approvers: [MAINTAINERS], maxDays: 90, unwaivable: [] };

export function toWaiverPolicy({ allow, maxDays, unwaivable }: WaiversSection): WaiverPolicy {
  return {
    approvers: allow === undefined ? DEFAULT_WAIVERS.approvers : [toApprovers(allow)],
    maxDays: maxDays ?? DEFAULT_WAIVERS.maxDays,
    unwaivable: unwaivable ?? [],
  };
}

/** Raises what a repository asks for to the organisation's floor: whoever gives a waiver must satisfy both. */
export function raiseWaivers(own: WaiverPolicy, floor: WaiversSection): WaiverPolicy {
  return {
    approvers: [...own.approvers, ...(floor.allow === undefined ? [] : [toApprovers(floor.allow)])],
    maxDays: Math.min(own.maxDays, floor.maxDays ?? own.maxDays),
    unwaivable: [...new Set([...own.unwaivable, ...(floor.unwaivable ?? [])])],
  };
}

function toApprovers(allow: NonNullable<WaiversSection['allow']>): Approvers {
  return {
    permission: allow.permission ?? null,
    roles: allow.roles ?? [],
    teams: allow.teams ?? [],
    users: allow.users ?? [],
    codeOwners: allow.codeOwners ?? false,
  };
}
