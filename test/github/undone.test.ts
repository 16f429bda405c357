import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DirectPushAlert } from '../../src/alerts/alert.ts';
import { openRepository } from '../../src/git/repository.ts';
import { isUndone, onlyUndoes } from '../../src/github/undone.ts';
import { directPush, incidentOf } from '../alerts/fixtures.ts';
import { createGitFixture, removeFolders, type GitFixture } from '../support/git-fixture.ts';

afterAll(removeFolders);

const ZEROS = '0'.repeat(40);
let git: GitFixture;
let base: string;
let bad: string;

beforeEach(() => {
  git = createGitFixture();
  base = git.commit({ a: '1', b: '1' });
  bad = git.commit({ a: 'bad', new: 'bad' });
});

const push = (before: string, after: string, more: Partial<DirectPushAlert> = {}): DirectPushAlert =>
  directPush({ before, after, commits: null, ...more });

async function undone(tip: string | null, ...pushes: DirectPushAlert[]): Promise<boolean> {
  const repository = await openRepository(git.directory);
  try {
    const [first, ...others] = pushes;
    return await isUndone(repository, incidentOf(first ?? push(base, bad), ...others), tip);
  } finally {
    repository.close();
  }
}

async function only(before: string, after: string, ...pushes: DirectPushAlert[]): Promise<boolean> {
  const repository = await openRepository(git.directory);
  try {
    const [first, ...others] = pushes;
    const incident = incidentOf(first ?? push(base, bad), ...others);
    return await onlyUndoes(repository, incident, {
      before,
      after,
      created: before === ZEROS,
      deleted: after === ZEROS,
    });
  } finally {
    repository.close();
  }
}

const revert = (): string => {
  git.git(['revert', '--no-edit', bad]);
  return git.head();
};

describe('a push is undone', () => {
  test('by a revert', async () => {
    expect(await undone(bad)).toBe(false);
    expect(await undone(revert())).toBe(true);
  });

  test('by a revert among other changes', async () => {
    git.commit({ other: '1' });
    revert();
    expect(await undone(git.commit({ b: '2' }))).toBe(true);
  });

  test('not while one of its files is left', async () => {
    expect(await undone(git.commit({ a: '1' }))).toBe(false);
    expect(await undone(git.commit({ new: null }))).toBe(true);
  });

  test('not by another mode of the same file', async () => {
    git.commit({ new: null });
    expect(await undone(git.commit({ a: { executable: '1' } }))).toBe(false);
  });

  test('by putting the branch back', async () => {
    expect(await undone(base)).toBe(true);
  });

  test('not by a message that says so', async () => {
    expect(await undone(git.commit({ c: '1' }, `Revert "x"\n\nThis reverts commit ${bad}.`))).toBe(false);
  });

  test('not when the branch is gone, or its commits are', async () => {
    expect(await undone(null)).toBe(false);
    const gone = '9'.repeat(40);
    expect(await undone(base, push(gone, bad))).toBe(false);
    expect(await undone(base, push(base, gone))).toBe(false);
    expect(await undone(gone)).toBe(false);
    expect(await only(gone, base)).toBe(false);
  });
});

describe('several pushes are undone', () => {
  test('only when all of them are', async () => {
    const worse = git.commit({ b: 'worse' });
    const pushes = [push(base, bad), push(bad, worse)];
    expect(await undone(git.commit({ a: '1', new: null }), ...pushes)).toBe(false);
    expect(await undone(git.commit({ b: '1' }), ...pushes)).toBe(true);
  });

  test('each for itself, when something was merged in between', async () => {
    const merged = git.commit({ c: '1' });
    const worse = git.commit({ b: 'worse' });
    const pushes = [push(base, bad), push(merged, worse)];
    expect(await undone(git.commit({ a: '1', new: null }), ...pushes)).toBe(false);
    expect(await undone(git.commit({ b: '1' }), ...pushes)).toBe(true);
  });

  test('never when not all of them are remembered', async () => {
    const many = Array.from({ length: 25 }, () => push(base, bad));
    expect(await undone(base, ...many)).toBe(false);
  });
});

describe('a force push is undone', () => {
  let rewritten: string;
  let forced: DirectPushAlert;
  beforeEach(() => {
    git.git(['checkout', '--quiet', '--detach', base]);
    rewritten = git.commit({ a: 'rewritten' });
    forced = push(bad, rewritten, { forced: true });
  });

  test('by putting the branch back, or its files', async () => {
    expect(await undone(rewritten, forced)).toBe(false);
    expect(await undone(bad, forced)).toBe(true);
    expect(await undone(git.commit({ a: 'bad', new: 'bad' }), forced)).toBe(true);
  });

  test('not by a history that lacks commits and files of the earlier one', async () => {
    expect(await undone(git.commit({ a: 'bad', new: 'bad', c: '1' }), forced)).toBe(false);
  });

  test('that changed no file only by its history', async () => {
    git.git(['checkout', '--quiet', '--detach', base]);
    const same = git.commit({ a: 'bad', new: 'bad' }, 'The same again');
    expect(await undone(same, push(bad, same, { forced: true }))).toBe(false);
    expect(await undone(bad, push(bad, same, { forced: true }))).toBe(true);
  });
});

test('a deletion is undone when the branch is there again, with what it had', async () => {
  const deletion = push(bad, ZEROS, { deleted: true });
  expect(await undone(null, deletion)).toBe(false);
  expect(await undone(base, deletion)).toBe(false);
  expect(await undone(bad, deletion)).toBe(true);
  expect(await undone(git.commit({ c: '1' }), deletion)).toBe(true);
});

test('a creation is undone when the branch is gone', async () => {
  const creation = push(ZEROS, bad, { created: true });
  expect(await undone(bad, creation)).toBe(false);
  expect(await undone(null, creation)).toBe(true);
});

describe('a push that does nothing but undo', () => {
  test('a revert does', async () => {
    expect(await only(bad, revert())).toBe(true);
  });

  test('one that changes something else as well does not', async () => {
    revert();
    expect(await only(bad, git.commit({ other: 'sneaked in' }))).toBe(false);
  });

  test('one that undoes half of it does not', async () => {
    expect(await only(bad, git.commit({ a: '1' }))).toBe(false);
  });

  test('a force push back does', async () => {
    expect(await only(bad, base)).toBe(true);
  });

  test('a deleted branch comes back where it was, and nowhere else', async () => {
    const deletion = push(bad, ZEROS, { deleted: true });
    expect(await only(ZEROS, bad, deletion)).toBe(true);
    expect(await only(ZEROS, git.commit({ other: '1' }), deletion)).toBe(false);
  });

  test('a created branch goes', async () => {
    const creation = push(ZEROS, bad, { created: true });
    expect(await only(bad, ZEROS, creation)).toBe(true);
    expect(await only(bad, ZEROS)).toBe(false);
  });
});
