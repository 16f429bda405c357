import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { rangeOfEvent } from '../../src/cli/action-event.ts';

const EXAMPLES = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve('@octokit/webhooks-examples/api.github.com/index.json'),
    'utf8',
  ),
) as readonly { readonly name: string; readonly examples: readonly Record<string, unknown>[] }[];

function examples(name: string): readonly Record<string, unknown>[] {
  return EXAMPLES.find((event) => event.name === name)?.examples ?? [];
}

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const NONE = '0'.repeat(40);
const SCAN = { base: null, head: 'HEAD', refspecs: [] };
const repository = { default_branch: 'main' };

describe('a pull request', () => {
  const payload = {
    number: 7,
    pull_request: { base: { ref: 'release/1', sha: B }, head: { ref: 'x', sha: A } },
  };

  test.each(['pull_request', 'pull_request_target'])(
    'is compared with its base as it is now, not as %s names it',
    (name) => {
      expect(rangeOfEvent(name, payload)).toEqual({
        base: 'refs/remotes/origin/release/1',
        head: A,
        refspecs: [
          '+refs/heads/release/1:refs/remotes/origin/release/1',
          '+refs/pull/7/head:refs/remotes/origin/pull/7/head',
        ],
      });
    },
  );

  test.each(examples('pull_request').map((payload, index) => [index, payload] as const))(
    "is read from GitHub's example %i",
    (_, example) => {
      const { head, base } = rangeOfEvent('pull_request', example) ?? {};
      expect(head).toMatch(/^[0-9a-f]{40}$/);
      expect(base).toMatch(/^refs\/remotes\/origin\/\w/);
    },
  );
});

test("a group of the merge queue, from GitHub's example", () => {
  const [example] = examples('merge_group');
  const group = example?.['merge_group'] as { base_sha: string; head_sha: string };
  expect(rangeOfEvent('merge_group', example)).toEqual({
    base: group.base_sha,
    head: group.head_sha,
    refspecs: [group.base_sha, group.head_sha],
  });
});

describe('a push', () => {
  test('is compared with what stood there before', () => {
    const payload = { ref: 'refs/heads/main', before: A, after: B, deleted: false, repository };
    expect(rangeOfEvent('push', payload)).toEqual({ base: A, head: B, refspecs: [A, B] });
  });

  test('of a new branch is compared with the default one', () => {
    const payload = { ref: 'refs/heads/x', before: NONE, after: B, deleted: false, repository };
    expect(rangeOfEvent('push', payload)).toEqual({
      base: 'refs/remotes/origin/main',
      head: B,
      refspecs: ['+refs/heads/main:refs/remotes/origin/main', B],
    });
  });

  test('that makes the default branch has nothing to be compared with', () => {
    const payload = { ref: 'refs/heads/main', before: NONE, after: B, deleted: false, repository };
    expect(rangeOfEvent('push', payload)).toEqual({ base: null, head: B, refspecs: [B] });
  });

  test('that deletes a branch leaves nothing', () => {
    const payload = { ref: 'refs/heads/x', before: A, after: NONE, deleted: true, repository };
    expect(rangeOfEvent('push', payload)).toBeNull();
  });
});

test.each<[string, unknown]>([
  ['schedule', {}],
  ['workflow_dispatch', { ref: 'refs/heads/main' }],
  ['pull_request', null],
  ['pull_request', { number: 1 }],
  ['merge_group', { merge_group: { base_sha: 'main', head_sha: A } }],
])('what names no range has the checked-out revision scanned: %s', (name, payload) => {
  expect(rangeOfEvent(name, payload)).toEqual(SCAN);
});

test.each(['a:refs/heads/main', 'x y', 'a*', 'a^', 'a\nb', '-x\u0000'])(
  'the name %j of a branch adds nothing to a refspec',
  (ref) => {
    const payload = { number: 1, pull_request: { base: { ref }, head: { sha: A } } };
    expect(rangeOfEvent('pull_request', payload)).toEqual(SCAN);
  },
);
