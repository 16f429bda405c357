import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChangeSet, Snapshot } from '../../src/engine/change.ts';
import type { CodeRule, Rule } from '../../src/engine/rule.ts';
import { collectChange, type CollectOptions } from '../../src/git/collect-change.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { createGitFixture, removeFolders, type GitFixture } from '../support/git-fixture.ts';
import { ruleOf } from '../support/rule-fixture.ts';

const opened: Repository[] = [];
afterAll(() => {
  for (const repository of opened) repository.close();
  removeFolders();
});

const KEY = 'SECRET[';
const code: CodeRule = {
  scope: 'repository',
  context: ['**/.rules.yaml'],
  widen: (path) => {
    if (!path.endsWith('.rules.yaml')) return null;
    return { under: path.split('/').slice(0, -1).join('/'), containing: KEY };
  },
  judge: () => [],
};
const contextRule = ruleOf('id: context-rule\nscope: repository\ncode: true', code);
const historyRule = ruleOf('id: history-rule\nscope: file\nhistory: true\ncode: true', {
  scope: 'file',
  judge: () => [],
});

async function collect(
  fixture: GitFixture,
  base: string | null,
  head: string,
  options: Partial<CollectOptions> = {},
): Promise<ChangeSet> {
  const repository = await openRepository(fixture.directory);
  opened.push(repository);
  return collectChange(repository, { base, head, rules: [], ...options });
}

const text = (content: Uint8Array | null | undefined): string | null =>
  content === null || content === undefined ? null : Buffer.from(content).toString('utf8');

function pairs(change: ChangeSet): unknown[] {
  return change.files.map(({ before, after }) => [
    before === null ? null : [before.path, text(before.content)],
    after === null ? null : [after.path, text(after.content)],
  ]);
}

function contents(snapshot: Snapshot): Record<string, string | null> {
  return Object.fromEntries([...snapshot.files].map(([path, file]) => [path, text(file.content)]));
}

const kindsRule = ruleOf('id: kinds-rule\nscope: repository\ncode: true', {
  scope: 'repository',
  kinds: ['Namespace', 'Service'],
  judge: () => [],
});

describe('kinds that rules compare', () => {
  const tree = {
    'a.yaml': 'apiVersion: v1\nkind: Namespace\n',
    'quoted.yaml': '"kind" : \'Service\' # why\n',
    'list.json': '{"items":[{"kind":"Namespace"}]}',
    'many.yml': 'kind: NamespaceList\n',
    'other.yaml': 'kind: ServiceAccount\n',
    'notes.md': 'kind: Namespace\n',
    'web/deployment.yaml': 'kind: Deployment\n',
  };

  test('are loaded wherever they stand, on both sides', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit(tree);
    const head = fixture.commit({ 'web/deployment.yaml': 'kind: Deployment\n# new\n' });
    const change = await collect(fixture, base, head, { rules: [kindsRule] });
    const loaded = ['a.yaml', 'list.json', 'many.yml', 'quoted.yaml', 'web/deployment.yaml'];
    expect(Object.keys(contents(change.after)).sort()).toEqual(loaded);
    expect(Object.keys(contents(change.before)).sort()).toEqual(loaded);
  });

  test('are left alone by a change that touches no object', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit(tree);
    const head = fixture.commit({ 'notes.md': 'new' });
    const change = await collect(fixture, base, head, { rules: [kindsRule] });
    expect(Object.keys(contents(change.after))).toEqual(['notes.md']);
  });
});

