import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { decodeText } from '../../src/engine/judged-file.ts';
import { review } from '../../src/engine/review.ts';
import type { FileRule, RuleContext } from '../../src/engine/rule.ts';
import { changeOf, type ChangeParts } from '../support/change-fixture.ts';
import { ruleOf } from '../support/rule-fixture.ts';

interface Seen {
  readonly file: string;
  readonly previous: string | null;
  readonly earlier: readonly string[];
  readonly context: RuleContext;
}

/** What a file rule is shown, by the text of the file that it judges. */
function seenIn(parts: ChangeParts): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  const text = (content: Uint8Array | null): string => decodeText(content ?? new Uint8Array()) ?? '';
  const code: FileRule = {
    scope: 'file',
    judge(file, context) {
      seen.set(file.text ?? '', {
        file: file.path,
        previous: context.previous?.text ?? null,
        earlier: (context.earlier ?? []).map(({ content }) => text(content)),
        context,
      });
      return [];
    },
  };
  const rule = ruleOf('id: watch\nscope: file\nhistory: true\ncode: true', code);
  expect(review(changeOf(parts), [rule], DEFAULT_POLICY).failures).toEqual([]);
  return seen;
}

const past = (path: string, ...contents: string[]) =>
  contents.map((content, index) => ({ commit: String(index + 1).repeat(40), path, content }));

describe('what a version is compared with', () => {
  test('the head: the base, and all versions in between, the latest first', () => {
    const seen = seenIn({
      base: { a: '0' },
      head: { a: '3' },
      past: [...past('a', '1', '2'), ...past('b', 'x')],
    });
    expect(seen.get('3')).toMatchObject({ previous: '0', earlier: ['2', '1'] });
  });

  test('a version in between: the base, and those before it', () => {
    const seen = seenIn({ base: {}, head: { a: '4' }, past: past('a', '1', '2', '3') });
    expect(seen.get('1')).toMatchObject({ previous: null, earlier: [] });
    expect(seen.get('3')).toMatchObject({ previous: null, earlier: ['2', '1'] });
  });

  test('the base: nothing', () => {
    const seen = seenIn({ base: { a: '0' }, head: { a: '2' }, past: past('a', '1') });
    expect(seen.get('0')).toMatchObject({ previous: null, earlier: [] });
    expect(seen.get('0')?.context.base).toBeNull();
  });

  test('a renamed file: also what the commits made of its old name', () => {
    const seen = seenIn({
      base: { old: '0' },
      head: { a: '3' },
      renames: { old: 'a' },
      past: [...past('old', '1'), ...past('a', '2')],
    });
    expect(seen.get('3')).toMatchObject({ file: 'a', previous: '0', earlier: ['2', '1'] });
    expect(seen.get('3')?.context.renamedFrom).toEqual(new Map([['a', 'old']]));
  });

  test('a bounded number of them', () => {
    const many = Array.from({ length: 80 }, (_, index) => `v${index}`);
    const seen = seenIn({ base: {}, head: { a: 'head' }, past: past('a', ...many) });
    expect(seen.get('head')?.earlier).toHaveLength(50);
    expect(seen.get('head')?.earlier[0]).toBe('v79');
  });
});

test('both sides and what changed on them', () => {
  const seen = seenIn({ base: { a: '0', same: 's', gone: 'g' }, head: { a: '1', same: 's', fresh: 'f' } });
  const head = seen.get('1')?.context;
  expect([...(head?.base?.paths ?? [])].sort()).toEqual(['a', 'gone', 'same']);
  expect([...(head?.changed ?? [])].sort()).toEqual(['a', 'fresh']);
  expect([...(head?.otherChanged ?? [])].sort()).toEqual(['a', 'gone']);
  expect(seenIn({ base: null, head: { a: '1' } }).get('1')?.context.base).toBeNull();
});
