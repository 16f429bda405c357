import type { ProtectionSource } from '../../alerts/alert.ts';

/** What a rule can ask for, beside approvals, checks and those who may pass by. */
export const DEMANDS = [
  'pull-request',
  'code-owners',
  'dismiss-stale',
  'last-push-approval',
  'conversations',
  'signatures',
  'linear-history',
  'no-force-push',
  'no-deletion',
  'restricted-push',
  'up-to-date',
  'merge-queue',
  'deployments',
  'locked',
  'admins',
] as const;
export type Demand = (typeof DEMANDS)[number];

export interface RequiredCheck {
  readonly name: string;
  /** The App that must report it: its number; null: any. Undefined: GitHub does not say. */
  readonly app?: number | null;
}

/** A branch protection rule, or a ruleset for branches, reduced to what it asks for. Plain data. */
export interface ProtectionRule {
  readonly source: ProtectionSource;
  readonly id: number;
  readonly name: string;
  readonly enforcement: 'active' | 'evaluate' | 'disabled';
  /** Globs over branch names; `~ALL` and `~DEFAULT_BRANCH` as GitHub writes them. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Of an organisation's ruleset: for which repositories it holds, by name or number. */
  readonly repositories?: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  readonly demands: readonly Demand[];
  readonly approvals: number;
  readonly checks: readonly RequiredCheck[];
  /** Who may pass by the rule, or push where only some may, as GitHub names them; null: GitHub does not say. */
  readonly bypass: readonly string[] | null;
}

/** What an event says of a rule. */
export interface ProtectionChange {
  readonly action: 'created' | 'edited' | 'deleted';
  /** As far as the event tells; null when there was none. */
  readonly before: ProtectionRule | null;
  /** Null when it is gone. */
  readonly after: ProtectionRule | null;
  /** Whether the event is about the required checks, so that their Apps may have changed. */
  readonly touchesChecks: boolean;
}
