import { expect, test } from '@jest/globals';
import { parseQuantity } from '../../src/manifests/quantity.ts';

test.each<[unknown, number]>([
  ['500m', 0.5],
  ['1', 1],
  [2, 2],
  [3n, 3],
  ['0.1', 0.1],
  ['.5', 0.5],
  ['1.', 1],
  ['-1', -1],
  ['1Ki', 1024],
  ['1.5Gi', 1_610_612_736],
  ['2Ei', 2 * 1024 ** 6],
  ['1k', 1000],
  ['1E', 1e18],
  ['1e3', 1000],
  ['1E3', 1000],
  ['12e-1', 1.2],
  ['100n', 1e-7],
])('%s', (text, units) => {
  expect(parseQuantity(text)).toBeCloseTo(units, 9);
});

test.each([
  '',
  '.',
  'm',
  '1 Gi',
  '1gi',
  '1mi',
  '1Kib',
  '0x1',
  '1e',
  '1e9999',
  '${CPU}',
  '1'.repeat(99),
  null,
  {},
])('%p is none', (text) => {
  expect(parseQuantity(text)).toBeNull();
});
