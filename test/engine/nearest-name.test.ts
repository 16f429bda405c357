import { expect, test } from '@jest/globals';
import { editDistance, nearestName } from '../../src/engine/document-schema.ts';

const names = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(6, '0')}`);

test('the nearest of many names is found', () => {
  expect(nearestName('feild000042', names(1_000, 'field'))).toBe('field000042');
  expect(nearestName('nothing-like-it', names(1_000, 'field'))).toBeNull();
});

test('distances are counted in letters', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('abc', 'abc')).toBe(0);
  expect(editDistance('replicas', 'replicsa')).toBe(2);
  expect(editDistance('a', 'abcdefghijk')).toBe(99);
});

test('thousands of wrong names are not compared with thousands of known ones', () => {
  const known = names(2_000, 'a-name-of-some-length-');
  const found = names(8_000, 'another-name-of-such-length-').map((name) => nearestName(name, known));
  // The first ones; comparing all of them would take long.
  expect(found.slice(0, 40).some((name) => name !== null)).toBe(true);
  expect(found.slice(60).every((name) => name === null)).toBe(true);
  expect(nearestName('field000001', names(10_000, 'field'))).toBeNull();
}, 20_000);