describe('a change', () => {
  test('runs from the merge base, whatever the base has become', async () => {
    const fixture = createGitFixture();
    const mergeBase = fixture.commit({ 'a.yaml': 'old\n', 'b.yaml': 'b\n' });
    fixture.branch('side');
    const head = fixture.commit({ 'a.yaml': 'new\n', 'c.yaml': 'c\n' }, 'Ours');
    fixture.checkout('main');
    const base = fixture.commit({ 'a.yaml': 'changed on main\n', 'd.yaml': 'd\n' }, 'Theirs');
    const change = await collect(fixture, base, head);
    expect(change).toMatchObject({ base, head, mergeBase, push: null, past: [], notChecked: [] });
    expect(pairs(change)).toEqual([
      [
        ['a.yaml', 'old\n'],
        ['a.yaml', 'new\n'],
      ],
      [null, ['c.yaml', 'c\n']],
    ]);
    expect([...change.before.paths]).toEqual(['a.yaml', 'b.yaml']);
    expect([...change.after.paths]).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
    expect(contents(change.before)).toEqual({ 'a.yaml': 'old\n' });
    expect(contents(change.after)).toEqual({ 'a.yaml': 'new\n', 'c.yaml': 'c\n' });
    expect(change.commits.map((commit) => commit.subject)).toEqual(['Ours']);
  });

  test('commits that head has from base by a merge are not the change', async () => {
    const fixture = createGitFixture();
    fixture.commit({ a: '1\n' });
    fixture.branch('side');
    fixture.commit({ b: '1\n' }, 'Ours');
    fixture.checkout('main');
    fixture.commit({ a: '2\n' }, 'Theirs');
    fixture.checkout('side');
    const head = fixture.merge('main', 'Update');
    const base = fixture.git(['rev-parse', 'main']);
    const change = await collect(fixture, base, head, { rules: [historyRule] });
    expect(change.commits.map((commit) => commit.subject)).toEqual(['Ours', 'Update']);
    expect(pairs(change)).toEqual([[null, ['b', '1\n']]]);
    expect(change.past).toEqual([]);
  });

  test('after merges in both directions, commits of the base are still not the change', async () => {
    const fixture = createGitFixture();
    fixture.commit({ o: 'o' });
    fixture.branch('side');
    fixture.commit({ b: 'b' }, 'B');
    fixture.branch('old-side');
    fixture.checkout('main');
    fixture.commit({ a: 'a' }, 'A');
    fixture.branch('old-main');
    fixture.checkout('main');
    const base = fixture.merge('old-side');
    fixture.checkout('side');
    const head = fixture.merge('old-main', 'Ours');
    const change = await collect(fixture, base, head);
    expect(change.commits.map((commit) => commit.subject)).toEqual(['Ours']);
  });

  test('renames are pairs, deletions have no after, a version on both sides is one array', async () => {
    const fixture = createGitFixture();
    const lines = 'one\ntwo\nthree\nfour\nfive\n';
    const base = fixture.commit({ 'old.yaml': lines, gone: 'x\n', 'run.sh': 'echo\n' });
    const head = fixture.commit({
      'old.yaml': null,
      'new.yaml': lines,
      gone: null,
      'run.sh': { executable: 'echo\n' },
    });
    const change = await collect(fixture, base, head);
    expect(pairs(change)).toEqual(
      expect.arrayContaining([
        [
          ['old.yaml', lines],
          ['new.yaml', lines],
        ],
        [['gone', 'x\n'], null],
        [
          ['run.sh', 'echo\n'],
          ['run.sh', 'echo\n'],
        ],
      ]),
    );
    for (const { before, after } of change.files)
      if (after !== null) expect(after.content).toBe(before?.content);
  });

  test('a scan has no base: every file is new', async () => {
    const fixture = createGitFixture();
    const head = fixture.commit({ a: 'a\n', 'dir/b': 'b\n', 'bytes:\xff': 'raw\n' });
    const change = await collect(fixture, null, head, { rules: [historyRule] });
    expect(change).toMatchObject({ base: null, mergeBase: null, head, commits: [], past: [] });
    expect(pairs(change)).toEqual([
      [null, ['a', 'a\n']],
      [null, ['dir/b', 'b\n']],
      [null, ['\\xff', 'raw\n']],
    ]);
    expect(change.before.paths.size).toBe(0);
  });

  test('without a change nothing is loaded', async () => {
    const fixture = createGitFixture();
    const head = fixture.commit({ '.rules.yaml': 'x\n' });
    const change = await collect(fixture, head, head, { rules: [contextRule] });
    expect(change).toMatchObject({ files: [], commits: [], notChecked: [] });
    expect(change.after.files.size).toBe(0);
    expect(change.after.paths.size).toBe(1);
  });

  test('an empty base, an unrelated one, and one that is gone are clear errors', async () => {
    const fixture = createGitFixture();
    const head = fixture.commit({ a: 'a\n' });
    fixture.git(['checkout', '--quiet', '--orphan', 'other']);
    const other = fixture.commit({ b: 'b\n' });
    await expect(collect(fixture, other, head)).rejects.toMatchObject({ kind: 'no-merge-base' });
    await expect(collect(fixture, '1'.repeat(40), head)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('an abort ends it', async () => {
    const fixture = createGitFixture();
    const head = fixture.commit({ a: 'a\n' });
    await expect(
      collect(fixture, null, head, { signal: AbortSignal.abort(new Error('superseded')) }),
    ).rejects.toThrow('superseded');
  });
});

test('a change of a few files among 10,000 reads only those', async () => {
  const fixture = createGitFixture();
  const files = Array.from({ length: 10_000 }, (_, index) => {
    const content = `name: n${index}\n`;
    return `M 100644 inline apps/a${index % 100}/f${index}.yaml\ndata ${content.length}\n${content}\n`;
  });
  const commit = (name: string, more: string): string =>
    `commit refs/heads/main\ncommitter C <c@example.org> 1700000000 +0000\ndata ${name.length}\n${name}\n${more}\n`;
  fixture.git(
    ['fast-import', '--quiet'],
    commit('Base', files.join('')) + commit('Head', 'M 100644 inline apps/a1/f1.yaml\ndata 2\nx\n\n'),
  );
  const [base, head] = ['main~1', 'main'].map((rev) => fixture.git(['rev-parse', rev])) as [string, string];
  const change = await collect(fixture, base, head, { rules: [contextRule, historyRule] });
  expect(change.after.paths.size).toBe(10_000);
  expect([...change.after.files.keys()]).toEqual(['apps/a1/f1.yaml']);
  expect([...change.before.files.keys()]).toEqual(['apps/a1/f1.yaml']);
  const scan = await collect(fixture, null, head);
  expect(scan.files).toHaveLength(10_000);
  expect(scan.notChecked).toEqual([]);
});

describe('context', () => {
  test('files that rules name are loaded on both sides, each in its own version', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({
      '.rules.yaml': 'old\n',
      'deep/.dot/.rules.yaml': 'deep\n',
      'policy.yml': 'p\n',
      'a.yaml': 'a\n',
      far: 'x\n',
    });
    const head = fixture.commit({ 'a.yaml': 'b\n' });
    const change = await collect(fixture, base, head, { rules: [contextRule], extraContext: ['policy.yml'] });
    expect(contents(change.before)).toEqual({
      'a.yaml': 'a\n',
      '.rules.yaml': 'old\n',
      'deep/.dot/.rules.yaml': 'deep\n',
      'policy.yml': 'p\n',
    });
    expect(contents(change.after)).toEqual({
      'a.yaml': 'b\n',
      '.rules.yaml': 'old\n',
      'deep/.dot/.rules.yaml': 'deep\n',
      'policy.yml': 'p\n',
    });
    expect(change.files).toHaveLength(1);
  });

  test('what a changed file holds can ask for files that contain a text, on both sides', async () => {
    const fixture = createGitFixture();
    const rule = ruleOf('id: concerned-rule\nscope: repository\ncode: true', {
      scope: 'repository',
      concerns: ({ content }) =>
        content === null ? [] : [`asked ${Buffer.from(content).toString().trim()}`],
      judge: () => [],
    });
    const base = fixture.commit({
      'a.yaml': 'one\n',
      'x.yaml': 'asked one\n',
      'y.yaml': 'asked two\n',
      'z.yaml': 'two\n',
    });
    const head = fixture.commit({ 'a.yaml': 'two\n' });
    const change = await collect(fixture, base, head, { rules: [rule] });
    for (const side of [change.before, change.after]) {
      expect([...side.files.keys()].sort()).toEqual(['a.yaml', 'x.yaml', 'y.yaml']);
    }
  });

  test('a change can widen to files that contain a text, below its folder', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({
      'apps/.rules.yaml': 'old\n',
      'apps/secret.yaml': `${KEY}1]\n`,
      'apps/deep/secret.yaml': `${KEY}2]\n`,
      'apps/plain.yaml': 'SECRET\n',
      'other/secret.yaml': `${KEY}3]\n`,
    });
    const head = fixture.commit({ 'apps/.rules.yaml': 'new\n' });
    const change = await collect(fixture, base, head, { rules: [contextRule] });
    for (const side of [change.before, change.after]) {
      expect([...side.files.keys()].sort()).toEqual([
        'apps/.rules.yaml',
        'apps/deep/secret.yaml',
        'apps/secret.yaml',
      ]);
    }
    const deleted = fixture.commit({ 'apps/.rules.yaml': null });
    expect(
      [...(await collect(fixture, head, deleted, { rules: [contextRule] })).after.files.keys()].sort(),
    ).toEqual(['apps/deep/secret.yaml', 'apps/secret.yaml']);
  });
});

describe('what a changed file says decides what is loaded beside it', () => {
  const rule = ruleOf('id: x-rule\nscope: repository\ncode: true', {
    scope: 'repository',
    widen: (path, content) =>
      path === 'list' && content ? { paths: Buffer.from(content).toString().trim().split('\n') } : null,
    judge: () => [],
  });

  test('each side by its own content, and only what is there', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ list: 'a\nmissing\n', a: '1', 'x/b': '2', c: '3' });
    const head = fixture.commit({ list: 'x/b\n' });
    const change = await collect(fixture, base, head, { rules: [rule] });
    for (const side of [change.before, change.after])
      expect([...side.files.keys()].sort()).toEqual(['a', 'list', 'x/b']);
  });

  test('a file that names a million others loads a bounded number', async () => {
    const fixture = createGitFixture();
    const names = Array.from({ length: 3_000 }, (_, index) => `f${index}`);
    const base = fixture.commit(Object.fromEntries([...names, 'list'].map((name) => [name, name])));
    const head = fixture.commit({ list: names.join('\n') });
    const change = await collect(fixture, base, head, { rules: [rule] });
    expect(change.after.files.size).toBe(2_000);
  });
});

