import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createMirrors, type FetchRequest, type Mirrors } from '../../src/git/mirrors.ts';
import { checkUrl, matchesRef } from '../../src/git/remote.ts';
import type { Repository } from '../../src/git/repository.ts';
import { createGitFixture, removeFolders, temporaryFolder, type GitFixture } from '../support/git-fixture.ts';
import { serveGit, type GitHttpServer } from '../support/git-http.ts';

const TOKEN = ['ghs', 'evidently', 'fake', '123'].join('_');
const BASIC = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');

let upstream: GitFixture;
let server: GitHttpServer;
let url: string;
const opened: Repository[] = [];

beforeAll(async () => {
  upstream = createGitFixture();
  server = await serveGit(path.dirname(upstream.directory));
  url = `${server.origin}/${path.basename(upstream.directory)}/.git`;
});

afterAll(async () => {
  await server.close();
  removeFolders();
});

let directory: string;
let mirrors: Mirrors;
let base: string;
beforeEach(() => {
  server.answer = null;
  server.authorizations.length = 0;
  directory = path.join(temporaryFolder(), 'cache', 'mirrors');
  mirrors = createMirrors({ directory });
  base = upstream.commit({ 'a.yaml': `${Math.random()}\n` }, 'Base', { empty: true });
});

afterEach(() => {
  for (const repository of opened.splice(0)) repository.close();
});

async function fetch(request: Partial<FetchRequest> = {}): Promise<Repository> {
  const repository = await mirrors.fetch({
    key: 'example.org/1',
    url,
    refspecs: ['+refs/heads/main:refs/heads/main'],
    token: TOKEN,
    ...request,
  });
  opened.push(repository);
  return repository;
}

const mirrorFolder = (): string => path.join(directory, readdirSync(directory)[0] ?? '');

