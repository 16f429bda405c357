import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { createGitFixture, createSshKey, removeFolders, type GitFixture } from '../support/git-fixture.ts';

const opened: Repository[] = [];
afterAll(() => {
  for (const repository of opened) repository.close();
  removeFolders();
});

async function open(fixture: GitFixture): Promise<Repository> {
  const repository = await openRepository(fixture.directory);
  opened.push(repository);
  return repository;
}

describe('commits', () => {
  test('those of the head that the base does not have, parents first', async () => {
    const fixture = createGitFixture();
    fixture.commit({ a: '1' });
    fixture.branch('side');
    const one = fixture.commit({ b: '1' }, 'One', { author: 'Eve <eve@example.org>' });
    fixture.checkout('main');
    fixture.commit({ a: '2' }, 'Not ours');
    fixture.checkout('side');
    const merge = fixture.merge('main');
    const two = fixture.commit({ b: '2' }, 'Two\n\nBody');
    const repository = await open(fixture);
    const { commits, truncated } = await repository.commits('main', 'side', 10);
    expect(truncated).toBe(false);
    expect(commits.map((commit) => commit.sha)).toEqual([one, merge, two]);
    expect(commits[0]).toMatchObject({
      subject: 'One',
      authorName: 'Eve',
      authorEmail: 'eve@example.org',
      committerName: 'Carl Committer',
    });
    expect(commits[1]?.parents).toHaveLength(2);
    expect(commits[2]).toMatchObject({ subject: 'Two', parents: [merge], signature: { state: 'unsigned' } });
  });

  test('a limit leaves out the oldest, and says so', async () => {
    const fixture = createGitFixture();
    const shas = ['1', '2', '3', '4'].map((content) => fixture.commit({ a: content }));
    const repository = await open(fixture);
    const cut = await repository.commits(shas[0]!, shas[3]!, 2);
    expect(cut.commits.map((commit) => commit.sha)).toEqual(shas.slice(2));
    expect(cut.truncated).toBe(true);
    expect((await repository.commits(shas[0]!, shas[3]!, 3)).truncated).toBe(false);
    expect((await repository.commits(null, shas[3]!, 10)).commits).toHaveLength(4);
    expect(await repository.commits(shas[3]!, shas[3]!, 10)).toEqual({ commits: [], truncated: false });
  });

  test('a real SSH signature: its kind, and the bytes that ssh-keygen verifies', async () => {
    const fixture = createGitFixture();
    const key = createSshKey();
    const sha = fixture.commit({ a: '1' }, 'Signed', { sign: key });
    const repository = await open(fixture);
    const { commit, signature } = await repository.commit(sha);
    const signed = signature.state === 'signed' ? signature.parts : null;
    expect(commit.signature).toMatchObject({ state: 'unavailable', kind: 'ssh' });
    fixture.write({
      signature: signed!.signature,
      allowed: `me@example.org ${readFileSync(`${key.file}.pub`, 'utf8')}`,
    });
    const verify = (payload: Uint8Array): string =>
      execFileSync(
        'ssh-keygen',
        ['-Y', 'verify', '-f', 'allowed', '-I', 'me@example.org', '-n', 'git', '-s', 'signature'],
        {
          cwd: fixture.directory,
          input: payload,
          encoding: 'utf8',
          stdio: 'pipe',
        },
      );
    expect(verify(signed!.payload)).toMatch(/^Good "git" signature/);
    expect(() => verify(Buffer.concat([signed!.payload, Buffer.from('x')]))).toThrow();
  });

  test('more commits than are read at a time', async () => {
    const fixture = createGitFixture();
    const stream = Array.from({ length: 700 }, (_, index) =>
      [
        'commit refs/heads/many',
        `mark :${index + 1}`,
        'committer C <c@example.org> 1700000000 +0000',
        `data ${`c${index}`.length}`,
        `c${index}`,
        ...(index === 0 ? [] : [`from :${index}`]),
        `M 100644 inline f${index % 5}`,
        `data ${`v${index}`.length}`,
        `v${index}`,
        '',
      ].join('\n'),
    ).join('');
    fixture.git(['fast-import', '--quiet'], stream);
    const repository = await open(fixture);
    const { commits } = await repository.commits(null, 'many', 10_000);
    expect(commits.map((commit) => commit.subject)).toEqual(
      Array.from({ length: 700 }, (_, index) => `c${index}`),
    );
    const { versions } = await repository.pastVersions(null, 'many', 10_000);
    // The last version of each of the five files is the head's.
    expect(versions).toHaveLength(695);
  });
});