describe('history', () => {
  const leak = (): { fixture: GitFixture; base: string; bad: string; head: string } => {
    const fixture = createGitFixture();
    const base = fixture.commit({ a: 'base\n' });
    const bad = fixture.commit({ a: 'leaked\n', 'b.png': 'x'.repeat(100), 'c.yaml': 'y'.repeat(100) });
    const head = fixture.commit({ a: 'head\n', 'b.png': null, 'c.yaml': null });
    return { fixture, base, bad, head };
  };

  test('versions in between are loaded when a rule has history', async () => {
    const { fixture, base, bad, head } = leak();
    const rules: Rule[] = [historyRule];
    const change = await collect(fixture, base, head, { rules });
    expect(
      change.past.map(({ commit, file }) => [commit, file.path, text(file.content)?.slice(0, 6)]),
    ).toEqual([
      [bad, 'a', 'leaked'],
      [bad, 'b.png', 'xxxxxx'],
      [bad, 'c.yaml', 'yyyyyy'],
    ]);
    expect((await collect(fixture, base, head, { rules: [contextRule] })).past).toEqual([]);
  });

  test('versions beyond a limit are named with their commit', async () => {
    const { fixture, base, bad, head } = leak();
    const change = await collect(fixture, base, head, { rules: [historyRule], limits: { maxFileBytes: 50 } });
    expect(change.past.map(({ file }) => file.path)).toEqual(['a']);
    const reason = `its version in commit ${bad.slice(0, 12)} is 100 bytes large, more than the limit of 50 bytes`;
    expect(change.notChecked).toEqual([
      { path: 'b.png', reason, blocks: false },
      { path: 'c.yaml', reason, blocks: true },
    ]);
    const cut = await collect(fixture, base, head, { rules: [historyRule], limits: { maxPastVersions: 1 } });
    expect(cut.notChecked).toEqual([
      { path: '.', reason: expect.stringContaining('more than 1 file versions'), blocks: true },
    ]);
  });

  test('too many commits are said', async () => {
    const { fixture, base, head } = leak();
    const change = await collect(fixture, base, head, { limits: { maxCommits: 1 } });
    expect(change.commits.map((commit) => commit.sha)).toEqual([head]);
    expect(change.notChecked).toEqual([
      { path: '.', reason: expect.stringContaining('more than 1 commits'), blocks: true },
    ]);
  });
});

