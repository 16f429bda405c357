import path from 'node:path';
import { copyFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChangeSet } from '../../src/engine/change.ts';
import { collectStaged, type StagedOptions } from '../../src/git/collect-staged.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { createGitFixture, removeFolders, type GitFixture } from '../support/git-fixture.ts';
import { ruleOf } from '../support/rule-fixture.ts';

const opened: Repository[] = [];
afterAll(() => {
  for (const repository of opened) repository.close();
  removeFolders();
});

async function collect(fixture: GitFixture, options: Partial<StagedOptions> = {}): Promise<ChangeSet> {
  const repository = await openRepository(fixture.directory);
  opened.push(repository);
  return collectStaged(repository, { rules: [], ...options });
}

function summary(change: ChangeSet): unknown[] {
  const side = (file: ChangeSet['files'][number]['after']) =>
    file === null ? null : `${file.path}: ${Buffer.from(file.content ?? []).toString()}`;
  return change.files.map(({ before, after }) => [side(before), side(after)]);
}

describe('collectStaged', () => {
  test('what is staged against HEAD, not what lies in the work tree', async () => {
    const fixture = createGitFixture();
    const head = fixture.commit({ 'a.yaml': 'a', 'b.yaml': 'b', 'c.yaml': 'c' });
    fixture.write({ 'a.yaml': 'staged', 'new\n.yaml': 'new', 'c.yaml': null });
    fixture.git(['add', '--all', '.']);
    fixture.write({ 'a.yaml': 'work tree', 'b.yaml': 'not staged', untracked: 'x' });
    const change = await collect(fixture);
    expect(change).toMatchObject({
      base: head,
      mergeBase: head,
      head: null,
      commits: [],
      past: [],
      notChecked: [],
    });
    expect(summary(change)).toEqual([
      ['a.yaml: a', 'a.yaml: staged'],
      ['c.yaml: c', null],
      [null, 'new\n.yaml: new'],
    ]);
    expect([...change.after.paths].sort()).toEqual(['a.yaml', 'b.yaml', 'new\n.yaml']);
    expect([...change.before.paths].sort()).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
  });

  test('before the first commit everything is new', async () => {
    const fixture = createGitFixture();
    fixture.write({ a: 'a' });
    fixture.git(['add', '.']);
    const change = await collect(fixture);
    expect(change).toMatchObject({ base: null, mergeBase: null, head: null });
    expect(summary(change)).toEqual([[null, 'a: a']]);
  });

  test('context and widening see the index', async () => {
    const rule = ruleOf('id: x-rule\nscope: repository\ncode: true', {
      scope: 'repository',
      context: ['.rules'],
      widen: () => ({ under: '', containing: 'NEEDLE' }),
      judge: () => [],
    });
    const fixture = createGitFixture();
    fixture.commit({ '.rules': 'old', hay: 'NEEDLE', other: 'x' });
    fixture.write({ new: 'NEEDLE too' });
    fixture.git(['add', '.']);
    const change = await collect(fixture, { rules: [rule] });
    expect([...change.after.files.keys()].sort()).toEqual(['.rules', 'hay', 'new']);
    expect([...change.before.files.keys()].sort()).toEqual(['.rules', 'hay']);
  });

  test('an unfinished merge blocks', async () => {
    const fixture = createGitFixture();
    fixture.commit({ a: 'a\n', b: 'b\n' });
    fixture.branch('side');
    fixture.commit({ a: 'side\n' });
    fixture.checkout('main');
    fixture.commit({ a: 'main\n' });
    expect(() => fixture.git(['merge', 'side'])).toThrow();
    const change = await collect(fixture);
    expect(change.notChecked).toEqual([
      { path: 'a', reason: expect.stringContaining('unfinished merge'), blocks: true },
    ]);
    expect(change.files).toEqual([]);
  });

  test('another index, as git hands one to hooks', async () => {
    const fixture = createGitFixture();
    fixture.commit({ a: 'a' });
    const indexFile = path.join(fixture.directory, '.git', 'next-index');
    copyFileSync(path.join(fixture.directory, '.git', 'index'), indexFile);
    fixture.write({ a: 'changed' });
    fixture.git(['add', '.']);
    expect(summary(await collect(fixture))).toHaveLength(1);
    expect(summary(await collect(fixture, { indexFile }))).toEqual([]);
  });

  test('limits, links and submodules are as in a change', async () => {
    const fixture = createGitFixture();
    const head = fixture.commit({ a: 'a' });
    fixture.write({ 'large.yaml': 'x'.repeat(100), out: { link: '/etc' } });
    fixture.git(['add', '.']);
    fixture.git(['update-index', '--add', '--cacheinfo', `160000,${head},vendor`]);
    const { notChecked } = await collect(fixture, { limits: { maxFileBytes: 10 } });
    expect(notChecked.map(({ path: name, blocks }) => [name, blocks])).toEqual([
      ['large.yaml', true],
      ['vendor', false],
      ['out', true],
    ]);
  });
});
