import { describe, expect, test } from '@jest/globals';
import { GitHubError } from '../../src/github/errors.ts';
import { bindingOf } from '../../src/github/binding.ts';
import { verdictResult } from '../../src/github/verdict.ts';
import type { Publishing } from '../../src/github/verdict.ts';
import { BASE, finding, HEAD, jobHarness, report } from './support/job.ts';

const POSTED: Publishing = { inline: new Set(), notes: [], remarks: [], trouble: null };
const passed = { number: 7, report: report([]) };
const failed = { number: 8, report: report([finding()], { base: 'c'.repeat(40) }) };

describe('verdictResult', () => {
  const { context } = jobHarness();

  test.each([
    ['one that passes', [passed], 'success'],
    ['one that fails', [failed], 'failure'],
    ['the worst of several, first', [failed, passed], 'failure'],
    ['the worst of several, last', [passed, failed], 'failure'],
  ])('takes %s', (_what, judged, conclusion) => {
    expect(verdictResult(context, judged, POSTED).conclusion).toBe(conclusion);
  });

  const trouble = new GitHubError('POST /x answered 502: Bad gateway', {
    kind: 'unavailable',
    status: 502,
    request: 'POST /x',
    requestId: 'AB12',
    permission: null,
    retryAfter: null,
  });

  test('keeps its verdict first when the comments could not be posted', () => {
    const { conclusion, output } = verdictResult(context, [failed], { ...POSTED, trouble });
    expect(conclusion).toBe('failure');
    expect(output.title).toBe('Blocked: 1 error');
    expect(output.summary).toMatch(/^\*\*Blocked: 1 error\.\*\*/);
    expect(output.summary).toContain('The comments could not be posted.');
    expect(output.summary).not.toContain('nothing was verified');
  });

  test('fails when the comments could not be posted, although nothing blocks', () => {
    const { conclusion, output } = verdictResult(context, [passed], { ...POSTED, trouble });
    expect(conclusion).toBe('failure');
    expect(output.title).toBe('The comments could not be posted');
    expect(output.summary).toMatch(/^\*\*The comments could not be posted\.\*\*/);
    expect(output.summary).toContain('AB12');
    expect(output.summary).not.toContain('nothing was verified');
  });

  test('says what was not checked, as inert text, and fits what GitHub takes', () => {
    const notes = ['<img src=x>', 'y'.repeat(70_000)];
    const { output } = verdictResult(context, [passed], { ...POSTED, notes });
    expect(output.summary).toContain('**Not checked:** &lt;img src=x&gt;');
    expect(output.summary.length).toBeLessThanOrEqual(65_535);
  });

  test('annotates only what has no comment on its line', () => {
    const [commented, other] = [finding({}, 3), finding({}, 4)];
    const { annotations } = verdictResult(context, [{ number: 7, report: report([commented, other]) }], {
      ...POSTED,
      inline: new Set([commented.fingerprint]),
    });
    expect(annotations.map(({ start_line }) => start_line)).toEqual([4]);
  });
});

describe('bindingOf', () => {
  const one = { base: BASE, head: HEAD, policyHash: 'p'.repeat(64) };

  test('names base, head and policy', () => {
    expect(bindingOf([one])).toBe(`1:${BASE}:${HEAD}:${'p'.repeat(64)}`);
  });

  test('of several does not depend on their order, and changes with each of them', () => {
    const other = { ...one, base: 'c'.repeat(40) };
    expect(bindingOf([one, other])).toBe(bindingOf([other, one]));
    expect(bindingOf([one, other])).not.toBe(bindingOf([one, { ...other, policyHash: 'q'.repeat(64) }]));
  });
});
