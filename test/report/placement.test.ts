import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../src/engine/finding.ts';
import type { Range } from '../../src/manifests/position.ts';
import { placeFindings } from '../../src/report/placement.ts';
import { at, fileSubject, finding, manyFindings, PAST } from '../support/report-fixture.ts';

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

describe('placeFindings', () => {
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
    const one = on(range);
    expect(placeFindings([one], HUNKS)).toEqual({
      inline: [{ finding: one, path: 'a.yaml', ...expected }],
      elsewhere: [],
    });
  });

  test.each<[string, Finding]>([
    ['a line in front of the hunks', on(lines(2, 2))],
    ['a start in front of the hunk', on(lines(2, 4))],
    ['a line between the hunks', on(lines(7, 7))],
    ['a line behind the hunks', on(lines(11, 11))],
    ['a file that the diff does not show', on(lines(4, 4), 'b.yaml')],
    ['the whole file', on(null)],
    ['an earlier version', finding({ subject: fileSubject('a.yaml', at(4), { commit: PAST }) })],
    ['a commit', finding({ subject: { type: 'commit', commit: PAST } })],
    ['a push', finding({ subject: { type: 'push', ref: 'refs/heads/main', commit: PAST } })],
  ])('elsewhere: %s', (_, one) => {
    expect(placeFindings([one], HUNKS)).toEqual({ inline: [], elsewhere: [one] });
  });

  test('nothing that was there before', () => {
    const old = { ...on(lines(4, 4)), introduced: false };
    expect(placeFindings([old], HUNKS)).toEqual({ inline: [], elsewhere: [] });
  });

  test('findings on one line stay apart, the most severe first', () => {
    const [info, error, warning] = (['info', 'error', 'warning'] as const).map((severity) => ({
      ...on(lines(4, 4)),
      severity,
    }));
    const all = [info, error, warning].filter((one) => one !== undefined);
    expect(placeFindings(all, HUNKS).inline.map((placed) => placed.finding)).toEqual([error, warning, info]);
  });

  test('no more than the limit; errors are not pushed out by warnings', () => {
    const subject = fileSubject('a.yaml', lines(4, 4));
    const warnings = manyFindings(30, { severity: 'warning', subject });
    const errors = manyFindings(2, { subject });
    const placement = placeFindings([...warnings, ...errors], HUNKS);
    expect(placement.inline).toHaveLength(30);
    expect(placement.inline.slice(0, 2).map((placed) => placed.finding)).toEqual(errors);
    expect(placement.elsewhere).toEqual(warnings.slice(28));
    expect(placeFindings(errors, HUNKS, { limit: 1 }).elsewhere).toEqual(errors.slice(1));
  });

  test('what has no line takes none of the limit', () => {
    const elsewhere = manyFindings(3, { subject: { type: 'commit', commit: PAST } });
    const inline = on(lines(4, 4));
    expect(placeFindings([...elsewhere, inline], HUNKS, { limit: 1 })).toMatchObject({
      inline: [{ finding: inline }],
      elsewhere,
    });
  });
});
