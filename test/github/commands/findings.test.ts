import { expect, test } from '@jest/globals';
import { nothingToWaive, select } from '../../../src/github/commands/findings.ts';

const RULES = ['no-x', 'no-y', 'cafebabe'];
const ITEMS = [
  { ruleId: 'no-x', fingerprint: `abcd1234${'0'.repeat(24)}`, path: 'apps/a.yaml' },
  { ruleId: 'no-x', fingerprint: `abcd1234${'1'.repeat(24)}`, path: 'base/b.yaml' },
  { ruleId: 'no-y', fingerprint: 'f'.repeat(32), path: null },
  { ruleId: 'cafebabe', fingerprint: 'e'.repeat(32), path: 'apps/c.yaml' },
];

test.each<[string, string | null, number[] | RegExp]>([
  ['no-x', null, [0, 1]],
  ['no-x', 'apps/**', [0]],
  ['no-y', 'apps/**', []],
  ['no-y', '**', []],
  [`abcd1234${'0'.repeat(4)}`, null, [0]],
  ['ffffffff', null, [2]],
  ['abcd1234', null, /More than one finding begins with `abcd1234`/],
  // A rule whose name could be a fingerprint.
  ['cafebabe', null, [3]],
  ['00000000', null, []],
  ['ffff', null, /There is no rule `ffff`\./],
  ['no-z', null, /There is no rule `no-z`; did you mean `no-x`\?/],
  ['`@all`', null, /There is no rule `` `@all` ``\./],
])('%s in %s', (target, path, expected) => {
  const selected = select(ITEMS, { target, path }, RULES, (item) => item);
  if (expected instanceof RegExp) expect(selected).toMatch(expected);
  else expect(selected).toEqual(expected.map((index) => ITEMS[index]));
});

test('says that there is nothing', () => {
  expect(nothingToWaive({ target: 'no-x', path: 'a/*' }, RULES)).toBe(
    'There is nothing to waive: this pull request brings no finding of `no-x` in `a/*`.',
  );
  expect(nothingToWaive({ target: '00000000', path: null }, RULES)).toContain('no finding `00000000`.');
});
