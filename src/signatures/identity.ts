/** Who a commit or tag says made it, and when. */
export interface Identity {
  /** Null when the line does not hold exactly one address of visible characters: programs would read it differently. */
  readonly email: string | null;
  /** Null when it cannot be read. */
  readonly seconds: number | null;
}

/** `Name <email> seconds timezone`, and nothing else. */
const LINE = /^[^<>\0\r\n]*<([^<>\0\r\n]*)> (\d{1,15}) [+-]\d{4}$/;
/** The date alone, where the rest is not as git writes it. */
const DATE = / (\d{1,15}) [+-]\d{4}$/;
const ADDRESS = /^[^\p{C}\p{Z}\p{DI}\ufffd]+$/u;

export function readIdentity(value: Buffer): Identity {
  // Longer lines are not written by people; nothing below has to be fast for them.
  const text = value.length > 4_096 ? '' : value.toString('utf8');
  const match = LINE.exec(text);
  const email = match?.[1] ?? '';
  const seconds = (match?.[2] ?? DATE.exec(text)?.[1])?.replace(/^0+(?=\d)/, '');
  return {
    email: ADDRESS.test(email) ? email : null,
    seconds: seconds === undefined ? null : Number(seconds),
  };
}
