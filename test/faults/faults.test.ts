import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { countPushes } from '../../bench/pushes.ts';
import { allCases, CALLS, difference, FAILURES, runCase, type EndState } from './support/fault-cases.ts';
import { openReviewWorld, type ReviewWorld } from './support/review-world.ts';

let world: ReviewWorld;
let expected: EndState;
beforeAll(async () => {
  world = await openReviewWorld();
  expected = await runCase(world, null);
});
afterAll(async () => {
  expect(world.github.contractViolations).toEqual([]);
  await world.close();
});

describe('a request of a review that fails', () => {
  test('has a case for every call, failure and moment', () => {
    const once = allCases().filter(({ times }) => times === 'once');
    expect(once).toHaveLength(Object.keys(CALLS).length * Object.keys(FAILURES).length * 2);
  });

  // The others are tried by `npm run test:faults`.
  test.each([
    ['post the review', 'a reset after it', 'first push', 'once'],
    ['post the review', '422', 'first push', 'once'],
    ['post the review', '403', 'first push', 'always'],
    ['comment on the file', '502 after it', 'first push', 'once'],
    ['change threads', 'a reset after it', 'second push', 'once'],
    ['change threads', 'no answer, but an effect', 'second push', 'once'],
    ['change threads', '403', 'second push', 'once'],
    ['read the threads', '429', 'second push', 'once'],
    ['upload to code scanning', '502 after it', 'first push', 'once'],
    ['add annotations', 'a reset after it', 'second push', 'once'],
    ['complete the check', '502 after it', 'second push', 'once'],
  ] as const)('%s: %s, at the %s, %s: in the end all stands once', async (call, failure, moment, times) => {
    const one = { call, failure, moment, times };
    expect(difference(one, expected, await runCase(world, one))).toBeNull();
  });

  test('is noticed when it changes the end', () => {
    const { threads } = expected;
    const one = { call: 'change threads', failure: '403', moment: 'second push', times: 'once' } as const;
    expect(difference(one, expected, { ...expected, threads: threads.slice(1) })).toContain('missing thread');
    expect(difference(one, expected, { ...expected, threads: [...threads, ...threads.slice(0, 1)] })).toBe(
      'something stands twice',
    );
  });
});

test('a push that changes nothing takes 8 requests at most, however many findings there are', async () => {
  const counts = await countPushes();
  const unchanged = counts.filter(({ push }) => push.startsWith('tenth'));
  expect(unchanged.map(({ findings }) => findings)).toEqual([1, 50, 500]);
  for (const { requests } of unchanged) expect(requests).toBeLessThanOrEqual(8);
  // Writes that make content: far from the 80 a minute that GitHub allows.
  for (const { writes } of counts) expect(writes).toBeLessThanOrEqual(20);
});
