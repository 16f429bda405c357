import { afterEach, expect, jest, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { review } from '../../src/engine/review.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { changeOf } from '../support/change-fixture.ts';

const { rules } = await loadRuleSet();
const judged = rules.filter(({ definition }) => definition.id === 'valid-schema');

afterEach(() => {
  jest.restoreAllMocks();
});

/** How often a text as long as the file is cut into lines, or searched, while a file of `objects` faulty ones is judged. */
function looksAtWholeFile(objects: number): number {
  const text = Array.from(
    { length: objects },
    (_, index) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${String(index)}, labels: {a: 1}}\n`,
  ).join('---\n');
  let looks = 0;
  for (const name of ['split', 'includes'] as const) {
    const original = Reflect.get(String.prototype, name) as (this: string, ...rest: unknown[]) => unknown;
    jest.spyOn(String.prototype, name).mockImplementation(function (this: string, ...rest: unknown[]) {
      if (this.length === text.length) looks += 1;
      return original.apply(this, rest) as never;
    });
  }
  const { findings } = review(changeOf({ head: { 'a.yaml': text } }), judged, DEFAULT_POLICY);
  jest.restoreAllMocks();
  expect(findings).toHaveLength(objects);
  expect(findings.every(({ suggestion }) => suggestion?.text.includes("'1'") === true)).toBe(true);
  return looks;
}

test('a file of many findings is looked through as often as one of few', () => {
  expect(looksAtWholeFile(60)).toBeLessThanOrEqual(looksAtWholeFile(20) + 5);
});

test('a file on one long line is not repeated in suggestions', () => {
  const items = Array.from({ length: 40 }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `c${String(index)}`, labels: { a: 1 } },
  }));
  const suggested = (count: number): number => {
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: items.slice(0, count) });
    const { findings } = review(changeOf({ head: { 'a.json': text } }), judged, DEFAULT_POLICY);
    expect(findings).toHaveLength(count);
    return findings.filter(({ suggestion }) => suggestion !== null).length;
  };
  expect(suggested(2)).toBe(2);
  expect(suggested(40)).toBe(0);
});