describe('what is not checked', () => {
  test('files that are too large block by their name; a large base cannot be compared', async () => {
    const fixture = createGitFixture();
    const large = 'x'.repeat(2_000);
    const base = fixture.commit({
      'shrunk.yaml': large,
      'deleted.yaml': 'y'.repeat(2_000),
      'context.md': 'a\n',
    });
    const head = fixture.commit({
      'shrunk.yaml': 'small\n',
      'deleted.yaml': null,
      'large.yaml': large + '1',
      'large.png': large + '2',
      LARGE: large + '3',
      'large.tgz': large + '4',
    });
    const { notChecked, files } = await collect(fixture, base, head, { limits: { maxFileBytes: 1_000 } });
    const reason = 'is 2.0 KiB large, more than the limit of 1000 bytes';
    expect(notChecked).toEqual(
      expect.arrayContaining([
        { path: 'large.yaml', reason, blocks: true },
        { path: 'LARGE', reason, blocks: true },
        { path: 'large.png', reason, blocks: false },
        { path: 'large.tgz', reason, blocks: false },
        {
          path: 'shrunk.yaml',
          reason: `cannot be compared: its version on the base ${reason}`,
          blocks: true,
        },
      ]),
    );
    expect(notChecked).toHaveLength(5);
    expect(files.find((file) => file.after?.path === 'large.yaml')?.after?.content).toBeNull();
  });

  test('a large file that only serves as context is said, and does not block', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ '.rules.yaml': 'x'.repeat(2_000), a: 'a\n' });
    const head = fixture.commit({ a: 'b\n' });
    const change = await collect(fixture, base, head, {
      rules: [contextRule],
      limits: { maxFileBytes: 1_000 },
    });
    expect(change.notChecked).toEqual([
      { path: '.rules.yaml', reason: expect.stringContaining('limit'), blocks: false },
    ]);
    expect(change.after.files.has('.rules.yaml')).toBe(false);
  });

  test('the budget of all contents: what was changed comes first', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ '.rules.yaml': 'context context\n', a: 'aaaaaaaa\n' });
    const head = fixture.commit({ a: 'bbbbbbbb\n', z: 'zz\n' });
    const change = await collect(fixture, base, head, {
      rules: [contextRule],
      limits: { maxTotalBytes: 12 },
    });
    expect(contents(change.after)).toEqual({ a: 'bbbbbbbb\n', z: 'zz\n' });
    expect(change.notChecked).toEqual(
      expect.arrayContaining([
        { path: 'a', reason: expect.stringContaining('cannot be compared'), blocks: true },
        {
          path: '.rules.yaml',
          reason: expect.stringContaining('more than 12 bytes together'),
          blocks: false,
        },
      ]),
    );
  });

  test('submodules are content of another repository', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ a: 'a\n' });
    fixture.git(['update-index', '--add', '--cacheinfo', `160000,${base},vendor`]);
    fixture.git(['commit', '--quiet', '-m', 'Submodule']);
    const change = await collect(fixture, base, fixture.head());
    expect(change.notChecked).toEqual([
      { path: 'vendor', reason: 'is a submodule: its content stands in another repository', blocks: false },
    ]);
    expect(change.files[0]?.after).toMatchObject({ mode: 'submodule', content: null });
  });

  test('symbolic links: only those that leave the repository block', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ 'dir/a.yaml': 'a\n' });
    const links = {
      'dir/inside': { link: 'a.yaml' },
      'dir/up': { link: '../dir/a.yaml' },
      absolute: { link: '/etc/passwd' },
      'dir/outside': { link: '../../x' },
      chain: { link: 'dir/outside' },
      admin: { link: '.git/config' },
      loop: { link: 'loop' },
    };
    const change = await collect(fixture, base, fixture.commit(links));
    const blocking = Object.fromEntries(change.notChecked.map(({ path, blocks }) => [path, blocks]));
    expect(blocking).toEqual({
      'dir/inside': false,
      'dir/up': false,
      absolute: true,
      'dir/outside': true,
      chain: true,
      admin: true,
      loop: true,
    });
    expect(change.after.files.size).toBe(0);
    expect(change.notChecked.find(({ path }) => path === 'dir/inside')?.reason).toContain(
      'judged where it stands',
    );
  });

  test('contents that are missing, as in a partial clone', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ a: 'a\n' });
    const head = fixture.commit({ a: 'b\n' });
    const oid = fixture.git(['rev-parse', 'HEAD:a']);
    rmSync(path.join(fixture.directory, '.git/objects', oid.slice(0, 2), oid.slice(2)));
    const change = await collect(fixture, base, head);
    expect(change.notChecked).toEqual([
      { path: 'a', reason: expect.stringContaining('clone the repository in full'), blocks: true },
    ]);
  });
});
