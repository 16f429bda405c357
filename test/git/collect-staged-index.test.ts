import { renameSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChangeSet } from '../../src/engine/change.ts';
import { collectStaged } from '../../src/git/collect-staged.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { createGitFixture, removeFolders, temporaryFolder, type GitFixture } from '../support/git-fixture.ts';

const opened: Repository[] = [];
afterAll(() => {
  for (const repository of opened) repository.close();
  removeFolders();
});

async function collect(directory: string, indexFile: string | null = null): Promise<ChangeSet> {
  const repository = await openRepository(directory);
  opened.push(repository);
  return collectStaged(repository, { rules: [], indexFile });
}

const changed = (change: ChangeSet): unknown[] =>
  change.files.map(({ before, after }) => [before?.path ?? null, after?.path ?? null]);

/** `main` is checked out and `side` differs from it. */
function diverged(ours: Parameters<GitFixture['commit']>[0], theirs: typeof ours): GitFixture {
  const fixture = createGitFixture();
  fixture.commit({ 'a.yaml': 'a\n', 'b.yaml': 'b\n' });
  fixture.branch('side');
  fixture.commit(theirs, 'Theirs');
  fixture.checkout('main');
  fixture.commit(ours, 'Ours');
  return fixture;
}

describe('the index', () => {
  test('a file that was only announced is not in the next commit', async () => {
    const fixture = createGitFixture();
    fixture.commit({ 'a.yaml': 'a\n', 'b.yaml': 'b\n' });
    fixture.write({ 'later.yaml': 'later\n' });
    fixture.git(['add', '--intent-to-add', 'later.yaml']);
    fixture.git(['rm', '--quiet', '--cached', 'a.yaml']);
    fixture.git(['add', '--intent-to-add', 'a.yaml']);
    const change = await collect(fixture.directory);
    expect(changed(change)).toEqual([['a.yaml', null]]);
    expect([...change.after.paths]).toEqual(['b.yaml']);
    expect(change.notChecked).toEqual([]);
    fixture.git(['add', 'later.yaml']);
    expect(changed(await collect(fixture.directory))).toContainEqual([null, 'later.yaml']);
  });

  test.each([
    ['changed on both sides', { 'a.yaml': 'ours\n' }, { 'a.yaml': 'theirs\n' }],
    ['deleted here, changed there', { 'a.yaml': null }, { 'a.yaml': 'theirs\n' }],
    ['changed here, deleted there', { 'a.yaml': 'ours\n' }, { 'a.yaml': null }],
  ])('an unfinished merge of a file %s blocks; the rest is judged', async (_, ours, theirs) => {
    const fixture = diverged(ours, theirs);
    expect(() => fixture.git(['merge', 'side'])).toThrow();
    fixture.write({ 'b.yaml': 'staged\n' });
    fixture.git(['add', 'b.yaml']);
    const change = await collect(fixture.directory);
    expect(change.notChecked).toEqual([
      { path: 'a.yaml', reason: expect.stringContaining('unfinished merge'), blocks: true },
    ]);
    expect(changed(change)).toEqual([['b.yaml', 'b.yaml']]);
    expect(change.after.paths.has('a.yaml')).toBe(false);
  });

  test('an unfinished merge of a file that no one has any more', async () => {
    const fixture = diverged(
      { 'a.yaml': null, 'ours.yaml': 'a\n' },
      { 'a.yaml': null, 'theirs.yaml': 'a\n' },
    );
    expect(() => fixture.git(['merge', 'side'])).toThrow();
    const change = await collect(fixture.directory);
    expect(change.notChecked.map(({ path: name }) => name).sort()).toEqual([
      'a.yaml',
      'ours.yaml',
      'theirs.yaml',
    ]);
    expect(change.files.filter(({ before, after }) => before === null && after === null)).toEqual([]);
  });

  test('a renamed file is a pair', async () => {
    const fixture = createGitFixture();
    fixture.commit({ 'old.yaml': 'one\ntwo\nthree\nfour\n' });
    fixture.git(['mv', 'old.yaml', 'new.yaml']);
    expect(changed(await collect(fixture.directory))).toEqual([['old.yaml', 'new.yaml']]);
  });

  test('the index of a linked work tree, and one that git hands to a hook there', async () => {
    const fixture = createGitFixture();
    fixture.commit({ 'a.yaml': 'a\n' });
    const linked = path.join(temporaryFolder(), 'linked');
    fixture.git(['worktree', 'add', '--quiet', '-b', 'other', linked]);
    fixture.write({ 'main.yaml': 'main\n' });
    fixture.git(['add', '.']);
    expect(changed(await collect(linked))).toEqual([]);
    expect(changed(await collect(fixture.directory))).toEqual([[null, 'main.yaml']]);
    const handed = path.join(fixture.directory, '.git', 'next-index-1.lock');
    renameSync(path.join(fixture.directory, '.git', 'index'), handed);
    expect(changed(await collect(fixture.directory, handed))).toEqual([[null, 'main.yaml']]);
    expect(changed(await collect(fixture.directory))).toEqual([['a.yaml', null]]);
  });

  test('names that are no UTF-8, and a SHA-256 repository', async () => {
    const fixture = createGitFixture({ objectFormat: 'sha256' });
    fixture.commit({ 'bytes:old\xff': 'one\ntwo\nthree\n' });
    fixture.write({ 'bytes:new\xfe': 'new\n', 'bytes:old\xff': null });
    fixture.git(['add', '--all', '.']);
    const change = await collect(fixture.directory);
    expect(changed(change)).toEqual(
      expect.arrayContaining([
        [null, 'new\\xfe'],
        ['old\\xff', null],
      ]),
    );
    expect(change.files).toHaveLength(2);
    expect(change.after.files.get('new\\xfe')?.oid).toHaveLength(64);
  });

  test('a damaged index is an error, not an empty one', async () => {
    const fixture = createGitFixture();
    fixture.commit({ 'a.yaml': 'a\n' });
    fixture.write({ '.git/index': 'DIRC damaged' });
    await expect(collect(fixture.directory)).rejects.toThrow(/git ls-files failed: .*index file/);
  });
});
