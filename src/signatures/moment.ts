/** Clocks of those who sign may be ahead of ours by this much, in milliseconds. */
export const CLOCK_SKEW_MS = 10 * 60 * 1000;

/**
 * The moment of signing, as far as it may be believed: it is the signer's own word, and nobody has signed in the future.
 * Whoever could choose one would have a key today that is only valid from tomorrow on.
 *
 * @param stated milliseconds since the epoch, as `now`
 */
export function believable(stated: number, now: number): number {
  return Math.min(stated, now + CLOCK_SKEW_MS);
}
