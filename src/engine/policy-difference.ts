/** What becomes of a setting: `other` where neither side is the stricter one for sure. */
export type PolicyEffect = 'weaker' | 'stricter' | 'other';

/** One way in which two policies differ, in words that hold no secret. */
export interface PolicyDifference {
  /** Way to the setting in a policy file. */
  readonly pointer: readonly string[];
  /** The entry of a list that is there on one side only; null when the setting as a whole differs. */
  readonly entry: string | null;
  readonly effect: PolicyEffect;
  /** What was there, and what is; names as they are written, null for nothing. */
  readonly before: string | null;
  readonly after: string | null;
  /** What follows, as a sentence. */
  readonly says: string;
}

/** A difference with its place in a file of the repository. */
export interface PlacedDifference extends PolicyDifference {
  readonly path: string;
  /** 1-based; null when the file as a whole is meant, or is gone. */
  readonly line: number | null;
}

/** What the policy of the repository says on both sides of a change, beside what decides. */
export interface PolicyReview {
  /** From the base's policy to the one that the change leaves; empty when it touches no configuration. */
  readonly changes: readonly PlacedDifference[];
  /** Settings that the organisation's floor overrules: of the base's policy, and of the change's. */
  readonly belowFloor: Readonly<Record<'base' | 'head', readonly PlacedDifference[]>>;
  /** What is wrong with files that the policy extends, and with the organisation's own file where it stands in this tree. */
  readonly problems: Readonly<Record<'base' | 'head', readonly PolicyProblem[]>>;
}

export interface PolicyProblem {
  readonly path: string;
  readonly line: number | null;
  readonly message: string;
}

/** The setting as people write it: `rules.no-privileged-container.severity`. */
export function settingOf({ pointer }: Pick<PolicyDifference, 'pointer'>): string {
  return pointer.join('.');
}
