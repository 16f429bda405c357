/** Why something is not judged although nothing failed; told to people as it stands. */
export class CannotJudge extends Error {
  override readonly name = 'CannotJudge';
  /** What they can do about it: Markdown, as a clause with a full stop. */
  readonly remedy: string;

  /** @param message in plain text, without anything that nobody has checked */
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}
