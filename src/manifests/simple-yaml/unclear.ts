/** A text is not simple enough. */
export class Unclear extends Error {
  override readonly name = 'Unclear';
  /** Always the same one: to make it anew takes longer than to read most texts. */
  static readonly error = new Unclear();
}
