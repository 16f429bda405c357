import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import {
  createGitFixture,
  fixtureEnvironment,
  removeFolders,
  temporaryFolder,
  type GitFixture,
} from '../support/git-fixture.ts';

const opened: Repository[] = [];

async function open(directory: string): Promise<Repository> {
  const repository = await openRepository(directory);
  opened.push(repository);
  return repository;
}

afterAll(() => {
  for (const repository of opened) repository.close();
  removeFolders();
});

const HOSTILE = 'we\nird\t"quo\'ted"\\x41 \u00e9';
const BYTES = 'bytes:b\xff\xfed.yaml';

describe('reading a repository', () => {
  let fixture: GitFixture;
  let repository: Repository;
  let first: string;
  let second: string;

  beforeAll(async () => {
    fixture = createGitFixture();
    first = fixture.commit({
      'apps/web.yaml': 'kind: A\n',
      'apps/old.yaml': 'one\ntwo\nthree\nfour\nfive\nsix\n',
      'apps/link': { link: 'web.yaml' },
      'run.sh': 'echo\n',
      'gone.yaml': 'x\n',
      'turned.yaml': 'text\n',
      [HOSTILE]: 'a\n',
      [BYTES]: 'secret: bytes\n',
    });
    fixture.git(['update-index', '--add', '--cacheinfo', `160000,${first},vendor/sub`]);
    fixture.git(['commit', '--quiet', '-m', 'Submodule']);
    const oldContent = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';
    fixture.write({
      'apps/web.yaml': 'kind: B\n',
      'apps/old.yaml': null,
      'moved/new.yaml': oldContent,
      'run.sh': { executable: 'echo\n' },
      'gone.yaml': null,
      'turned.yaml': { link: 'apps/web.yaml' },
      'added.bin': Buffer.from([0, 1, 2]),
      [HOSTILE]: 'b\n',
    });
    fixture.git(['add', '--all', '.', ':!vendor']);
    fixture.git(['update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},vendor/sub`]);
    fixture.git(['commit', '--quiet', '-m', 'Second']);
    second = fixture.head();
    repository = await open(fixture.directory);
  });

  test('tree lists every path with mode, id and size', async () => {
    const tree = await repository.tree(first);
    expect([...tree.keys()].sort()).toEqual(
      [
        'apps/link',
        'apps/old.yaml',
        'apps/web.yaml',
        'b\\xff\\xfed.yaml',
        'gone.yaml',
        'run.sh',
        'turned.yaml',
        HOSTILE.replace('\\x41', '\\x5cx41'),
      ].sort(),
    );
    expect(tree.get('apps/web.yaml')).toEqual({
      path: 'apps/web.yaml',
      mode: 'file',
      oid: fixture.git(['rev-parse', `${first}:apps/web.yaml`]),
      size: 8,
    });
    expect(tree.get('apps/link')).toMatchObject({ mode: 'symlink', size: 8 });
    const later = await repository.tree('HEAD');
    expect(later.get('run.sh')?.mode).toBe('executable');
    expect(later.get('vendor/sub')).toEqual({
      path: 'vendor/sub',
      mode: 'submodule',
      oid: '1'.repeat(40),
      size: null,
    });
  });

  test('a file whose name is no UTF-8 is read by its id', async () => {
    const entry = (await repository.tree(second)).get('b\\xff\\xfed.yaml');
    const read = await repository.readBlobs([entry!.oid], { maxBytesEach: 100, maxBytesTotal: 100 });
    expect(Buffer.from(read.get(entry!.oid) as Uint8Array).toString()).toBe('secret: bytes\n');
  });

  test('diff knows additions, deletions, renames, changes of mode and type, and submodules', async () => {
    const diff = await repository.diff(first, second);
    const summary = diff.map(({ status, before, after }) => [
      status,
      before?.path ?? null,
      after?.path ?? null,
    ]);
    const hostile = HOSTILE.replace('\\x41', '\\x5cx41');
    expect(summary).toEqual(
      expect.arrayContaining([
        ['added', null, 'added.bin'],
        ['modified', 'apps/web.yaml', 'apps/web.yaml'],
        ['renamed', 'apps/old.yaml', 'moved/new.yaml'],
        ['deleted', 'gone.yaml', null],
        ['modified', 'run.sh', 'run.sh'],
        ['type-changed', 'turned.yaml', 'turned.yaml'],
        ['added', null, 'vendor/sub'],
        ['modified', hostile, hostile],
      ]),
    );
    expect(diff).toHaveLength(8);
    const modes = (status: string, at: string) => {
      const entry = diff.find((one) => one.status === status && one.after?.path === at);
      return [entry?.before?.mode, entry?.after?.mode];
    };
    expect(modes('modified', 'run.sh')).toEqual(['file', 'executable']);
    expect(modes('type-changed', 'turned.yaml')).toEqual(['file', 'symlink']);
    expect(modes('added', 'vendor/sub')).toEqual([undefined, 'submodule']);
    expect(diff.find((one) => one.status === 'modified')?.before?.oid).not.toBe(
      diff.find((one) => one.status === 'modified')?.after?.oid,
    );
  });

  test('against nothing, everything is added', async () => {
    const diff = await repository.diff(null, first);
    expect(diff.every((entry) => entry.status === 'added' && entry.before === null)).toBe(true);
    expect(diff).toHaveLength((await repository.tree(first)).size);
  });

  test('resolve takes branches, short ids, tags and relative names', async () => {
    fixture.git(['tag', '-a', 'v1', '-m', 'Version', first]);
    expect(await repository.resolve('v1')).toBe(first);
    expect(await repository.resolve('main')).toBe(second);
    expect(await repository.resolve('HEAD~2')).toBe(first);
    expect(await repository.resolve(first.slice(0, 12))).toBe(first);
  });

  test.each([
    'nope',
    '-h',
    '--all',
    '^main',
    'main..HEAD',
    '',
    'HEAD\n',
    'main:apps',
    '0'.repeat(40),
    ':/nothing like that',
  ])('resolve refuses %j', async (rev) => {
    await expect(repository.resolve(rev)).rejects.toMatchObject({ name: 'GitError', kind: 'not-found' });
    expect(await repository.tryResolve(rev)).toBeNull();
  });

  test('grep finds paths by fixed text, also in or below a folder', async () => {
    expect(await repository.grep(first, 'kind: A')).toEqual(['apps/web.yaml']);
    expect(await repository.grep(first, 'kind. A')).toEqual([]);
    expect(await repository.grep(first, '-e nothing')).toEqual([]);
    expect(await repository.grep(first, 'secret:')).toEqual(['b\\xff\\xfed.yaml']);
    expect(await repository.grep(first, 'i', 'apps')).toEqual(['apps/old.yaml', 'apps/web.yaml']);
    expect(await repository.grep(first, 'i', 'app')).toEqual([]);
    expect(await repository.grep(first, 'i', '*')).toEqual([]);
    expect(await repository.grep(second, 'b\n'.trim(), HOSTILE.replace('\\x41', '\\x5cx41'))).toEqual([
      HOSTILE.replace('\\x41', '\\x5cx41'),
    ]);
  });

  test('a folder inside the work tree leads to the same repository', async () => {
    const inside = await open(path.join(fixture.directory, 'moved'));
    expect((await inside.tree('HEAD')).has('apps/web.yaml')).toBe(true);
  });

  test('nothing is written to the repository', async () => {
    const before = snapshot(fixture.directory);
    await repository.diff(first, second);
    await repository.hunks(first, second);
    await repository.grep(second, 'kind');
    await (await repository.index()).diff(first);
    await repository.commits(first, second, 10);
    expect(snapshot(fixture.directory)).toEqual(before);
  });
});

/** Names, sizes and times of everything below a folder. */
function snapshot(directory: string): string {
  return execFileSync('find', ['.', '-printf', '%p %s %T@\\n'], { cwd: directory, encoding: 'latin1' });
}

describe('kinds of repositories', () => {
  test('bare, linked work tree, SHA-256', async () => {
    const fixture = createGitFixture({ objectFormat: 'sha256' });
    const sha = fixture.commit({ a: 'a\n' });
    fixture.branch('other');
    const bare = path.join(temporaryFolder(), 'bare.git');
    fixture.git(['clone', '--quiet', '--bare', '.', bare]);
    const linked = path.join(temporaryFolder(), 'linked');
    fixture.git(['worktree', 'add', '--quiet', linked, 'main']);
    for (const directory of [bare, linked, path.join(fixture.directory, '.git')]) {
      const repository = await open(directory);
      expect(repository.objectFormat).toBe('sha256');
      expect(await repository.resolve('main')).toBe(sha);
      expect([...(await repository.tree('HEAD')).keys()]).toEqual(['a']);
      expect(await repository.diff(null, 'HEAD')).toHaveLength(1);
      expect((await repository.commits(null, 'main', 5)).commits.map((commit) => commit.sha)).toEqual([sha]);
    }
    expect(sha).toHaveLength(64);
  });

  test('an empty repository has no commits, and says so', async () => {
    const repository = await open(createGitFixture().directory);
    await expect(repository.resolve('HEAD')).rejects.toThrow('There is no commit `HEAD` in this repository');
    expect(await repository.tryResolve('main')).toBeNull();
    await expect(repository.defaultBase()).rejects.toThrow(/--base.*git remote set-head origin -a/);
  });

  test('a folder without a repository', async () => {
    await expect(openRepository(temporaryFolder())).rejects.toMatchObject({ kind: 'not-found' });
    await expect(openRepository('/no/such/folder')).rejects.toThrow('There is no folder /no/such/folder');
  });

  test('defaultBase is what origin/HEAD names', async () => {
    const upstream = createGitFixture();
    const sha = upstream.commit({ a: 'a\n' });
    const directory = path.join(temporaryFolder(), 'clone');
    upstream.git(['clone', '--quiet', '.', directory]);
    expect(await (await open(directory)).defaultBase()).toBe(sha);
  });

  test('hostile configuration and attributes of the repository change nothing', async () => {
    const fixture = createGitFixture();
    const marker = path.join(temporaryFolder(), 'ran');
    const script = `touch ${marker}; cat /dev/null`;
    const base = fixture.commit({
      '.gitattributes': '*.yaml -diff -text\n*.txt diff=evil\n',
      'a.yaml': 'a\n',
      'a.txt': 'a\n',
    });
    const head = fixture.commit({ 'a.yaml': 'b\n', 'a.txt': 'b\n' });
    for (const key of [
      'core.fsmonitor',
      'diff.external',
      'diff.evil.command',
      'diff.evil.textconv',
      'core.pager',
      'core.sshCommand',
    ]) {
      fixture.git(['config', key, script]);
    }
    fixture.git(['config', 'diff.noprefix', 'true']);
    fixture.git(['config', 'core.quotePath', 'true']);
    fixture.git(['config', 'diff.orderFile', '/etc/hostname']);
    const repository = await open(fixture.directory);
    expect([...(await repository.hunks(base, head)).keys()].sort()).toEqual(['a.txt', 'a.yaml']);
    expect(await repository.grep(head, 'b')).toEqual(['a.txt', 'a.yaml']);
    expect((await repository.index()).entries.size).toBe(3);
    expect(statSync(marker, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('replaced objects and grafts do not change what is shown', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ a: 'a\n' });
    const middle = fixture.commit({ a: 'secret\n' });
    const head = fixture.commit({ a: 'b\n' });
    fixture.git(['replace', head, base]);
    writeFileSync(path.join(fixture.directory, '.git/info-grafts'), '');
    mkdirSync(path.join(fixture.directory, '.git/info'), { recursive: true });
    writeFileSync(path.join(fixture.directory, '.git/info/grafts'), `${head} ${base}\n`);
    const repository = await open(fixture.directory);
    const { commits } = await repository.commits(base, head, 10);
    expect(commits.map((commit) => commit.sha)).toEqual([middle, head]);
    expect(await repository.diff(base, head)).toHaveLength(1);
  });
});

describe('mergeBase', () => {
  test('is the commit in common', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ a: 'a\n' });
    fixture.branch('side');
    const side = fixture.commit({ b: 'b\n' });
    fixture.checkout('main');
    const main = fixture.commit({ c: 'c\n' });
    const repository = await open(fixture.directory);
    expect(await repository.mergeBase(main, side)).toBe(base);
    expect(await repository.mergeBase('main', 'side')).toBe(base);
  });

  test('unrelated histories have none', async () => {
    const fixture = createGitFixture();
    fixture.commit({ a: 'a\n' });
    fixture.git(['checkout', '--quiet', '--orphan', 'other']);
    fixture.commit({ b: 'b\n' });
    const repository = await open(fixture.directory);
    await expect(repository.mergeBase('main', 'other')).rejects.toMatchObject({ kind: 'no-merge-base' });
  });

  test('a shallow clone without it names the command to run', async () => {
    const fixture = createGitFixture();
    fixture.commit({ a: 'a\n' });
    fixture.branch('side');
    fixture.commit({ b: 'b\n' });
    fixture.commit({ b: 'c\n' });
    fixture.checkout('main');
    fixture.commit({ c: 'c\n' });
    const clone = shallowClone(fixture, 1);
    const repository = await open(clone);
    expect(await repository.isShallow()).toBe(true);
    await expect(repository.mergeBase('origin/main', 'origin/side')).rejects.toMatchObject({
      kind: 'shallow',
    });
    await expect(repository.mergeBase('origin/main', 'origin/side')).rejects.toThrow('git fetch --unshallow');
    await expect(repository.resolve('main~1')).rejects.toThrow(/shallow/);
  });

  test('commits beyond the edge of a shallow clone are not passed over', async () => {
    const fixture = createGitFixture();
    fixture.commit({ a: 'a\n' });
    const main = fixture.commit({ a: 'b\n' });
    fixture.branch('side', 'main~1');
    fixture.commit({ b: 'b\n' });
    fixture.commit({ b: 'c\n' });
    fixture.branch('head', 'main');
    fixture.merge('side');
    const clone = shallowClone(fixture, 2);
    const repository = await open(clone);
    expect(await repository.mergeBase('origin/main', 'origin/head')).toBe(main);
    await expect(repository.commits('origin/main', 'origin/head', 100)).rejects.toMatchObject({
      kind: 'shallow',
    });
  });
});

