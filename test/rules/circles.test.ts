import { expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { circlesOf } from '../../src/rules/support/circles.ts';

const nodes = fc.integer({ min: 0, max: 7 });

test('two nodes are in one circle exactly when each leads to the other', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(nodes, nodes), { maxLength: 20 }), (edges) => {
      const next = Map.groupBy(edges, ([from]) => from);
      const graph = new Map([...next].map(([from, some]) => [from, some.map(([, to]) => to)]));
      const leads = (from: number, to: number, seen = new Set<number>()): boolean =>
        (graph.get(from) ?? []).some(
          (one) => one === to || (!seen.has(one) && leads(one, to, seen.add(one))),
        );
      const circles = circlesOf(graph);
      for (const [from, to] of edges)
        expect(circles.get(from) === circles.get(to)).toBe(from === to || leads(to, from));
    }),
    { numRuns: 2_000 },
  );
});

test('a chain of 50,000 is gone through without running out of the stack', () => {
  const chain = new Map(Array.from({ length: 50_000 }, (_, n) => [n, [n + 1]]));
  expect(new Set(circlesOf(chain).values()).size).toBe(50_001);
});
