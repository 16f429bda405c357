/** What GitHub calls the role of somebody in a repository, weakest first, as far as it may give a waiver. */
export const APPROVER_PERMISSIONS = ['write', 'maintain', 'admin'] as const;
export type ApproverPermission = (typeof APPROVER_PERMISSIONS)[number];

/** Who may give waivers by a comment: whoever one of these names. */
export interface Approvers {
  /** The least role in the repository; null: no role is enough by itself. */
  readonly permission: ApproverPermission | null;
  /** Names of custom roles in the repository. */
  readonly roles: readonly string[];
  /** `team`, of the owner's organisation, or `organisation/team`. */
  readonly teams: readonly string[];
  /** Logins. */
  readonly users: readonly string[];
  /** Whether a code owner of every file concerned may. */
  readonly codeOwners: boolean;
}

/** What a repository and its organisation say about waivers. */
export interface WaiverPolicy {
  /** The repository's list and the floor's: each must name whoever gives a waiver. */
  readonly approvers: readonly Approvers[];
  /** How many days from now a waiver that a comment gives may last. */
  readonly maxDays: number;
  /** Rules whose findings nobody can waive; `*`: none of any rule. */
  readonly unwaivable: readonly string[];
}

/** Whether the findings of a rule may be waived at all. */
export function mayBeWaived(
  policy: Pick<WaiverPolicy, 'unwaivable'>,
  rule: { readonly id: string; readonly waivable: boolean },
): boolean {
  return rule.waivable && !policy.unwaivable.some((id) => id === '*' || id === rule.id);
}
