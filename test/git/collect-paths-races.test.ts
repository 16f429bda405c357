import { appendFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChangeSet } from '../../src/engine/change.ts';
import { collectPaths, type CollectPathsOptions } from '../../src/git/collect-paths.ts';
import { createGitFixture, removeFolders, type FixtureFile } from '../support/git-fixture.ts';

afterAll(removeFolders);

function folderWith(files: Readonly<Record<string, FixtureFile>>): string {
  const fixture = createGitFixture();
  fixture.write(files);
  return fixture.directory;
}

/** The scan looks at its signal between two files: the moment to meddle. */
function meddling(change: (calls: number) => void): AbortSignal {
  let calls = 0;
  const { signal } = new AbortController();
  signal.throwIfAborted = () => {
    calls += 1;
    change(calls);
  };
  return signal;
}

const collect = (
  root: string,
  paths: string[],
  options: Partial<CollectPathsOptions> = {},
): Promise<ChangeSet> => collectPaths(paths, { root, rules: [], ...options });
const names = (change: ChangeSet): string[] => change.files.map(({ after }) => after?.path ?? '');

describe('a folder that changes during the scan', () => {
  test('a file and a folder that vanish are said, and the rest is read', async () => {
    const root = folderWith({ 'a.yaml': 'a\n', 'b.yaml': 'b\n', 'c/c.yaml': 'c\n', 'd.yaml': 'd\n' });
    const change = await collect(root, ['.'], {
      signal: meddling((calls) => {
        if (calls !== 1) return;
        // The first file was seen and not read; the others are only known by name.
        for (const name of ['a.yaml', 'b.yaml', 'c']) rmSync(path.join(root, name), { recursive: true });
      }),
    });
    expect(names(change)).toEqual(['d.yaml']);
    expect(change.notChecked).toEqual(
      ['a.yaml', 'b.yaml', 'c'].map((name) => ({
        path: name,
        reason: 'could not be read (ENOENT)',
        blocks: true,
      })),
    );
  });

  test('a folder that vanishes while its files are read', async () => {
    const root = folderWith({ 'a/1.yaml': '1\n', 'a/2.yaml': '2\n', 'b.yaml': 'b\n' });
    const change = await collect(root, ['.'], {
      signal: meddling((calls) => {
        if (calls === 1) renameSync(path.join(root, 'a'), path.join(root, 'z'));
      }),
    });
    expect(names(change)).toEqual(['b.yaml']);
    expect(change.notChecked.map((note) => [note.path, note.blocks])).toEqual([
      ['a/1.yaml', true],
      ['a/2.yaml', true],
    ]);
  });

  test('a file that grows beyond a limit is left out, one that grows within it is read', async () => {
    const root = folderWith({ 'a.yaml': 'a\n', 'b.yaml': 'b\n' });
    const change = await collect(root, ['.'], {
      limits: { maxFileBytes: 10 },
      signal: meddling((calls) => {
        appendFileSync(
          path.join(root, calls === 1 ? 'a.yaml' : 'b.yaml'),
          calls === 1 ? 'x'.repeat(20) : 'more\n',
        );
      }),
    });
    expect(names(change)).toEqual(['b.yaml']);
    expect(change.notChecked).toEqual([
      { path: 'a.yaml', reason: 'grew while it was read: scan it again', blocks: true },
    ]);
  });

  test('an abort ends it between two files', async () => {
    const root = folderWith({ 'a.yaml': 'a\n', 'b.yaml': 'b\n' });
    const reason = new Error('stopped');
    const signal = meddling((calls) => {
      if (calls === 2) throw reason;
    });
    await expect(collect(root, ['.'], { signal })).rejects.toBe(reason);
  });
});

describe('links', () => {
  test('that lead to each other block, and end the scan no later', async () => {
    const root = folderWith({
      'a/one': { link: 'two' },
      'a/two': { link: 'one' },
      'a/self': { link: 'self' },
      'a/up': { link: '..' },
      'a/x.yaml': 'x\n',
    });
    const change = await collect(root, ['.']);
    expect(names(change)).toEqual(['a/x.yaml']);
    expect(Object.fromEntries(change.notChecked.map((note) => [note.path, note.blocks]))).toEqual({
      'a/one': true,
      'a/two': true,
      'a/self': true,
      'a/up': false,
    });
  });

  test("into git's own folder block", async () => {
    const root = folderWith({ 'a.yaml': 'a\n', 'x/config': { link: '../.git/config' } });
    expect((await collect(root, ['.'])).notChecked).toEqual([
      { path: 'x/config', reason: expect.stringContaining('not scanned'), blocks: true },
    ]);
  });
});

describe('context', () => {
  test('a link above the path is not followed, a folder of that name not read', async () => {
    const root = folderWith({
      'policy.yml': { link: 'other.yml' },
      'other.yml': 'x\n',
      'apps/rules.yml/inner': 'x\n',
      'apps/web/a.yaml': 'a\n',
    });
    const change = await collect(root, ['apps/web'], { extraContext: ['policy.yml', '**/rules.yml'] });
    expect([...change.after.files.keys()]).toEqual(['apps/web/a.yaml']);
  });

  test('shares the limits of the scan, and says so', async () => {
    const root = folderWith({ 'policy.yml': 'x'.repeat(15), 'apps/a.yaml': 'y'.repeat(15) });
    const change = await collect(root, ['apps'], {
      extraContext: ['policy.yml'],
      limits: { maxTotalBytes: 20 },
    });
    expect(names(change)).toEqual(['apps/a.yaml']);
    expect(change.notChecked).toEqual([
      { path: 'policy.yml', reason: expect.stringContaining('more than 20 bytes together'), blocks: true },
    ]);
  });
});
