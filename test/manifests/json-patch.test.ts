import { describe, expect, test } from '@jest/globals';
import { readOperation, stepsPresent } from '../../src/manifests/json-patch.ts';

describe('operations', () => {
  test.each([
    [
      { op: 'add', path: '/a~1b/m~0n', value: null },
      { op: 'add', path: ['a/b', 'm~n'], from: null },
    ],
    [
      { op: 'remove', path: '' },
      { op: 'remove', path: [], from: null },
    ],
    [
      { op: 'copy', from: '/a/0', path: '/b/-' },
      { op: 'copy', path: ['b', '-'], from: ['a', '0'] },
    ],
    ['remove', { key: null, reason: 'not-a-map' }],
    [{ path: '/a' }, { key: 'op', reason: 'missing' }],
    [{ op: 'add' }, { key: 'path', reason: 'missing' }],
    [
      { op: 'Add', path: '/a', value: 1 },
      { key: 'op', reason: 'unknown-operation' },
    ],
    [
      { op: 'test', path: '/a' },
      { key: 'value', reason: 'missing' },
    ],
    [
      { op: 'move', path: '/a' },
      { key: 'from', reason: 'missing' },
    ],
    [
      { op: 'move', path: '/a', from: 'b' },
      { key: 'from', reason: 'no-slash' },
    ],
    [
      { op: 'add', path: 'a/b', value: 1 },
      { key: 'path', reason: 'no-slash' },
    ],
  ])('%j', (value, expected) => {
    expect(readOperation(value)).toEqual(expected);
  });
});

describe('how far a path leads', () => {
  const root = { a: { b: [{ c: 1 }, 'x'] }, n: null };
  test.each([
    [[], 0],
    [['a', 'b', '0', 'c'], 4],
    [['a', 'b', '-1'], 3],
    [['a', 'b', '2'], 2],
    [['a', 'b', 'c'], 2],
    [['a', 'b', '-'], 2],
    [['a', 'b', '1', 'c'], 3],
    [['a', 'constructor'], 1],
    [['z', 'y'], 0],
    [['n'], 1],
    [['n', 'x'], null],
  ] as const)('%j: %j', (path, steps) => {
    expect(stepsPresent(root, path)).toBe(steps);
  });
});
