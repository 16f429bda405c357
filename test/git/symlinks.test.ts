import { describe, expect, test } from '@jest/globals';
import { followLink } from '../../src/git/symlinks.ts';
import { collectWidenings, isUnder } from '../../src/git/widening.ts';
import { ruleOf } from '../support/rule-fixture.ts';

describe('followLink', () => {
  const follow = (path: string, links: Record<string, string>) =>
    followLink(path, new Map(Object.entries(links)));

  test.each([
    ['a', { a: 'b' }, 'b'],
    ['x/a', { 'x/a': '../b' }, 'b'],
    ['x/a', { 'x/a': './y//z' }, 'x/y/z'],
    ['a', { a: '.' }, ''],
    ['a', { a: 'b', b: 'c/d' }, 'c/d'],
    // Through a linked folder: `..` is then the target's parent.
    ['a', { a: 'l/../z', l: 'p/q' }, 'p/z'],
  ] as const)('%s in %j leads to %j', (path, links, end) => {
    expect(follow(path, links)).toEqual({ leads: 'inside', path: end });
  });

  test.each([
    ['a', { a: '/etc' }],
    ['a', { a: '..' }],
    ['x/a', { 'x/a': '../../b' }],
    ['a', { a: 'b', b: '/etc' }],
    ['a', { a: 'b/c', b: '..' }],
    // Inside by its letters, outside on disk.
    ['p/q/a', { 'p/q/a': 'r/../x', 'p/q/r': '../..' }],
    ['a', { a: '.git/config' }],
    ['a', { a: '.GIT/config' }],
  ] as const)('%s in %j leads outside', (path, links) => {
    expect(follow(path, links).leads).toBe('outside');
  });

  test('loops and unread links are unknown', () => {
    expect(follow('a', { a: 'b', b: 'a' }).leads).toBe('unknown');
    expect(follow('a', {}).leads).toBe('unknown');
  });
});

describe('collectWidenings', () => {
  const rule = (containing: string) =>
    ruleOf('id: x-rule\nscope: repository\ncode: true', {
      scope: 'repository',
      widen: (path) =>
        path.endsWith('.sops.yaml') ? { under: path.split('/').slice(0, -1).join('/'), containing } : null,
      judge: () => [],
    });

  test('keeps the outermost folders of each text', () => {
    const found = collectWidenings(
      [rule('A'), rule('B')],
      ['a/.sops.yaml', 'a/b/.sops.yaml', 'ab/.sops.yaml', 'x.yaml'],
    );
    expect([...found]).toEqual([
      ['A', ['a', 'ab']],
      ['B', ['a', 'ab']],
    ]);
    expect([...collectWidenings([rule('A')], ['a/.sops.yaml', '.sops.yaml'])]).toEqual([['A', ['']]]);
    expect(collectWidenings([rule('A')], ['x.yaml']).size).toBe(0);
  });

  test('isUnder knows folders, not beginnings of names', () => {
    expect(isUnder('a/x', ['a'])).toBe(true);
    expect(isUnder('ab/x', ['a'])).toBe(false);
    expect(isUnder('x', [''])).toBe(true);
  });
});
