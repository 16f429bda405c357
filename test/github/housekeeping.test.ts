import { expect, test } from '@jest/globals';
import type { SweepContext } from '../../src/github/sweeps/context.ts';
import { housekeeping } from '../../src/github/sweeps/housekeeping.ts';
import { jobHarness } from './support/job.ts';

const DAY = 24 * 60 * 60_000;
const START = Date.parse('2026-01-02T03:04:05Z');

interface Forgotten {
  readonly deliveries: number;
  readonly judgedHeads: number;
}

/** Housekeeping at times that a test chooses, and what it forgot. */
function house(): {
  readonly lines: readonly string[];
  readonly at: (now: number) => Promise<{ ledger: Forgotten | null; audit: number | null; noted: number }>;
} {
  const { context, lines } = jobHarness();
  const { environment, log, signal } = context;
  return {
    lines,
    async at(now) {
      const done: { ledger: Forgotten | null; audit: number | null; noted: number } = {
        ledger: null,
        audit: null,
        noted: 0,
      };
      const ledger = Object.assign(environment.ledger, {
        forget: (before: Forgotten) => {
          done.ledger = before;
          return Promise.resolve();
        },
      });
      const sweep: SweepContext = {
        environment: {
          ...environment,
          ledger,
          clock: { ...environment.clock, now: () => now },
          noteDead: () => {
            done.noted += 1;
            return Promise.resolve();
          },
          forgetAudit: (time) => {
            done.audit = time;
            return Promise.resolve();
          },
        },
        delivery: 'd',
        log,
        signal,
      };
      await housekeeping(sweep);
      return done;
    },
  };
}

test('notes dead jobs, and forgets deliveries, verdicts and audit entries that are old', async () => {
  const { at } = house();
  expect(await at(START)).toEqual({ ledger: null, audit: null, noted: 1 });
  const now = START + 600_000;
  expect(await at(now)).toEqual({
    // GitHub repeats a delivery for days: until then it must be known.
    ledger: { deliveries: now - 30 * DAY, judgedHeads: now - 90 * DAY },
    audit: now,
    noted: 1,
  });
});

test.each([
  ['ahead', 401 * DAY],
  ['back', -401 * DAY],
])('forgets nothing for some days after the clock was set far %s, and says so', async (_, jump) => {
  const { at, lines } = house();
  await at(START);
  expect((await at(START + jump)).audit).toBeNull();
  expect(lines.join('\n')).toContain('The clock made a jump');
  expect((await at(START + jump + 600_000)).ledger).toBeNull();
  // Set right again, which is a jump too.
  expect((await at(START + DAY)).audit).toBeNull();
  for (const day of [2, 4, 6, 7]) expect((await at(START + day * DAY)).audit).toBeNull();
  expect((await at(START + 8 * DAY)).audit).toBe(START + 8 * DAY);
});

test('a night without the App is no jump', async () => {
  const { at } = house();
  await at(START);
  expect((await at(START + DAY)).audit).toBe(START + DAY);
});
