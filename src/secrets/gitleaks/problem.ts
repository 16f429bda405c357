/** A mistake in a rule file. */
export interface RuleFileProblem {
  readonly path: string;
  /** 1-based; null when the file as a whole is meant. */
  readonly line: number | null;
  readonly message: string;
}
