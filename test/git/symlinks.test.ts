import { describe, expect, test } from '@jest/globals';
import { followLink } from '../../src/git/symlinks.ts';
import { collectWidenings, isWanted, searchedFolders } from '../../src/git/widening.ts';
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

  const at = (...paths: string[]) => paths.map((path) => ({ path, content: null }));

  test('keeps the outermost folders of each text', () => {
    const found = collectWidenings(
      [rule('A'), rule('B')],
      at('a/.sops.yaml', 'a/b/.sops.yaml', 'ab/.sops.yaml', 'x.yaml'),
    );
    const where = { under: ['a', 'ab'], directly: new Set() };
    expect([...found.texts]).toEqual([
      ['A', where],
      ['B', where],
    ]);
    expect(collectWidenings([rule('A')], at('a/.sops.yaml', '.sops.yaml')).texts.get('A')?.under).toEqual([
      '',
    ]);
    expect(collectWidenings([rule('A')], at('x.yaml')).texts.size).toBe(0);
  });

  test('isWanted knows folders, not beginnings of names', () => {
    const under = (...folders: string[]) => ({ under: folders, directly: new Set<string>() });
    expect(isWanted('a/x', under('a'))).toBe(true);
    expect(isWanted('ab/x', under('a'))).toBe(false);
    expect(isWanted('x', under(''))).toBe(true);
  });

  test('a folder alone does not bring those below it', () => {
    const where = { under: [], directly: new Set(['a', '']) };
    expect(isWanted('a/x', where)).toBe(true);
    expect(isWanted('a/b/x', where)).toBe(false);
    expect(isWanted('x', where)).toBe(true);
  });

  test('few folders are searched one by one, many at once', () => {
    expect(searchedFolders({ under: ['a'], directly: new Set(['a/b', 'c']) })).toEqual(['a', 'c']);
    expect(searchedFolders({ under: [], directly: new Set(['']) })).toBeNull();
    expect(searchedFolders({ under: [], directly: new Set(['a', 'b', 'c', 'd', 'e']) })).toBeNull();
  });
});
