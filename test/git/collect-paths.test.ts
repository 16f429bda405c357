import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChangeSet } from '../../src/engine/change.ts';
import { collectPaths, type CollectPathsOptions } from '../../src/git/collect-paths.ts';
import {
  createGitFixture,
  removeFolders,
  temporaryFolder,
  type FixtureFile,
} from '../support/git-fixture.ts';
import { readBounded } from '../../src/git/read-folder.ts';
import { ruleOf } from '../support/rule-fixture.ts';

afterAll(removeFolders);

function folderWith(files: Readonly<Record<string, FixtureFile>>): string {
  const fixture = createGitFixture();
  fixture.write(files);
  return fixture.directory;
}

const collect = (
  root: string,
  paths: string[],
  options: Partial<CollectPathsOptions> = {},
): Promise<ChangeSet> => collectPaths(paths, { root, rules: [], ...options });
const names = (change: ChangeSet): string[] => change.files.map(({ after }) => after?.path ?? '');

describe('collectPaths', () => {
  test('every file below a folder is new, in its order, without git', async () => {
    const root = folderWith({
      'b.yaml': 'b\n',
      'apps/a.yaml': 'a\n',
      'run.sh': { executable: 'x' },
      'bytes:b\xff': 'raw',
      'sub/.git/config': 'x',
      '.dot/c.yaml': 'c',
    });
    const change = await collect(root, ['.']);
    expect(change).toMatchObject({ base: null, head: null, mergeBase: null, commits: [], notChecked: [] });
    expect(names(change)).toEqual(['.dot/c.yaml', 'apps/a.yaml', 'b.yaml', 'b\\xff', 'run.sh']);
    const version = change.files[1]?.after;
    expect(version).toMatchObject({ mode: 'file', oid: '78981922613b2afb6025042ff6bd878ac1994e85' });
    expect(Buffer.from(version?.content ?? []).toString()).toBe('a\n');
    expect(change.files.every(({ before }) => before === null)).toBe(true);
    expect(change.after.files.get('run.sh')?.mode).toBe('executable');
    expect([...change.after.paths].sort()).toEqual(names(change).sort());
  });

  test('single files, folders and repetitions, named from the root', async () => {
    const root = folderWith({ 'apps/web/a.yaml': 'a', 'apps/b.yaml': 'b', 'c.yaml': 'c' });
    expect(names(await collect(root, ['apps/web', 'apps', 'apps/b.yaml']))).toEqual([
      'apps/web/a.yaml',
      'apps/b.yaml',
    ]);
    const elsewhere = folderWith({ 'd.yaml': 'd' });
    expect(names(await collect(root, [elsewhere]))).toEqual([`${elsewhere.slice(1)}/d.yaml`]);
    await expect(collect(root, ['missing'])).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('context is read from the folders above, and where it is named outright', async () => {
    const rule = ruleOf('id: x-rule\nscope: repository\ncode: true', {
      scope: 'repository',
      context: ['**/.sops.yaml'],
      judge: () => [],
    });
    const root = folderWith({
      '.sops.yaml': 'root',
      '.github/policy.yml': 'policy',
      'apps/.sops.yaml': 'apps',
      'apps/web/a.yaml': 'a',
      'other/.sops.yaml': 'other',
    });
    const change = await collect(root, ['apps/web'], { rules: [rule], extraContext: ['.github/policy.yml'] });
    expect(names(change)).toEqual(['apps/web/a.yaml']);
    expect([...change.after.files.keys()].sort()).toEqual([
      '.github/policy.yml',
      '.sops.yaml',
      'apps/.sops.yaml',
      'apps/web/a.yaml',
    ]);
  });

  test('links are not followed; pipes are not opened', async () => {
    const root = folderWith({
      'a/x.yaml': 'x',
      'a/in': { link: 'x.yaml' },
      'a/folder': { link: '.' },
      'a/out': { link: '../b/y.yaml' },
      'a/abs': { link: '/etc/hostname' },
      'b/y.yaml': 'y',
    });
    execFileSync('mkfifo', [path.join(root, 'a/pipe')]);
    const change = await collect(root, ['a']);
    expect(names(change)).toEqual(['a/x.yaml']);
    expect(Object.fromEntries(change.notChecked.map((note) => [note.path, note.blocks]))).toEqual({
      'a/in': false,
      'a/folder': false,
      'a/out': true,
      'a/abs': true,
      'a/pipe': false,
    });
    const named = await collect(root, ['a/in']);
    expect(named).toMatchObject({ files: [], notChecked: [{ path: 'a/in', blocks: true }] });
  });

  test('what is swapped for a link or a pipe after the walk saw a file is not read', () => {
    const root = folderWith({ a: 'a', link: { link: 'a' } });
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    const read = (name: string) => readBounded(Buffer.from(path.join(root, name)), 10);
    expect(read('a')?.toString()).toBe('a');
    expect(() => read('link')).toThrow('ELOOP');
    expect(() => read('pipe')).toThrow('no file');
  });

  test('limits of size, sum and number', async () => {
    const root = folderWith({
      'a.yaml': 'x'.repeat(20),
      'b.png': 'x'.repeat(20),
      'c.yaml': 'x'.repeat(9),
      'd.yaml': 'x'.repeat(9),
    });
    const sized = await collect(root, ['.'], { limits: { maxFileBytes: 10, maxTotalBytes: 12 } });
    expect(names(sized)).toEqual(['c.yaml']);
    expect(sized.notChecked).toEqual([
      { path: 'a.yaml', reason: 'is 20 bytes large, more than the limit of 10 bytes', blocks: true },
      { path: 'b.png', reason: expect.any(String), blocks: false },
      { path: 'd.yaml', reason: expect.stringContaining('more than 12 bytes together'), blocks: true },
    ]);
    const counted = await collect(root, ['.'], { limits: { maxFiles: 2 } });
    expect(names(counted)).toHaveLength(2);
    expect(counted.notChecked).toEqual([
      { path: '.', reason: 'holds more than 2 files; the rest was not checked', blocks: true },
    ]);
    expect((await collect(root, ['.'], { limits: { maxFiles: 4 } })).notChecked).toEqual([]);
  });

  test('an empty folder, and one that may not be read', async () => {
    expect(await collect(temporaryFolder(), ['.'])).toMatchObject({ files: [], notChecked: [] });
    const root = folderWith({ 'closed/a.yaml': 'a' });
    if (process.getuid?.() === 0) return;
    chmodSync(path.join(root, 'closed'), 0o000);
    const { notChecked } = await collect(root, ['.']);
    chmodSync(path.join(root, 'closed'), 0o755);
    expect(notChecked).toEqual([{ path: 'closed', reason: 'could not be read (EACCES)', blocks: true }]);
  });
});