function shallowClone(fixture: GitFixture, depth: number): string {
  const directory = path.join(temporaryFolder(), 'clone');
  execFileSync(
    'git',
    ['clone', '--quiet', `--depth=${depth}`, '--no-single-branch', `file://${fixture.directory}`, directory],
    { env: fixtureEnvironment(), stdio: 'pipe' },
  );
  return directory;
}

describe('damage and bombs', () => {
  test('a damaged object is corrupt, and one whose size is not even known counts as missing', async () => {
    const fixture = createGitFixture();
    const sha = fixture.commit({ a: randomBytes(100_000), b: 'b\n' });
    const repository = await open(fixture.directory);
    const damage = (id: string, kept: number): void => {
      const file = path.join(fixture.directory, '.git/objects', id.slice(0, 2), id.slice(2));
      const content = readFileSync(file);
      rmSync(file);
      writeFileSync(file, content.subarray(0, kept));
    };
    const [a, b] = ['a', 'b'].map((name) => fixture.git(['rev-parse', `HEAD:${name}`])) as [string, string];
    damage(a, 50_000);
    damage(b, 5);
    const limits = { maxBytesEach: 1_000_000, maxBytesTotal: 1_000_000 };
    await expect(repository.readBlobs([a], limits)).rejects.toMatchObject({ kind: 'corrupt' });
    expect((await repository.readBlobs([b], limits)).get(b)).toMatchObject({ skipped: 'missing' });
    damage(sha, 5);
    await expect(repository.resolve('HEAD')).rejects.toMatchObject({ kind: 'corrupt' });
  });

  test('a commit stored under the wrong id is refused', async () => {
    const fixture = createGitFixture();
    const sha = fixture.commit({ a: 'a\n' });
    const other = fixture.commit({ a: 'b\n' }, 'Forged');
    const objects = path.join(fixture.directory, '.git/objects');
    const file = (id: string): string => path.join(objects, id.slice(0, 2), id.slice(2));
    const forged = readFileSync(file(other));
    rmSync(file(sha));
    writeFileSync(file(sha), forged);
    const repository = await open(fixture.directory);
    await expect(repository.commit(sha)).rejects.toMatchObject({ kind: 'corrupt' });
  });

  test('objects that a force push removed are not found', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ a: 'a\n' });
    const gone = fixture.commit({ a: 'b\n' });
    fixture.git(['reset', '--quiet', '--hard', base]);
    fixture.git(['reflog', 'expire', '--expire=now', '--all']);
    fixture.git(['gc', '--quiet', '--prune=now']);
    const repository = await open(fixture.directory);
    for (const failing of [
      () => repository.resolve(gone),
      () => repository.tree(gone),
      () => repository.diff(base, gone),
      () => repository.mergeBase(base, gone),
      () => repository.commits(base, gone, 10),
      () => repository.commit(gone),
      () => repository.hunks(base, gone),
      () => repository.grep(gone, 'x'),
    ]) {
      await expect(failing()).rejects.toMatchObject({ name: 'GitError', kind: 'not-found' });
    }
    const read = await repository.readBlobs([gone], { maxBytesEach: 10, maxBytesTotal: 10 });
    expect(read.get(gone)).toEqual({ skipped: 'missing', size: 0 });
  });

  test('a tree that names billions of paths hits the limit', async () => {
    const fixture = createGitFixture();
    const blob = fixture.git(['hash-object', '-w', '--stdin'], 'x');
    let entries = Array.from(
      { length: 32 },
      (_, index) => `100644 blob ${blob}\t${'file'.repeat(10)}${index}\n`,
    ).join('');
    for (let depth = 0; depth < 7; depth += 1) {
      const tree = fixture.git(['mktree'], entries);
      entries = Array.from(
        { length: 32 },
        (_, index) => `040000 tree ${tree}\t${'folder'.repeat(10)}${index}\n`,
      ).join('');
    }
    const head = fixture.git(['commit-tree', '-m', 'Bomb', fixture.git(['mktree'], entries)]);
    const repository = await open(fixture.directory);
    await expect(repository.tree(head)).rejects.toMatchObject({ kind: 'limit' });
  });

  test('a .git file that leads nowhere', async () => {
    const fixture = createGitFixture();
    renameSync(path.join(fixture.directory, '.git'), path.join(fixture.directory, 'elsewhere'));
    writeFileSync(path.join(fixture.directory, '.git'), 'gitdir: ./missing\n');
    await expect(openRepository(fixture.directory)).rejects.toThrow(/is not a git folder/);
    writeFileSync(path.join(fixture.directory, '.git'), 'gitdir: elsewhere\n');
    expect((await open(fixture.directory)).gitDir).toBe(path.join(fixture.directory, 'elsewhere'));
    appendFileSync(path.join(fixture.directory, 'elsewhere/config'), '\n[broken');
    await expect(openRepository(fixture.directory)).rejects.toMatchObject({ kind: 'corrupt' });
  });
});
