import { expect, test } from '@jest/globals';
import { neverComes } from '../../src/manifests/cron-schedule.ts';

/** By trying every day of four years, the leap year among them. */
function comes(day: (of: number) => boolean, month: (of: number) => boolean): boolean {
  for (let time = Date.UTC(2024, 0, 1); time < Date.UTC(2028, 0, 1); time += 86_400_000) {
    const date = new Date(time);
    if (day(date.getUTCDate()) && month(date.getUTCMonth() + 1)) return true;
  }
  return false;
}

test('a day that no month has never comes, and every other one does', () => {
  for (let day = 1; day <= 31; day += 1) {
    for (let first = 1; first <= 12; first += 1) {
      for (let last = first; last <= 12; last += 1) {
        for (const step of [1, 2, 3]) {
          const isMonth = (month: number): boolean =>
            month >= first && month <= last && (month - first) % step === 0;
          const schedule = `0 0 ${String(day)} ${String(first)}-${String(last)}/${String(step)} *`;
          expect([schedule, neverComes(schedule)]).toEqual([schedule, !comes((of) => of === day, isMonth)]);
        }
      }
    }
  }
});

test.each([
  ['0 0 30 feb *', true],
  ['0 0 30,31 2 ?', true],
  ['0 0 31 4,6,9,11 *', true],
  ['0 0 31 4/5 *', true],
  ['0 0 31 4/3 *', false],
  ['0 0 30 2 1', false],
  ['0 0 */30 2 *', false],
  ['@monthly', false],
])('%s: %s', (schedule, never) => {
  expect(neverComes(schedule)).toBe(never);
});
