import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { shellQuote, undoOf } from '../../src/alerts/undo.ts';
import { AFTER, BEFORE, directPush } from './fixtures.ts';

const ZEROS = '0'.repeat(40);

describe('undoOf', () => {
  test('reverts the range when it has no merges', () => {
    const { commands } = undoOf(
      directPush({
        commits: [
          { sha: AFTER, merge: false },
          { sha: 'c'.repeat(40), merge: false },
        ],
      }),
    );
    expect(commands).toEqual([
      'git fetch origin refs/heads/main',
      'git switch --create revert-aaaaaaaaaaaa FETCH_HEAD',
      `git revert --no-edit ${BEFORE}..${AFTER}`,
      'git push origin revert-aaaaaaaaaaaa',
    ]);
  });

  test('reverts commit by commit, newest first, when there are merges', () => {
    const other = 'c'.repeat(40);
    const { commands } = undoOf(
      directPush({
        commits: [
          { sha: AFTER, merge: true },
          { sha: other, merge: false },
        ],
      }),
    );
    expect(commands.slice(2, 4)).toEqual([
      `git revert --no-edit --mainline 1 ${AFTER}`,
      `git revert --no-edit ${other}`,
    ]);
  });

  test.each([
    ['unknown', null],
    ['too many', Array.from({ length: 21 }, () => ({ sha: AFTER, merge: false }))],
  ])('restores the tree when the commits are %s', (_why, commits) => {
    expect(undoOf(directPush({ commits })).commands.slice(2, 5)).toEqual([
      `git switch --create revert-aaaaaaaaaaaa ${AFTER}`,
      `git restore --source=${BEFORE} --staged --worktree -- :/`,
      "git commit --message='Restore the state before aaaaaaaaaaaa'",
    ]);
  });

  test('puts a rewritten branch back, unless somebody has pushed since', () => {
    expect(undoOf(directPush({ forced: true, commits: null })).commands).toEqual([
      `git fetch origin ${BEFORE}`,
      `git push --force-with-lease=refs/heads/main:${AFTER} origin ${BEFORE}:refs/heads/main`,
    ]);
  });

  test('puts a deleted branch back', () => {
    expect(undoOf(directPush({ deleted: true, after: ZEROS, commits: null })).commands).toEqual([
      `git fetch origin ${BEFORE}`,
      `git push origin ${BEFORE}:refs/heads/main`,
    ]);
  });

  test('removes a created branch', () => {
    expect(undoOf(directPush({ created: true, before: ZEROS, commits: null })).commands).toEqual([
      'git push origin :refs/heads/main',
    ]);
  });

  test('a hostile branch name stays one argument of the command', () => {
    const ref = "refs/heads/x';touch${IFS}pwned;'`id`$(id)";
    for (const overrides of [{ deleted: true }, { forced: true }, { created: true }, {}]) {
      for (const command of undoOf(directPush({ ref, commits: null, ...overrides })).commands) {
        const words = execFileSync('sh', ['-c', `git() { printf '%s\\n' "$@"; }; ${command}`], {
          encoding: 'utf8',
          cwd: tmpdir(),
        });
        expect(words).not.toContain('uid=');
        if (command.includes('touch')) expect(words).toContain("x';touch${IFS}pwned;'`id`$(id)");
      }
    }
  });
});

test.each([
  ['plain/name-1.2', 'plain/name-1.2'],
  ['a b', "'a b'"],
  ["it's", `'it'\\''s'`],
  ['', "''"],
])('shellQuote(%j)', (text, quoted) => {
  expect(shellQuote(text)).toBe(quoted);
});