describe('fetch', () => {
  test('brings a tag by its id, of whatever it is one', async () => {
    const file = upstream.git(['hash-object', '-w', '--stdin'], 'a key\n');
    upstream.git(['tag', '-a', '-m', 'Of a commit', 'of-commit']);
    upstream.git(['tag', '-a', '-m', 'Of a file', 'of-file', file]);
    for (const [name, type] of [
      ['of-commit', 'commit'],
      ['of-file', 'blob'],
    ] as const) {
      const id = upstream.git(['rev-parse', name]);
      const repository = await fetch({ refspecs: [id] });
      expect(await repository.tag(id)).toMatchObject({ name, targetType: type });
    }
    upstream.git(['tag', '-d', 'of-commit', 'of-file']);
    await expect(fetch({ refspecs: ['7'.repeat(40)] })).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('makes a bare mirror with what was asked for, and brings it up to date', async () => {
    const repository = await fetch();
    expect(await repository.resolve('refs/heads/main')).toBe(base);
    expect([...(await repository.tree(base)).keys()]).toContain('a.yaml');
    const next = upstream.commit({ 'b.yaml': 'b\n' });
    const again = await fetch();
    expect(await again.resolve('refs/heads/main')).toBe(next);
    expect(readdirSync(directory)).toHaveLength(1);
    expect(existsSync(path.join(mirrorFolder(), 'FETCH_HEAD'))).toBe(false);
    expect(readdirSync(path.join(mirrorFolder()))).not.toContain('hooks');
  });

  test('pull requests of forks, and single commits', async () => {
    upstream.branch(`fork-${base.slice(0, 6)}`);
    const fork = upstream.commit({ fork: `${Math.random()}` });
    const tip = upstream.commit({ fork: `${Math.random()}` });
    upstream.git(['update-ref', 'refs/pull/7/head', tip]);
    upstream.checkout('main');
    const repository = await fetch({
      refspecs: ['+refs/pull/7/head:refs/pull/7/head', `+${fork}:refs/gitops-warden/commits/${fork}`],
    });
    expect(await repository.resolve('refs/pull/7/head')).toBe(tip);
    expect(await repository.resolve(fork)).toBe(fork);
    expect(await repository.tryResolve('refs/heads/main')).toBeNull();
  });

  test('a force push replaces the ref', async () => {
    await fetch();
    upstream.git(['commit', '--quiet', '--amend', '-m', 'Rewritten']);
    expect(await (await fetch()).resolve('refs/heads/main')).toBe(upstream.head());
  });

  test('a branch in the place of a folder of branches', async () => {
    upstream.git(['branch', '-f', 'topic', 'main']);
    await fetch({ refspecs: ['+refs/heads/topic:refs/heads/topic'] });
    upstream.git(['branch', '-D', 'topic']);
    upstream.git(['branch', '-f', 'topic/deep', 'main']);
    const repository = await fetch({ refspecs: ['+refs/heads/topic/deep:refs/heads/topic/deep'] });
    expect(await repository.resolve('refs/heads/topic/deep')).toBe(base);
    upstream.git(['branch', '-D', 'topic/deep']);
  });

  test.each([
    ['a deleted branch', { refspecs: ['+refs/heads/gone:refs/heads/gone'] }],
    ['a commit that a force push removed', { refspecs: [`+${'1'.repeat(40)}:refs/gitops-warden/commits/x`] }],
  ])('%s is not found', async (_, request) => {
    await expect(fetch(request)).rejects.toMatchObject({ name: 'GitError', kind: 'not-found' });
  });

  test('a repository that is not there is not found, an empty one has no such ref', async () => {
    await expect(fetch({ url: `${server.origin}/none.git` })).rejects.toMatchObject({ kind: 'not-found' });
    const empty = createGitFixture({ bare: true });
    const emptyUrl = `${server.origin}/${path.basename(empty.directory)}`;
    await expect(fetch({ url: emptyUrl, key: 'empty' })).rejects.toMatchObject({ kind: 'not-found' });
    expect(await mirrors.lsRemote({ url: emptyUrl, token: null, patterns: ['refs/heads/*'] })).toEqual(
      new Map(),
    );
  });

  test('fetches of one repository wait for each other, those of several do not mix', async () => {
    const [first, second, other] = await Promise.all([fetch(), fetch(), fetch({ key: 'example.org/2' })]);
    for (const repository of [first, second, other])
      expect(await repository.resolve('refs/heads/main')).toBe(base);
    expect(first.gitDir).toBe(second.gitDir);
    expect(other.gitDir).not.toBe(first.gitDir);
  });

  test('keys cannot lead out of the folder, nor share one', async () => {
    const repositories = await Promise.all(['../../evil', 'a/b', 'a-b', '/'].map((key) => fetch({ key })));
    const folders = repositories.map((repository) => repository.gitDir);
    expect(new Set(folders).size).toBe(4);
    expect(folders.every((folder) => path.dirname(folder) === directory)).toBe(true);
    expect(statSync(directory).mode & 0o077).toBe(0);
  });

  test('a damaged mirror is built anew', async () => {
    (await fetch()).close();
    writeFileSync(path.join(mirrorFolder(), 'refs/heads/main'), 'nonsense\n');
    expect(await (await fetch()).resolve('refs/heads/main')).toBe(base);
    const objects = path.join(mirrorFolder(), 'objects');
    for (const name of readdirSync(objects)) rmSync(path.join(objects, name), { recursive: true });
    expect(await (await fetch()).resolve('refs/heads/main')).toBe(base);
    writeFileSync(path.join(mirrorFolder(), 'config'), '[broken');
    expect(await (await fetch()).resolve('refs/heads/main')).toBe(base);
    writeFileSync(path.join(mirrorFolder(), 'refs/heads/main.lock'), '');
    const next = upstream.commit({ 'a.yaml': 'after a crash\n' });
    expect(await (await fetch()).resolve('refs/heads/main')).toBe(next);
  });

  test('discard deletes a mirror', async () => {
    await fetch();
    await mirrors.discard('example.org/1');
    expect(readdirSync(directory)).toEqual([]);
    await mirrors.discard('never seen');
  });

  test.each(['--upload-pack=touch x', '', ':refs/heads/main', 'a b:c', 'a:b:c', 'refs/heads/x:-y', '+'])(
    'refuses the refspec %j',
    async (refspec) => {
      await expect(fetch({ refspecs: [refspec] })).rejects.toThrow(/refspecs/);
    },
  );

  test('an abort before its turn and during the fetch', async () => {
    const reason = new Error('superseded');
    await expect(fetch({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    server.answer = () => {
      controller.abort(reason);
    };
    await expect(fetch({ signal: controller.signal })).rejects.toBe(reason);
    server.answer = null;
    expect(await (await fetch()).resolve('refs/heads/main')).toBe(base);
  });

  test('a server that does not answer in time', async () => {
    server.answer = () => undefined;
    mirrors = createMirrors({ directory, timeoutMs: 300 });
    await expect(fetch()).rejects.toMatchObject({ kind: 'timeout' });
  });
});

describe('the token', () => {
  test('reaches the server, and only in a header', async () => {
    await fetch();
    expect(server.authorizations.length).toBeGreaterThan(0);
    expect(new Set(server.authorizations)).toEqual(new Set([`Basic ${BASIC}`]));
    expect(readFileSync(path.join(mirrorFolder(), 'config'), 'utf8')).not.toMatch(/basic|authorization/i);
    server.authorizations.length = 0;
    await fetch({ token: null });
    expect(new Set(server.authorizations)).toEqual(new Set([null]));
  });

  test('is in no argument of any process', async () => {
    const recorded = path.join(temporaryFolder(), 'arguments');
    const bin = temporaryFolder();
    const git = process.env['PATH']
      ?.split(':')
      .map((folder) => path.join(folder, 'git'))
      .find((file) => existsSync(file));
    // Records its own arguments, and those of everything that runs while the server is being talked to.
    writeFileSync(
      path.join(bin, 'git'),
      `#!/bin/sh\ntr '\\0' ' ' < /proc/$$/cmdline >> ${recorded}\nexec ${git} "$@"\n`,
    );
    chmodSync(path.join(bin, 'git'), 0o755);
    const original = process.env['PATH'];
    const seen: string[] = [];
    process.env['PATH'] = `${bin}:${original}`;
    server.answer = (_, response) => {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
          seen.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
        } catch {
          // It has ended.
        }
      }
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    };
    try {
      await expect(fetch()).rejects.toMatchObject({ kind: 'auth' });
      await expect(mirrors.lsRemote({ url, token: TOKEN, patterns: ['*'] })).rejects.toMatchObject({
        kind: 'auth',
      });
    } finally {
      process.env['PATH'] = original;
    }
    const all = readFileSync(recorded, 'utf8') + seen.join('\n');
    expect(all).toContain('ls-remote');
    expect(all).toMatch(/remote-http/);
    expect(all).not.toContain(TOKEN);
    expect(all).not.toContain(BASIC);
  });

  test('is in no error, even when the server repeats it', async () => {
    server.answer = (_, response) => {
      response.writeHead(403, { 'content-type': 'text/plain' }).end(`no ${TOKEN} ${BASIC}\n`);
    };
    const error = await fetch().catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ name: 'GitError', kind: 'auth' });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(TOKEN);
    expect(String((error as Error).stack)).not.toContain(BASIC);
  });

  test('does not follow a redirect', async () => {
    const elsewhere = await serveGit(path.dirname(upstream.directory));
    server.answer = (request, response) => {
      response.writeHead(302, { location: `${elsewhere.origin}${request.url ?? ''}` }).end();
    };
    await expect(fetch()).rejects.toMatchObject({ name: 'GitError' });
    expect(elsewhere.authorizations).toEqual([]);
    await elsewhere.close();
  });
});

describe('remote failures', () => {
  test.each([
    [500, 'network'],
    [502, 'network'],
    [404, 'not-found'],
    [401, 'auth'],
  ])('status %d is %s', async (status, kind) => {
    server.answer = (_, response) => {
      response.writeHead(status).end();
    };
    await expect(fetch()).rejects.toMatchObject({ kind });
  });

  test('a connection that breaks, and one that nobody takes', async () => {
    server.answer = (request) => {
      request.socket.destroy();
    };
    await expect(fetch()).rejects.toMatchObject({ kind: 'network' });
    await expect(fetch({ url: 'http://127.0.0.1:1/x.git' })).rejects.toMatchObject({ kind: 'network' });
  });

  test.each([
    'file:///etc',
    'ssh://git@example.org/x',
    'git@example.org:x',
    'ext::sh -c id',
    '/tmp/x',
    'https:x',
    ['https://u', 'p@h/x'].join(':'),
    '',
  ])('refuses the address %j', (address) => {
    expect(() => checkUrl(address)).toThrow(/must/);
  });
});

describe('lsRemote', () => {
  test('lists the refs that match, and no others', async () => {
    for (const ref of [
      'refs/pull/1/head',
      'refs/pull/22/head',
      'refs/pull/1/merge',
      'refs/heads/x/refs/pull/3/head',
    ]) {
      upstream.git(['update-ref', ref, base]);
    }
    upstream.git(['tag', '-f', '-a', 'v1', '-m', 'v1', base]);
    const refs = await mirrors.lsRemote({
      url,
      token: TOKEN,
      patterns: ['refs/pull/*/head', 'refs/heads/main', 'refs/tags/*'],
    });
    expect([...refs.keys()].filter((ref) => !ref.startsWith('refs/pull/7/')).sort()).toEqual([
      'refs/heads/main',
      'refs/pull/1/head',
      'refs/pull/22/head',
      'refs/tags/v1',
    ]);
    expect(refs.get('refs/pull/22/head')).toBe(base);
    expect(server.authorizations).toContain(`Basic ${BASIC}`);
  });

  test('patterns match whole names; * also stands for slashes', () => {
    expect(matchesRef('refs/heads/queue/*', 'refs/heads/queue/main/pr-1')).toBe(true);
    expect(matchesRef('refs/heads/a.b', 'refs/heads/axb')).toBe(false);
    expect(matchesRef('refs/heads/a', 'refs/heads/ab')).toBe(false);
  });
});
