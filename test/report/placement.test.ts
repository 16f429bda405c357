import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../src/engine/finding.ts';
import type { Range } from '../../src/manifests/position.ts';
import { placeFinding } from '../../src/report/placement.ts';
import { at, fileSubject, finding, PAST } from '../support/report-fixture.ts';

const HUNKS = new Map([
  [
    'a.yaml',
    [
      { start: 3, end: 6 },
      { start: 10, end: 10 },
    ],
  ],
]);

function lines(startLine: number, endLine: number, endColumn = 9): Range {
  return { start: { line: startLine, column: 5 }, end: { line: endLine, column: endColumn } };
}

function on(range: Range | null, path = 'a.yaml'): Finding {
  return finding({ subject: fileSubject(path, range) });
}

describe('placeFinding', () => {
  test.each<[string, Range, { line: number; startLine: number | null }]>([
    ['one line', lines(4, 4), { line: 4, startLine: null }],
    ['the first line of a hunk', lines(3, 3), { line: 3, startLine: null }],
    ['the last line of a hunk', lines(6, 6), { line: 6, startLine: null }],
    ['a hunk of one line', lines(10, 10), { line: 10, startLine: null }],
    ['a whole hunk', lines(3, 6), { line: 6, startLine: 3 }],
    ['up to the start of a line', lines(4, 6, 1), { line: 5, startLine: 4 }],
    ['the break of one line', lines(4, 5, 1), { line: 4, startLine: null }],
    ['up to the start of the line behind the hunk', lines(5, 7, 1), { line: 6, startLine: 5 }],
    ['more than the hunk: its first line', lines(5, 8), { line: 5, startLine: null }],
    ['two hunks: the first line', lines(6, 10), { line: 6, startLine: null }],
  ])('%s', (_, range, expected) => {
    expect(placeFinding(on(range), HUNKS)).toEqual({ type: 'line', path: 'a.yaml', ...expected });
  });

  test.each<[string, Finding]>([
    ['a line in front of the hunks', on(lines(2, 2))],
    ['a start in front of the hunk', on(lines(2, 4))],
    ['a line between the hunks', on(lines(7, 7))],
    ['a line behind the hunks', on(lines(11, 11))],
    ['no line', on(null)],
  ])('the whole file: %s', (_, one) => {
    expect(placeFinding(one, HUNKS)).toEqual({ type: 'file', path: 'a.yaml' });
  });

  test.each<[string, Finding]>([
    ['a file that the diff does not show', on(lines(4, 4), 'b.yaml')],
    ['an earlier version', finding({ subject: fileSubject('a.yaml', at(4), { commit: PAST }) })],
    ['a commit', finding({ subject: { type: 'commit', commit: PAST } })],
    ['a push', finding({ subject: { type: 'push', ref: 'refs/heads/main', commit: PAST } })],
  ])('nowhere: %s', (_, one) => {
    expect(placeFinding(one, HUNKS)).toBeNull();
  });
});
