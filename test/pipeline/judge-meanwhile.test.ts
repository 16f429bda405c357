import { describe, expect, test } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { leakKey, type Leak } from '../../src/engine/leak.ts';
import { beginReview, review, type BegunReview, type Searched } from '../../src/engine/review.ts';
import { judgeMeanwhile } from '../../src/pipeline/judge-meanwhile.ts';
import { changeOf } from '../support/change-fixture.ts';
import { ALL_RULES } from '../rules/secret-fixture.ts';

const SEARCHED: Searched = { leaks: new Map(), notChecked: [] };

/** Takes some milliseconds for each step. */
function slowReview(steps: number): BegunReview & { readonly taken: () => number } {
  let taken = 0;
  return {
    step() {
      const end = performance.now() + 4;
      while (performance.now() < end);
      taken += 1;
      return taken < steps;
    },
    finish: () => {
      throw new Error('Nobody asked for that');
    },
    taken: () => taken,
  };
}

describe('judging while a search goes on', () => {
  test('takes all steps, and gives what the search found', async () => {
    const slow = slowReview(20);

    expect(await judgeMeanwhile(slow, Promise.resolve(SEARCHED))).toBe(SEARCHED);
    expect(slow.taken()).toBe(20);
  });

  test('leaves its turns to whoever searches', async () => {
    const slow = slowReview(50);
    const turns: number[] = [];
    const search = (async (): Promise<Searched> => {
      while (turns.length < 5) {
        await setImmediate();
        turns.push(slow.taken());
      }
      return SEARCHED;
    })();

    await judgeMeanwhile(slow, search);

    expect(turns.at(-1)).toBeLessThan(50);
  });

  test('stops when the search fails', async () => {
    const slow = slowReview(1_000);

    await expect(judgeMeanwhile(slow, Promise.reject(new Error('no search')))).rejects.toThrow('no search');
    expect(slow.taken()).toBeLessThan(100);
  });

  test('stops when nobody waits for the review any more', async () => {
    const slow = slowReview(1_000);
    const signal = AbortSignal.abort(new Error('superseded'));

    await expect(judgeMeanwhile(slow, new Promise(() => undefined), signal)).rejects.toThrow('superseded');
    expect(slow.taken()).toBeLessThan(100);
  });
});

describe('a review that was begun before the search', () => {
  const head = {
    'deployment.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec: {template: {}}\n',
    'note.txt': `a note with something ${'s'.repeat(20)} in it\n`,
  };
  const change = changeOf({ base: { 'note.txt': 'a note\n' }, head });
  const note = change.after.files.get('note.txt');
  const leak: Leak = {
    kind: 'some-token',
    title: 'Some token',
    severity: 'error',
    length: 20,
    fingerprint: null,
    range: { start: { line: 1, column: 23 }, end: { line: 1, column: 43 } },
    start: 22,
    span: 20,
    encoded: false,
    advice: 'Revoke it.',
    url: null,
    allowed: null,
    expired: null,
    unheeded: null,
    copies: [],
  };
  const leaks = new Map([[leakKey('note.txt', note?.oid ?? '', null), [leak]]]);
  const unsearched = { path: 'archive.zip', reason: 'is an archive', blocks: true };

  test('reports what one reports that knew the leaks from the beginning', () => {
    const options = { digest: (value: unknown) => JSON.stringify(value), today: '2026-01-01' };
    const begun = beginReview(change, ALL_RULES, DEFAULT_POLICY, options);
    for (let steps = 0; steps < 3; steps += 1) begun.step();
    const report = begun.finish({ leaks, notChecked: [] });

    expect(report).toEqual(review({ ...change, leaks }, ALL_RULES, DEFAULT_POLICY, options));
    expect(report.findings.map(({ ruleId }) => ruleId)).toContain('no-leaked-credential');
  });

  test('says what was not searched', () => {
    const begun = beginReview(change, ALL_RULES, DEFAULT_POLICY);
    const { notChecked, conclusion } = begun.finish({ leaks: new Map(), notChecked: [unsearched] });

    expect(notChecked).toContainEqual(unsearched);
    expect(conclusion).toBe('failure');
  });

  test('fails when nobody searched', () => {
    const { failures } = beginReview(change, ALL_RULES, DEFAULT_POLICY).finish({ notChecked: [] });

    expect(failures).toContainEqual(expect.objectContaining({ ruleId: 'no-leaked-credential' }));
  });
});