describe('past versions', () => {
  test('what came and went between, each once, without the versions of base and head', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ a: 'base\n', kept: 'same\n', link: { link: 'a' } });
    const leak = fixture.commit({ a: 'leak\n', temporary: 'short-lived\n', 'bytes:b\xff': 'raw\n' });
    fixture.commit({ a: 'base\n', temporary: null, 'bytes:b\xff': null });
    fixture.commit({ a: 'leak\n' });
    const head = fixture.commit({ a: 'head\n', kept: { executable: 'same\n' } });
    const repository = await open(fixture);
    const { versions, truncated } = await repository.pastVersions(base, head, 100);
    expect(truncated).toBe(false);
    expect(versions).toEqual([
      { commit: leak, path: 'a', mode: 'file', oid: fixture.git(['rev-parse', `${leak}:a`]) },
      expect.objectContaining({ commit: leak, path: 'b\\xff' }),
      expect.objectContaining({ commit: leak, path: 'temporary' }),
    ]);
    expect(await repository.pastVersions(base, head, 2)).toMatchObject({
      truncated: true,
      versions: [{ path: 'a' }, { path: 'b\\xff' }],
    });
  });

  test('of a merge only what differs from all parents: what the merge itself brought in', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ a: 'base\n', b: 'base\n' });
    fixture.branch('side');
    fixture.commit({ b: 'side\n' });
    fixture.checkout('main');
    fixture.commit({ a: 'main\n' });
    const merge = fixture.merge('side', 'Evil merge', { evil: 'smuggled\n', a: 'altered\n' });
    fixture.commit({ evil: null, a: 'clean\n', b: 'clean\n' });
    const repository = await open(fixture);
    const ofMerge = await repository.changedVersions([merge], { limit: 10 });
    expect(ofMerge.versions.map((version) => version.path)).toEqual(['a', 'evil']);
    const { versions } = await repository.pastVersions(base, 'HEAD', 100);
    expect(versions.filter((version) => version.commit === merge).map((version) => version.path)).toEqual([
      'a',
      'evil',
    ]);
    expect(
      versions
        .filter((version) => version.commit !== merge)
        .map((version) => version.path)
        .sort(),
    ).toEqual(['a', 'b']);
  });

  test('a root commit inside the range counts in full', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ a: 'a\n' });
    fixture.git(['checkout', '--quiet', '--orphan', 'other']);
    fixture.git(['rm', '-r', '-f', '--quiet', '.']);
    const root = fixture.commit({ smuggled: 'x\n' });
    fixture.commit({ smuggled: null, other: 'y\n' });
    fixture.checkout('main');
    fixture.git(['merge', '--quiet', '--allow-unrelated-histories', '-m', 'Merge', 'other']);
    const repository = await open(fixture);
    const { versions } = await repository.pastVersions(base, 'HEAD', 100);
    expect(versions).toEqual([expect.objectContaining({ commit: root, path: 'smuggled' })]);
  });

  test('no commits, no versions', async () => {
    const fixture = createGitFixture();
    const head = fixture.commit({ a: 'a\n' });
    const repository = await open(fixture);
    expect(await repository.pastVersions(head, head, 10)).toEqual({ versions: [], truncated: false });
  });
});
