import type { Severity } from '../engine/finding.ts';
import type { ControlId } from '../engine/posture-policy.ts';

/**
 * `unread`: GitHub does not let us see the setting, so it is neither well nor weak. `accepted`: weak, and the policy says
 * why it may stay.
 */
export type ControlState = 'ok' | 'weak' | 'unread' | 'accepted';

/** What was found about one setting. Text is for people; names in it stand in backquotes. */
export interface ControlResult {
  readonly id: ControlId;
  readonly title: string;
  readonly state: ControlState;
  /** How much it matters when it is weak. */
  readonly severity: Severity;
  /** What stands there, as sentences. */
  readonly detail: string;
  /** What could happen. */
  readonly why: string;
  /** What to change. */
  readonly mend: string;
  /** The page where it is changed; null when there is no single one. */
  readonly url: string | null;
}

export interface Posture {
  readonly owner: string;
  readonly name: string;
  readonly url: string;
  readonly branch: string;
  readonly controls: readonly ControlResult[];
}
