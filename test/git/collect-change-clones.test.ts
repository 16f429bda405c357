import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChangeSet } from '../../src/engine/change.ts';
import { collectChange, type CollectOptions } from '../../src/git/collect-change.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import {
  createGitFixture,
  fixtureEnvironment,
  removeFolders,
  temporaryFolder,
  type GitFixture,
} from '../support/git-fixture.ts';
import { ruleOf } from '../support/rule-fixture.ts';

const opened: Repository[] = [];
afterAll(() => {
  for (const repository of opened) repository.close();
  removeFolders();
});

async function open(directory: string): Promise<Repository> {
  const repository = await openRepository(directory);
  opened.push(repository);
  return repository;
}

async function collect(
  directory: string,
  base: string | null,
  head: string,
  options: Partial<CollectOptions> = {},
): Promise<ChangeSet> {
  return collectChange(await open(directory), { base, head, rules: [], ...options });
}

const historyRule = ruleOf('id: history-rule\nscope: file\nhistory: true\ncode: true', {
  scope: 'file',
  judge: () => [],
});

function clone(fixture: GitFixture, ...options: string[]): string {
  const directory = path.join(temporaryFolder(), 'clone');
  execFileSync('git', ['clone', '--quiet', ...options, `file://${fixture.directory}`, directory], {
    env: fixtureEnvironment(),
    stdio: 'pipe',
  });
  return directory;
}

describe('clones', () => {
  test('a shallow one without the merge base names the command that brings it', async () => {
    const fixture = createGitFixture();
    fixture.commit({ a: 'a\n' });
    fixture.branch('side');
    const head = fixture.commit({ b: 'b\n' });
    fixture.checkout('main');
    const base = fixture.commit({ c: 'c\n' });
    const shallow = clone(fixture, '--depth=1', '--no-single-branch');
    const failing = collect(shallow, base, head);
    await expect(failing).rejects.toMatchObject({ kind: 'shallow' });
    await expect(failing).rejects.toThrow(/git fetch --unshallow.*--depth=N.*fetch-depth: 0/);
    // Nothing of the past is needed for a scan.
    expect((await collect(shallow, null, head)).files).toHaveLength(2);
    execFileSync('git', ['fetch', '--quiet', '--unshallow'], {
      cwd: shallow,
      env: fixtureEnvironment(),
      stdio: 'pipe',
    });
    expect((await collect(shallow, base, head)).files).toHaveLength(1);
  });

  test('a partial one fetches nothing on its own: it is to be cloned in full', async () => {
    const fixture = createGitFixture();
    fixture.git(['config', 'uploadpack.allowFilter', 'true']);
    const base = fixture.commit({ 'a.yaml': 'one\n' });
    const head = fixture.commit({ 'a.yaml': 'two\n' });
    const partial = clone(fixture, '--bare', '--filter=blob:none');
    const failing = collect(partial, base, head);
    await expect(failing).rejects.toMatchObject({ name: 'GitError', kind: 'not-found' });
    await expect(failing).rejects.toThrow('This clone is partial');
  });

  test('a fork that was fetched beside its upstream', async () => {
    const fixture = createGitFixture();
    const mergeBase = fixture.commit({ 'a.yaml': 'a\n' });
    const fork = createGitFixture();
    fork.git(['fetch', '--quiet', fixture.directory, 'main']);
    fork.git(['reset', '--quiet', '--hard', mergeBase]);
    const head = fork.commit({ 'fork.yaml': 'fork\n' }, 'From the fork');
    const base = fixture.commit({ 'main.yaml': 'main\n' });
    fixture.git(['fetch', '--quiet', fork.directory, '+refs/heads/main:refs/pull/1/head']);
    const change = await collect(fixture.directory, base, head);
    expect(change).toMatchObject({ base, head, mergeBase });
    expect(change.files.map(({ after }) => after?.path)).toEqual(['fork.yaml']);
    expect(change.commits.map(({ subject }) => subject)).toEqual(['From the fork']);
  });

  test('an empty one has nothing to compare', async () => {
    const fixture = createGitFixture();
    const repository = await open(fixture.directory);
    for (const base of ['1'.repeat(40), null]) {
      await expect(
        collectChange(repository, { base, head: '2'.repeat(40), rules: [] }),
      ).rejects.toMatchObject({
        name: 'GitError',
        kind: 'not-found',
      });
    }
  });

  test('a bare SHA-256 one, with names that are no UTF-8 and versions in between', async () => {
    const fixture = createGitFixture({ objectFormat: 'sha256' });
    const base = fixture.commit({ 'bytes:\xff.yaml': 'one\n' });
    const bad = fixture.commit({ 'bytes:\xff.yaml': 'leaked\n' });
    const head = fixture.commit({ 'bytes:\xff.yaml': 'two\n', bin: Buffer.from([0, 255, 10]) });
    const change = await collect(clone(fixture, '--bare'), base, head, { rules: [historyRule] });
    expect(change.files.map(({ before, after }) => [before?.path, after?.path])).toEqual([
      [undefined, 'bin'],
      ['\\xff.yaml', '\\xff.yaml'],
    ]);
    expect(Buffer.from(change.after.files.get('bin')?.content ?? [])).toEqual(Buffer.from([0, 255, 10]));
    expect(
      change.past.map(({ commit, file }) => [commit, file.path, Buffer.from(file.content ?? []).toString()]),
    ).toEqual([[bad, '\\xff.yaml', 'leaked\n']]);
    expect(bad).toHaveLength(64);
  });
});

