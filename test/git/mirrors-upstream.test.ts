import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { collectChange } from '../../src/git/collect-change.ts';
import { createMirrors, type FetchRequest, type Mirrors } from '../../src/git/mirrors.ts';
import type { Repository } from '../../src/git/repository.ts';
import { createGitFixture, removeFolders, temporaryFolder, type GitFixture } from '../support/git-fixture.ts';
import { serveGit, type GitHttpServer } from '../support/git-http.ts';

const TOKEN = ['ghs', 'evidently', 'fake', '456'].join('_');
const AUTHORIZATION = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`;

let server: GitHttpServer;
let upstream: GitFixture;
let directory: string;
let mirrors: Mirrors;
const opened: Repository[] = [];

beforeAll(async () => {
  server = await serveGit(path.dirname(temporaryFolder()));
});
afterAll(async () => {
  await server.close();
  removeFolders();
});
beforeEach(() => {
  server.answer = null;
  server.authorizations.length = 0;
  upstream = createGitFixture();
  directory = temporaryFolder();
  mirrors = createMirrors({ directory });
});
afterEach(() => {
  for (const repository of opened.splice(0)) repository.close();
});

const urlOf = (fixture: GitFixture): string => `${server.origin}/${path.basename(fixture.directory)}/.git`;

async function fetch(request: Partial<FetchRequest> = {}): Promise<Repository> {
  const repository = await mirrors.fetch({
    key: 'example.org/1',
    url: urlOf(upstream),
    refspecs: ['+refs/heads/main:refs/heads/main'],
    token: null,
    ...request,
  });
  opened.push(repository);
  return repository;
}

const byId = (sha: string): string => `+${sha}:refs/gitops-warden/commits/${sha}`;

function forget(fixture: GitFixture): void {
  fixture.git(['reflog', 'expire', '--expire=now', '--all']);
  fixture.git(['gc', '--quiet', '--prune=now']);
}

/** Hands requests on to the server, and its answers back after `alter`. */
async function relay(
  alter: (body: Buffer) => void,
  admits: (request: IncomingMessage) => boolean = () => true,
): Promise<GitHttpServer> {
  const relaying = await serveGit('/nonexistent');
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', headers } = request;
    const handed = ['content-type', 'content-encoding', 'git-protocol'].flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    const answer = await globalThis.fetch(`${server.origin}${request.url ?? ''}`, {
      method,
      headers: Object.fromEntries(handed),
      ...(method === 'POST' ? { body: await buffer(request) } : {}),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    alter(body);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(body);
  };
  relaying.answer = (request, response) => {
    if (admits(request)) {
      pass(request, response).catch((error: unknown) => response.destroy(error as Error));
      return;
    }
    response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end('Bad credentials');
  };
  return relaying;
}

describe('a force push that removes commits', () => {
  let base: string;
  let removed: string;
  let rewritten: string;
  beforeEach(() => {
    base = upstream.commit({ 'a.yaml': 'a\n' });
    removed = upstream.commit({ 'a.yaml': 'removed\n' });
  });
  const forcePush = (): void => {
    upstream.git(['reset', '--quiet', '--hard', base]);
    rewritten = upstream.commit({ 'a.yaml': 'rewritten\n' });
    forget(upstream);
  };

  test('what the mirror never had is not found; the new tip is', async () => {
    forcePush();
    await expect(fetch({ refspecs: [byId(removed)] })).rejects.toMatchObject({ kind: 'not-found' });
    const repository = await fetch({ refspecs: [byId(rewritten)] });
    expect(await repository.tryResolve(removed)).toBeNull();
    await expect(collectChange(repository, { base, head: removed, rules: [] })).rejects.toMatchObject({
      kind: 'not-found',
    });
  });

  test('what the mirror still has can be reviewed', async () => {
    await fetch();
    forcePush();
    const repository = await fetch();
    expect(await repository.resolve('refs/heads/main')).toBe(rewritten);
    const change = await collectChange(repository, { base: rewritten, head: removed, rules: [] });
    expect(change.mergeBase).toBe(base);
  });

  test('a branch that was deleted after the first fetch is not found', async () => {
    upstream.git(['branch', 'topic']);
    const refspecs = ['+refs/heads/topic:refs/heads/topic'];
    await fetch({ refspecs });
    upstream.git(['branch', '-D', 'topic']);
    await expect(fetch({ refspecs })).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('refs/heads/topic'),
    });
  });
});

describe('damage', () => {
  test('a mirror is built anew once: damage that comes from the remote stays an error', async () => {
    upstream.commit({ 'a.yaml': 'a\n' });
    (await fetch()).close();
    const marker = path.join(directory, readdirSync(directory)[0] ?? '', 'marker');
    writeFileSync(marker, '');
    // From a hundred objects on, git keeps a pack as it came, and calls it corrupt when it is.
    const names = Array.from({ length: 110 }, (_, index) => `${index}.yaml`);
    const next = upstream.commit(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
    const packs: number[] = [];
    const damaging = await relay((body) => {
      const start = body.indexOf('PACK');
      if (start < 0) return;
      packs.push(start);
      // A byte of the pack's own checksum, ahead of the flush packet at the end.
      body.writeUInt8(body.readUInt8(body.length - 5) ^ 1, body.length - 5);
    });
    try {
      const url = urlOf(upstream).replace(server.origin, damaging.origin);
      await expect(fetch({ url })).rejects.toMatchObject({ name: 'GitError', kind: 'corrupt' });
      expect(packs).toHaveLength(2);
      expect(existsSync(marker)).toBe(false);
    } finally {
      await damaging.close();
    }
    expect(await (await fetch()).resolve('refs/heads/main')).toBe(next);
  });

  test('an object that the remote itself lacks is an error', async () => {
    const oid = upstream.git(['rev-parse', `${upstream.commit({ 'b.yaml': 'b\n' })}:b.yaml`]);
    rmSync(path.join(upstream.directory, '.git/objects', oid.slice(0, 2), oid.slice(2)));
    await expect(fetch()).rejects.toMatchObject({ name: 'GitError' });
  });

  test('a sound mirror is kept when the fetch fails for another reason', async () => {
    upstream.commit({ 'a.yaml': 'a\n' });
    (await fetch()).close();
    const marker = path.join(directory, readdirSync(directory)[0] ?? '', 'marker');
    writeFileSync(marker, '');
    for (const status of [401, 404, 500]) {
      server.answer = (_, response) => {
        response.writeHead(status).end();
      };
      await expect(fetch()).rejects.toMatchObject({ name: 'GitError' });
    }
    server.answer = null;
    await expect(fetch({ refspecs: [byId('2'.repeat(40))] })).rejects.toMatchObject({ kind: 'not-found' });
    expect(existsSync(marker)).toBe(true);
  });

  test('objects that are missing below a commit in the mirror are brought again', async () => {
    upstream.commit({ 'a.yaml': 'a\n' });
    const repository = await fetch();
    const folder = repository.gitDir;
    const packs = path.join(folder, 'objects', 'pack');
    for (const name of readdirSync(packs)) writeFileSync(path.join(packs, name), 'damaged', { flag: 'w' });
    for (const name of readdirSync(path.join(folder, 'objects')).filter((name) => name.length === 2)) {
      rmSync(path.join(folder, 'objects', name), { recursive: true });
    }
    const again = await fetch();
    expect([...(await again.tree('refs/heads/main')).keys()]).toEqual(['a.yaml']);
  });

  test('objects of the other kind of id are refused', async () => {
    const modern = createGitFixture({ objectFormat: 'sha256' });
    modern.commit({ 'a.yaml': 'a\n' });
    await expect(fetch({ url: urlOf(modern) })).rejects.toMatchObject({
      name: 'GitError',
      message: /sha256|algorithm/,
    });
  });
});

describe('access', () => {
  const guard = (): Promise<GitHttpServer> =>
    relay(
      () => undefined,
      (request) => request.headers.authorization === AUTHORIZATION,
    );

  test('the right token is let in; a wrong one, and none, are auth errors without it', async () => {
    const tip = upstream.commit({ 'a.yaml': 'a\n' });
    const guarded = await guard();
    const url = urlOf(upstream).replace(server.origin, guarded.origin);
    const patterns = ['refs/heads/*'];
    try {
      expect(await mirrors.lsRemote({ url, token: TOKEN, patterns })).toEqual(
        new Map([['refs/heads/main', tip]]),
      );
      expect(await (await fetch({ url, token: TOKEN })).resolve('refs/heads/main')).toBe(tip);
      const wrong = TOKEN.replace('456', '789');
      for (const failing of [
        () => mirrors.lsRemote({ url, token: wrong, patterns }),
        () => fetch({ url, token: wrong }),
        () => fetch({ url, token: null }),
      ]) {
        const error = await failing().then(
          () => null,
          (caught: unknown) => caught as Error,
        );
        expect(error).toMatchObject({ name: 'GitError', kind: 'auth' });
        expect(`${JSON.stringify(error)} ${error?.stack ?? ''}`).not.toContain(wrong);
      }
    } finally {
      await guarded.close();
    }
  });

  test('no file of the mirror holds the token', async () => {
    upstream.commit({ 'a.yaml': 'a\n' });
    const { gitDir } = await fetch({ token: TOKEN });
    const entries = readdirSync(gitDir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    expect(files.map((file) => file.name)).toContain('config');
    for (const file of files) {
      const content = readFileSync(path.join(file.parentPath, file.name), 'latin1');
      expect(content).not.toContain(TOKEN);
      expect(content).not.toContain(AUTHORIZATION.slice('Basic '.length));
    }
  });

  test('a redirect, even on the same host, gets no second request', async () => {
    upstream.commit({ 'a.yaml': 'a\n' });
    const elsewhere = await serveGit(path.dirname(upstream.directory));
    const targets = [elsewhere.origin, elsewhere.origin.replace('127.0.0.1', 'localhost'), server.origin];
    try {
      for (const target of targets) {
        let requests = 0;
        server.answer = (request, response) => {
          requests += 1;
          response.writeHead(302, { location: `${target}/moved${request.url ?? ''}` }).end();
        };
        await expect(fetch({ token: TOKEN })).rejects.toMatchObject({ kind: 'not-found' });
        await expect(
          mirrors.lsRemote({ url: urlOf(upstream), token: TOKEN, patterns: ['*'] }),
        ).rejects.toMatchObject({ name: 'GitError' });
        expect(requests).toBe(2);
      }
      expect(elsewhere.authorizations).toEqual([]);
    } finally {
      await elsewhere.close();
    }
  });

  test('our own environment does not reach git, what was configured does', async () => {
    upstream.commit({ 'a.yaml': 'a\n' });
    const proxy = await serveGit('/nonexistent');
    let asked = '';
    proxy.answer = (request, response) => {
      asked = request.url ?? '';
      response.writeHead(502).end();
    };
    process.env['http_proxy'] = proxy.origin;
    try {
      await fetch();
      expect(asked).toBe('');
      mirrors = createMirrors({ directory, environment: { http_proxy: proxy.origin } });
      await expect(fetch()).rejects.toMatchObject({ kind: 'network' });
      expect(asked).toContain(urlOf(upstream));
    } finally {
      delete process.env['http_proxy'];
      await proxy.close();
    }
  });
});

describe('lsRemote', () => {
  test('an abort ends it, and the programs that it started', async () => {
    const reason = new Error('superseded');
    const controller = new AbortController();
    const closed = new Promise<void>((resolve) => {
      server.answer = (request) => {
        request.socket.once('close', () => {
          resolve();
        });
        controller.abort(reason);
      };
    });
    const request = { url: urlOf(upstream), token: null, patterns: ['*'], signal: controller.signal };
    await expect(mirrors.lsRemote(request)).rejects.toBe(reason);
    await closed;
  });

  test('a pattern is not an option', async () => {
    upstream.commit({ 'a.yaml': 'a\n' });
    const marker = path.join(directory, 'ran');
    const patterns = [`--upload-pack=touch ${marker}`, '--heads'];
    expect(await mirrors.lsRemote({ url: urlOf(upstream), token: null, patterns })).toEqual(new Map());
    expect(existsSync(marker)).toBe(false);
  });
});

describe('two at once', () => {
  test('fetches of one mirror never overlap, others are not held up, a failure does not stop the next', async () => {
    const tip = upstream.commit({ 'a.yaml': 'a\n' });
    let arrived = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let release = (): void => undefined;
    server.answer = (_, response) => {
      release = () => {
        response.writeHead(500).end();
      };
      arrived();
    };
    const failing = expect(fetch()).rejects.toMatchObject({ kind: 'network' });
    const second = fetch({ token: TOKEN });
    await asked;
    server.answer = null;
    await fetch({ key: 'example.org/2' });
    // Of the three, only the one that has to wait shows a token.
    expect(server.authorizations).not.toContain(AUTHORIZATION);
    release();
    await failing;
    expect(await (await second).resolve('refs/heads/main')).toBe(tip);
    expect(server.authorizations).toContain(AUTHORIZATION);
  });
});

describe('a large repository', () => {
  test('of 10,000 files is fetched, brought up to date and compared', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [
        `apps/${index % 100}/${index}.yaml`,
        `kind: A${index % 7}\n`,
      ]),
    );
    const base = upstream.commit(files);
    await fetch();
    const head = upstream.commit({ 'apps/1/1.yaml': 'kind: B\n', 'apps/new.yaml': 'new\n' });
    const repository = await fetch();
    const change = await collectChange(repository, { base, head, rules: [] });
    expect(change.files.map(({ after }) => after?.path)).toEqual(['apps/1/1.yaml', 'apps/new.yaml']);
    expect(change.after.paths.size).toBe(10_001);
    expect(change.after.files.size).toBe(2);
    const scan = await collectChange(repository, { base: null, head, rules: [] });
    expect(scan.files).toHaveLength(10_001);
    expect(scan.files.every(({ after }) => after?.content instanceof Uint8Array)).toBe(true);
    expect(scan.notChecked).toEqual([]);
  });
});
