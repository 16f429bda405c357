import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseCommit } from '../../src/demo/embedded/git-commits.ts';
import { diffTrees, mapLine } from '../../src/demo/embedded/git-diff.ts';
import { createCommitSigner, readSshSignature } from '../../src/demo/embedded/signing.ts';
import type { EmbeddedRepository } from '../../src/demo/embedded/state.ts';
import { type Fixture, numberedLines, startFixture } from './fixture.ts';

const run = promisify(execFile);
let fixture: Fixture;
let repository: EmbeddedRepository;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'embedded-git-'));
  fixture = await startFixture();
  repository = await fixture.github.createRepository('acme/deploy');
  await fixture.github.commit(repository, {
    branch: 'main',
    files: { 'a.yaml': 'a: 1\n' },
    message: 'First',
  });
});
afterAll(async () => {
  await fixture.close();
  await rm(scratch, { recursive: true, force: true });
});

describe('fetching over HTTP', () => {
  const lsRemote = async (token: string | null, url = repository.cloneUrl): Promise<string> => {
    const credentials = Buffer.from(`x-access-token:${token ?? ''}`).toString('base64');
    const { stdout } = await run('git', ['ls-remote', url], {
      env: {
        PATH: process.env['PATH'] ?? '',
        GIT_TERMINAL_PROMPT: '0',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        ...(token === null
          ? {}
          : {
              GIT_CONFIG_COUNT: '1',
              GIT_CONFIG_KEY_0: 'http.extraHeader',
              GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
            }),
      },
    });
    return stdout;
  };

  test('works with a token that may read the contents', async () => {
    const token = await fixture.token('acme', { permissions: { contents: 'read' } });
    const pushed = await fixture.github.push(repository, { branch: 'x', files: { b: '' } });
    expect(await lsRemote(token)).toContain(`${pushed}\trefs/heads/x`);
    const clone = path.join(scratch, 'clone.git');
    const header = `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
    execFileSync('git', ['init', '--quiet', '--bare', clone]);
    // A commit that no branch names any more can still be asked for by its id, as on GitHub.
    await fixture.github.pushCommit(repository, 'x', null);
    const fetchArgs = [
      '-C',
      clone,
      '-c',
      `http.extraHeader=${header}`,
      '-c',
      'protocol.version=2',
      'fetch',
      '--quiet',
    ];
    await run('git', [...fetchArgs, repository.cloneUrl, pushed]);
    expect(execFileSync('git', ['-C', clone, 'cat-file', '-t', pushed], { encoding: 'utf8' })).toBe(
      'commit\n',
    );
  });

  test.each([
    ['without a token', null, /Authentication failed|could not read Username/],
    ['with an unknown token', 'ghs_unknown', /Authentication failed|could not read Username/],
  ])('is refused %s', async (_, token, message) => {
    await expect(lsRemote(token)).rejects.toThrow(message);
    expect((await fetch(`${repository.cloneUrl}/info/refs?service=git-upload-pack`)).status).toBe(401);
  });

  test('is refused without the permission, for other repositories, and for pushes', async () => {
    const status = async (token: string, url: string): Promise<number> => {
      const authorization = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
      return (await fetch(url, { headers: { authorization } })).status;
    };
    const refs = `${repository.cloneUrl}/info/refs?service=git-upload-pack`;
    const checksOnly = await fixture.token('acme', { permissions: { checks: 'write' } });
    expect(await status(checksOnly, refs)).toBe(403);
    await fixture.github.createRepository('globex/deploy');
    const other = await fixture.token('globex');
    expect(await status(other, refs)).toBe(404);
    const token = await fixture.token('acme');
    expect(await status(token, refs)).toBe(200);
    expect(await status(token, refs.replace('upload', 'receive'))).toBe(403);
  });
});

describe('a diff', () => {
  const commit = (
    branch: string,
    files: Parameters<typeof fixture.github.commit>[1]['files'],
  ): Promise<string> => fixture.github.commit(repository, { branch, from: 'main', files, message: branch });

  test('is not misled by content that looks like a diff, or by strange names', async () => {
    const hostile = ['--- a/x', '+++ b/x', '@@ -1 +1 @@', 'diff --git a/y b/y', '\\ No newline', ''].join(
      '\n',
    );
    const strange = 'we"ird\n\tnäme \\ .yaml';
    const from = await commit('hostile', { 'h.txt': hostile, [strange]: 'a\n', 'z.txt': 'z' });
    const to = await fixture.github.commit(repository, {
      branch: 'hostile',
      files: { 'h.txt': `${hostile}-- more\n`, [strange]: 'b\n', 'z.txt': 'z\n' },
      message: 'Change',
    });
    const files = await diffTrees(repository.gitDirectory, from, to);
    expect(files.map(({ path: name, additions, deletions }) => [name, additions, deletions])).toEqual([
      ['h.txt', 1, 0],
      [strange, 1, 1],
      ['z.txt', 1, 1],
    ]);
    expect(files[0]?.hunks[0]?.lines.at(-1)).toEqual({
      type: 'added',
      left: null,
      right: 6,
      text: '-- more',
    });
    expect(files[2]?.patch).toBe('@@ -1 +1 @@\n-z\n\\ No newline at end of file\n+z');
  });

  test('keeps files apart when one becomes a link', async () => {
    const from = await commit('link', { 'b.txt': 'text\n', 'c.txt': 'c\n' });
    const files = { 'b.txt': { mode: '120000', content: 'a.yaml' } as const, 'c.txt': 'C\n' };
    const to = await fixture.github.commit(repository, { branch: 'link', files, message: 'Link' });
    const diff = await diffTrees(repository.gitDirectory, from, to);
    expect(diff.map((file) => [file.path, file.status, file.additions, file.deletions])).toEqual([
      ['b.txt', 'changed', 1, 1],
      ['c.txt', 'modified', 1, 1],
    ]);
  });

  test('has no patch for content that GitHub does not show', async () => {
    const from = await commit('big', { 'big.txt': '' });
    const files = { 'big.txt': 'x\n'.repeat(300_000), bin: new Uint8Array([0, 255]) };
    const to = await fixture.github.commit(repository, { branch: 'big', files, message: 'Big' });
    const diff = await diffTrees(repository.gitDirectory, from, to);
    expect(diff.map((file) => [file.path, file.patch, file.hunks.length])).toEqual([
      ['big.txt', null, 0],
      ['bin', null, 0],
    ]);
  });

  test('tells where a line went', async () => {
    const from = await commit('map', { 'm.txt': numberedLines(10) });
    const text = `top\n${numberedLines(10, { 4: 'four\nfour and a half' }).replace('line 8\n', '').replace('line 6\n', 'line 6\nbetween\n')}`;
    const to = await fixture.github.commit(repository, {
      branch: 'map',
      files: { 'm.txt': text },
      message: 'Map',
    });
    const now = (line: number): Promise<number | null> =>
      mapLine(repository.gitDirectory, from, to, 'm.txt', line);
    expect(await Promise.all([1, 3, 4, 5, 6, 7, 8, 9, 10].map(now))).toEqual([
      2,
      4,
      null,
      7,
      8,
      10,
      null,
      11,
      12,
    ]);
    expect(await mapLine(repository.gitDirectory, from, to, 'other.txt', 3)).toBe(3);
  });
});

describe('a commit', () => {
  test('is read header by header', () => {
    const raw = [
      `tree ${'a'.repeat(40)}`,
      `parent ${'b'.repeat(40)}`,
      'author A U Thor <a@example.org> 1700000000 +0100',
      'committer C <c@example.org> 1700000001 -0700',
      'gpgsig -----BEGIN X-----',
      ' ',
      ' line',
      ' -----END X-----',
      '',
      'Subject',
      '',
      'gpgsig not a header',
      '',
    ].join('\n');
    const commit = parseCommit('c'.repeat(40), Buffer.from(raw));
    expect(commit).toMatchObject({
      parents: ['b'.repeat(40)],
      author: { name: 'A U Thor', email: 'a@example.org', date: '2023-11-14T22:13:20Z' },
      signature: '-----BEGIN X-----\n\nline\n-----END X-----',
      message: 'Subject\n\ngpgsig not a header\n',
    });
    expect(commit.payload).toBe(raw.replace(/gpgsig -[^]*END X-----\n/, ''));
    const unsigned = commit.payload;
    expect(parseCommit('d'.repeat(40), Buffer.from(unsigned))).toMatchObject({
      signature: null,
      payload: unsigned,
    });
  });
});

describe('a signature', () => {
  const payload = Buffer.from('tree 0\n\nmessage\n');

  test('is the one that ssh-keygen expects', async () => {
    const signer = createCommitSigner();
    const signers = path.join(scratch, 'signers');
    const signature = path.join(scratch, 'signature');
    await writeFile(signers, `someone ${signer.publicKey}\n`);
    await writeFile(signature, signer.sign(payload));
    const args = ['-Y', 'verify', '-f', signers, '-I', 'someone', '-n', 'git', '-s', signature];
    const output = execFileSync('ssh-keygen', args, { input: payload, encoding: 'utf8' });
    expect(output).toContain(signer.fingerprint);
  });

  test('belongs to one key and one text', () => {
    const signer = createCommitSigner();
    const signature = signer.sign(payload);
    expect(readSshSignature(signature, payload)).toEqual({ publicKey: signer.publicKey, valid: true });
    expect(readSshSignature(signature, Buffer.from('other'))?.valid).toBe(false);
    expect(readSshSignature('-----BEGIN PGP SIGNATURE-----\n', payload)).toBeNull();
    const cut = signature.replace(/\n[^\n]+\n-----END/, '\n-----END');
    expect(readSshSignature(cut, payload)).toBeNull();
  });
});
