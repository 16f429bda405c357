import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DirectPushAlert } from '../../src/alerts/alert.ts';
import { mergePushes } from '../../src/alerts/merge-pushes.ts';
import { undoOf } from '../../src/alerts/undo.ts';
import { directPush } from './fixtures.ts';

const ZEROS = '0'.repeat(40);

let directory: string;
/** Where everybody pushes, as GitHub gives out commits that no branch holds. */
let origin: string;
/** The clone of whoever is on call. */
let clone: string;

const environment = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  ...{ GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.com' },
  ...{ GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example.com' },
};
const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd, encoding: 'utf8', env: environment, stdio: 'pipe' }).trim();
/** As somebody pastes them. */
const paste = (lines: readonly string[]): void =>
  void execFileSync('sh', ['-e', '-c', lines.join('\n')], { cwd: clone, env: environment, stdio: 'pipe' });

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'undo-'));
  [origin, clone] = [path.join(directory, 'origin'), path.join(directory, 'clone')];
  git(directory, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
  git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  git(directory, 'init', '--quiet', '--initial-branch=main', clone);
  git(clone, 'remote', 'add', 'origin', origin);
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const elsewhere = (): string => path.join(directory, 'elsewhere');
const tip = (branch = 'main'): string => git(origin, 'rev-parse', `refs/heads/${branch}`);
const filesAt = (revision: string): Record<string, string> =>
  Object.fromEntries(
    git(origin, 'ls-tree', '-r', '--name-only', revision)
      .split('\n')
      .map((name) => [name, git(origin, 'show', `${revision}:${name}`)]),
  );

/** Somebody commits to the branch, from where it stands, and pushes. */
function push(files: Record<string, string>, branch = 'main'): string {
  if (!git(directory, 'ls-remote', origin, `refs/heads/${branch}`)) {
    git(directory, 'clone', '--quiet', origin, elsewhere());
    git(elsewhere(), 'switch', '--quiet', '--create', branch);
  } else {
    git(directory, 'clone', '--quiet', '--branch', branch, origin, elsewhere());
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(elsewhere(), name), text);
  git(elsewhere(), 'add', '--all');
  git(elsewhere(), 'commit', '--quiet', '--message', 'Change');
  git(elsewhere(), 'push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
  rmSync(elsewhere(), { recursive: true, force: true });
  return tip(branch);
}

/** What a pull request from the branch that the commands pushed brings. */
function mergeRevert(after: string): void {
  git(directory, 'clone', '--quiet', origin, elsewhere());
  git(elsewhere(), 'merge', '--quiet', '--no-edit', `origin/revert-${after.slice(0, 12)}`);
  git(elsewhere(), 'push', '--quiet', 'origin', 'HEAD:refs/heads/main');
  rmSync(elsewhere(), { recursive: true, force: true });
}

const pushed = (before: string, after: string, more: Partial<DirectPushAlert> = {}): DirectPushAlert =>
  directPush({ before, after, commits: [{ sha: after, merge: false }], ...more });

describe('the commands of an alert, as they are pasted', () => {
  test('revert a push, and keep what came after it', () => {
    const before = push({ 'a.yaml': 'good', 'b.yaml': '1' });
    const after = push({ 'a.yaml': 'bad' });
    push({ 'b.yaml': '2' });
    paste(undoOf(pushed(before, after)).commands);
    mergeRevert(after);
    expect(filesAt('main')).toEqual({ 'a.yaml': 'good', 'b.yaml': '2' });
  });

  test('restore the files of a push whose commits are not listed, and keep what came after it', () => {
    const before = push({ 'a.yaml': 'good', 'b.yaml': '1' });
    const after = push({ 'a.yaml': 'bad', 'c.yaml': 'new' });
    push({ 'b.yaml': '2' });
    paste(undoOf(pushed(before, after, { commits: null })).commands);
    mergeRevert(after);
    expect(filesAt('main')).toEqual({ 'a.yaml': 'good', 'b.yaml': '2' });
  });

  test('put a rewritten branch back', () => {
    const first = push({ 'a.yaml': '1' });
    const before = push({ 'a.yaml': '2' });
    git(origin, 'update-ref', 'refs/heads/main', first);
    paste(undoOf(pushed(before, first, { forced: true, commits: null })).commands);
    expect(tip()).toBe(before);
  });

  test('restore the files of a rewritten branch on which something was merged since', () => {
    const first = push({ 'a.yaml': '1', 'b.yaml': '1' });
    const before = push({ 'a.yaml': '2' });
    git(origin, 'update-ref', 'refs/heads/main', first);
    push({ 'b.yaml': '2' });
    paste(undoOf(pushed(before, first, { forced: true, commits: null }), false).commands);
    mergeRevert(first);
    expect(filesAt('main')).toEqual({ 'a.yaml': '2', 'b.yaml': '2' });
  });

  test('put back a branch that was deleted, also when it was made anew with another history', () => {
    const first = push({ 'a.yaml': '1' });
    const before = push({ 'a.yaml': '2' });
    git(origin, 'update-ref', '-d', 'refs/heads/main');
    const deletion = pushed(before, ZEROS, { deleted: true, commits: null });
    paste(undoOf(deletion).commands);
    expect(tip()).toBe(before);
    git(origin, 'update-ref', 'refs/heads/main', first);
    const [whole, ...others] = mergePushes([
      deletion,
      pushed(ZEROS, first, { created: true, commits: null }),
    ]);
    expect(others).toEqual([]);
    paste(undoOf(whole!).commands);
    expect(tip()).toBe(before);
  });
});

describe('pushes that follow each other', () => {
  const [A, B] = ['a'.repeat(40), 'b'.repeat(40)];

  test.each([
    [
      'a branch that was made and deleted',
      [pushed(ZEROS, A, { created: true }), pushed(A, ZEROS, { deleted: true })],
    ],
    [
      'a branch that was deleted and put back',
      [pushed(A, ZEROS, { deleted: true }), pushed(ZEROS, A, { created: true })],
    ],
    [
      'history that was rewritten and put back',
      [pushed(A, B, { forced: true }), pushed(B, A, { forced: true })],
    ],
  ])('leave nothing to undo: %s', (_, pushes) => {
    expect(mergePushes(pushes)).toEqual([]);
  });

  test('a deletion at the end is a deletion from where the first began', () => {
    const [whole] = mergePushes([pushed(A, B, { forced: true }), pushed(B, ZEROS, { deleted: true })]);
    expect(whole).toMatchObject({ before: A, deleted: true, created: false, forced: false });
  });

  test('a branch that was made and pushed to is deleted', () => {
    const [whole] = mergePushes([pushed(ZEROS, A, { created: true }), pushed(A, B, { forced: true })]);
    expect(whole).toMatchObject({ created: true, forced: false });
    expect(undoOf(whole!).commands).toEqual(['git push origin :refs/heads/main']);
  });
});