describe('merges', () => {
  test('what a merge itself brought in is a past version, what it took over is not', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ 'a.yaml': 'a\n' });
    fixture.branch('side');
    fixture.commit({ 'side.yaml': 'side\n' });
    fixture.checkout('main');
    fixture.branch('head');
    fixture.commit({ 'own.yaml': 'own\n' });
    const merge = fixture.merge('side', 'Merge side', { 'evil.yaml': 'slipped in\n' });
    const head = fixture.commit({ 'evil.yaml': null });
    const change = await collect(fixture.directory, base, head, { rules: [historyRule] });
    expect(change.past.map(({ commit, file }) => [commit, file.path])).toEqual([[merge, 'evil.yaml']]);
    expect(change.commits).toHaveLength(4);
    expect(change.files.map(({ after }) => after?.path)).toEqual(['own.yaml', 'side.yaml']);
  });
});

describe('links and what replaces them', () => {
  test('a link that became a file is judged, a file that became a link is not compared', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ 'a.yaml': { link: 'target.yaml' }, 'b.yaml': 'b\n', 'target.yaml': 't\n' });
    const head = fixture.commit({ 'a.yaml': 'now text\n', 'b.yaml': { link: 'target.yaml' } });
    const change = await collect(fixture.directory, base, head);
    const side = (which: 'before' | 'after') =>
      change.files.map((file) => [file[which]?.path, file[which]?.mode, file[which]?.content === null]);
    expect(side('before')).toEqual([
      ['a.yaml', 'symlink', true],
      ['b.yaml', 'file', false],
    ]);
    expect(side('after')).toEqual([
      ['a.yaml', 'file', false],
      ['b.yaml', 'symlink', true],
    ]);
    expect(change.notChecked).toEqual([
      { path: 'b.yaml', reason: expect.stringContaining('judged where it stands'), blocks: false },
    ]);
  });

  test('a link that was not changed is not mentioned, though a changed one leads through it', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ out: { link: '/etc' }, a: 'a\n' });
    const unrelated = fixture.commit({ a: 'b\n' });
    expect((await collect(fixture.directory, base, unrelated)).notChecked).toEqual([]);
    const head = fixture.commit({ through: { link: 'out/passwd' }, bytes: { link: '\u00ff' }, long: 'x' });
    const { notChecked } = await collect(fixture.directory, unrelated, head);
    expect(notChecked.map(({ path: name, blocks }) => [name, blocks])).toEqual([
      ['bytes', false],
      ['through', true],
    ]);
  });

  test('a link whose target is too long to be one leads nowhere', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ a: 'a\n' });
    const oid = fixture.git(['hash-object', '-w', '--stdin'], 'x/'.repeat(4_000));
    fixture.git(['update-index', '--add', '--cacheinfo', `120000,${oid},long`]);
    fixture.git(['commit', '--quiet', '-m', 'Long']);
    const { notChecked } = await collect(fixture.directory, base, fixture.head());
    expect(notChecked).toEqual([
      { path: 'long', reason: expect.stringContaining('leads nowhere'), blocks: true },
    ]);
  });
});
