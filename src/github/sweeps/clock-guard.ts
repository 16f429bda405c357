import type { SweepContext } from './context.ts';

const DAY = 24 * 60 * 60_000;

/** Clocks are set by seconds, and an App may be away for a night: more than this is told apart from time that passed. */
const JUMP = 2 * DAY;
/** How long a person has to set a wrong clock right before it is believed. */
const PAUSE = 7 * DAY;

const LAST = 'housekeeping/at';
const PAUSED = 'housekeeping/paused-until';

/**
 * Whether what is old may be removed now. A clock that is wrong by a year would remove everything, and what is gone
 * stays gone: so nothing is removed for some days after the time made a jump, forwards or back.
 */
export async function mayForget({ environment, log }: SweepContext, now: number): Promise<boolean> {
  const { ledger } = environment;
  const last = await ledger.mark(LAST);
  await ledger.setMark(LAST, String(now));
  // Nothing is known yet to compare with.
  if (last === null) return false;
  if (Math.abs(now - Number(last)) > JUMP) await ledger.setMark(PAUSED, String(now + PAUSE));
  const until = Number((await ledger.mark(PAUSED)) ?? 0);
  if (now >= until) return true;
  log.warn(
    { lastTime: new Date(Number(last)).toISOString(), until: new Date(until).toISOString() },
    'The clock made a jump, or the App was away for long: nothing old is removed for some days. Check the clock',
  );
  return false;
}
