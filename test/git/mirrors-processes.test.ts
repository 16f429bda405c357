import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createMirrors } from '../../src/git/mirrors.ts';
import { createGitFixture, removeFolders, temporaryFolder, type GitFixture } from '../support/git-fixture.ts';
import { serveGit, type GitHttpServer } from '../support/git-http.ts';

const SCRIPT = path.join(import.meta.dirname, 'support', 'fetch-mirror.ts');
const KEY = 'example.org/1';

let server: GitHttpServer;
let upstream: GitFixture;
let url: string;
let directory: string;
const children: Child[] = [];

beforeAll(async () => {
  upstream = createGitFixture();
  server = await serveGit(path.dirname(upstream.directory));
  url = `${server.origin}/${path.basename(upstream.directory)}/.git`;
});
afterAll(async () => {
  await server.close();
  removeFolders();
});
beforeEach(() => {
  server.answer = null;
  server.authorizations.length = 0;
  directory = temporaryFolder();
});
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
});

interface Child {
  /** The line that it writes once it has fetched; throws with its complaint when it ends before. */
  readonly fetched: Promise<string>;
  readonly ended: Promise<void>;
  finish(): Promise<void>;
  kill(): Promise<void>;
}

function start(key = KEY, token = ''): Child {
  const child: ChildProcessWithoutNullStreams = spawn(
    process.execPath,
    ['--no-warnings', SCRIPT, directory, url, key, token],
    { stdio: 'pipe' },
  );
  let output = '';
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  const fetched = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.endsWith('\n')) resolve(output.trim());
    });
    child.once('close', () => {
      reject(new Error(`It ended before it had fetched: ${complaint}`));
    });
  });
  fetched.catch(() => undefined);
  const started: Child = {
    fetched,
    ended,
    finish() {
      child.stdin.end();
      return ended;
    },
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
  children.push(started);
  return started;
}

const requested = async (count: number): Promise<void> => {
  while (server.authorizations.length < count) await wait(2);
};

const basic = (token: string): string => `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;

describe('two processes on one mirror', () => {
  test('one gets what it asked for although the other is killed in the middle, ten times', async () => {
    for (let round = 0; round < 10; round += 1) {
      const names = Array.from({ length: 150 }, (_, index) => `${round}/${index}.yaml`);
      const tip = upstream.commit(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
      server.authorizations.length = 0;
      // Every other round begins without a mirror.
      const key = `example.org/${Math.floor(round / 2)}`;
      const [killed, other] = [start(key), start(key)];
      await requested(1 + (round % 3));
      await wait(round * 3);
      await killed.kill();
      expect(await other.fetched).toBe(`${tip} ${(round + 1) * 150}`);
      await other.finish();
      const [name = ''] = readdirSync(directory).filter((entry) => entry.includes(`-org-${key.at(-1)}-`));
      upstream.git(['--git-dir', path.join(directory, name), 'fsck', '--connectivity-only']);
    }
    expect(readdirSync(directory).filter((name) => !name.endsWith('.git'))).toEqual([]);
  });

  test('they fetch one after the other', async () => {
    const tip = upstream.commit({ 'a.yaml': `${Math.random()}\n` });
    const release: (() => void)[] = [];
    server.answer = (_, response) => {
      release.push(() => response.writeHead(500).end());
    };
    const first = start(KEY, 'first');
    await requested(1);
    server.answer = null;
    const second = start(KEY, 'second');
    await wait(1_000);
    expect(new Set(server.authorizations)).toEqual(new Set([basic('first')]));
    for (const answer of release) answer();
    await expect(first.fetched).rejects.toThrow(/500/);
    expect(await second.fetched).toMatch(tip);
  });
});

describe('a mirror that another process reads', () => {
  const prune = () => createMirrors({ directory, maxBytes: 0 }).prune();

  test('is not evicted, until that process closes it', async () => {
    upstream.commit({ 'a.yaml': `${Math.random()}\n` });
    const reader = start();
    await reader.fetched;
    expect(await prune()).toEqual({ evicted: 0, bytes: 0 });
    await reader.finish();
    expect(await prune()).toMatchObject({ evicted: 1 });
    expect(readdirSync(directory)).toEqual([]);
  });

  test('is evicted when that process was killed', async () => {
    const reader = start();
    await reader.fetched;
    await reader.kill();
    expect(await prune()).toMatchObject({ evicted: 1 });
  });
});
