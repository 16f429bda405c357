import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { explainStorage } from '../../src/git/mirror-storage.ts';
import { createMirrors, type MirrorEvent, type Mirrors, type MirrorsOptions } from '../../src/git/mirrors.ts';
import type { Repository } from '../../src/git/repository.ts';
import { createGitFixture, removeFolders, temporaryFolder, type GitFixture } from '../support/git-fixture.ts';
import { serveGit, type GitHttpServer } from '../support/git-http.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

let server: GitHttpServer;
let upstream: GitFixture;
let url: string;
let tip: string;
let directory: string;
let events: MirrorEvent[];
const opened: Repository[] = [];

beforeAll(async () => {
  upstream = createGitFixture();
  tip = upstream.commit({ 'a.yaml': 'a\n', 'b.yaml': 'b\n' });
  server = await serveGit(path.dirname(upstream.directory));
  url = `${server.origin}/${path.basename(upstream.directory)}/.git`;
});
afterAll(async () => {
  await server.close();
  removeFolders();
});
beforeEach(() => {
  directory = temporaryFolder();
  events = [];
});
afterEach(() => {
  for (const repository of opened.splice(0)) repository.close();
});

const mirrorsWith = (options: Partial<MirrorsOptions> = {}): Mirrors =>
  createMirrors({ directory, onEvent: (event) => events.push(event), ...options });

async function open(key: string, mirrors = mirrorsWith(), signal?: AbortSignal): Promise<Repository> {
  const refspecs = ['+refs/heads/main:refs/heads/main'];
  const repository = await mirrors.fetch({ key, url, refspecs, token: null, signal });
  opened.push(repository);
  return repository;
}

/** Fetches and closes; gives the mirror's folder. */
async function make(key: string, lastUse = Date.now()): Promise<string> {
  const repository = await open(key);
  repository.close();
  setTime(path.join(repository.gitDir, 'last-use'), lastUse);
  return repository.gitDir;
}

function setTime(file: string, milliseconds: number): void {
  utimesSync(file, milliseconds / 1000, milliseconds / 1000);
}

const ofType = (type: MirrorEvent['type']): MirrorEvent[] => events.filter((event) => event.type === type);

describe('prune', () => {
  test('deletes the least recently used mirrors until the others fit', async () => {
    const middle = await make('middle', Date.now() - 2 * HOUR);
    const oldest = await make('oldest', Date.now() - 3 * HOUR);
    const newest = await make('newest', Date.now() - HOUR);
    const { mirrors, bytes } = await mirrorsWith().usage();
    expect(mirrors).toBe(3);
    expect(await mirrorsWith({ maxBytes: bytes }).prune()).toEqual({ evicted: 0, bytes: 0 });
    const pruned = await mirrorsWith({ maxBytes: bytes - 1 }).prune();
    expect(pruned.evicted).toBe(1);
    expect([oldest, middle, newest].map((folder) => existsSync(folder))).toEqual([false, true, true]);
    expect(await mirrorsWith().usage()).toEqual({ mirrors: 2, bytes: bytes - pruned.bytes });
    expect(ofType('evicted')).toEqual([{ type: 'evicted', reason: 'size', bytes: pruned.bytes }]);
  });

  test('deletes mirrors that were not used for long; a fetch is a use', async () => {
    const old = await make('old', Date.now() - 15 * DAY);
    const again = await make('again', Date.now() - 15 * DAY);
    const young = await make('young', Date.now() - 13 * DAY);
    (await open('again')).close();
    expect(await mirrorsWith().prune()).toMatchObject({ evicted: 1 });
    expect([old, again, young].map((folder) => existsSync(folder))).toEqual([false, true, true]);
    expect(ofType('evicted')).toMatchObject([{ reason: 'age' }]);
    expect(await mirrorsWith({ maxAgeMs: HOUR }).prune()).toMatchObject({ evicted: 1 });
    expect(existsSync(young)).toBe(false);
  });

  test('never deletes a mirror that is open', async () => {
    const repository = await open('open');
    setTime(path.join(repository.gitDir, 'last-use'), Date.now() - 99 * DAY);
    expect(await mirrorsWith({ maxBytes: 0 }).prune()).toEqual({ evicted: 0, bytes: 0 });
    expect(await repository.resolve('refs/heads/main')).toBe(tip);
    repository.close();
    expect(await mirrorsWith({ maxBytes: 0 }).prune()).toMatchObject({ evicted: 1 });
  });

  test('removes what killed processes left, and nothing that is not ours', async () => {
    const folder = await make('kept');
    const packs = path.join(folder, 'objects', 'pack');
    const name = path.basename(folder);
    const trash = path.join(directory, `${name}.trash-0123456789abcdef`);
    const lock = path.join(directory, `gone-${'0'.repeat(16)}.git.lock`);
    const strangers = ['notes.git', 'other', `${name}.trash`, `${name}.trash-x`];
    for (const stranger of strangers) mkdirSync(path.join(directory, stranger));
    mkdirSync(trash);
    writeFileSync(path.join(trash, 'HEAD'), '');
    writeFileSync(lock, '');
    setTime(lock, Date.now() - 31_000);
    for (const file of ['tmp_pack_old', 'tmp_pack_young']) writeFileSync(path.join(packs, file), '');
    setTime(path.join(packs, 'tmp_pack_old'), Date.now() - 2 * HOUR);
    await mirrorsWith().prune();
    expect(readdirSync(directory).sort()).toEqual([name, ...strangers].sort());
    expect(readdirSync(packs)).toContain('tmp_pack_young');
    expect(readdirSync(packs)).not.toContain('tmp_pack_old');
    await mirrorsWith({ maxBytes: 0, maxAgeMs: 0 }).prune();
    expect(readdirSync(directory).sort()).toEqual(strangers.sort());
  });

  test('of a folder that is not there finds nothing', async () => {
    rmSync(directory, { recursive: true });
    expect(await mirrorsWith().prune()).toEqual({ evicted: 0, bytes: 0 });
    expect(await mirrorsWith().usage()).toEqual({ mirrors: 0, bytes: 0 });
  });

  test('follows a fetch by itself from time to time', async () => {
    const old = await make('old', Date.now() - 15 * DAY);
    await open('new', mirrorsWith({ pruneIntervalMs: 0 }));
    for (let tries = 0; existsSync(old) && tries < 100; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(existsSync(old)).toBe(false);
  });
});

describe('a fetch', () => {
  test('tells whether the mirror was made, brought up to date or rebuilt', async () => {
    await make('a');
    const folder = await make('a');
    writeFileSync(path.join(folder, 'refs/heads/main'), 'nonsense\n');
    await make('a');
    expect(events.map((event) => event.type === 'fetch' && event.result)).toEqual([
      'cold',
      'warm',
      'rebuilt',
    ]);
    expect(events.every((event) => event.type === 'fetch' && event.milliseconds > 0)).toBe(true);
    expect(readdirSync(directory)).toHaveLength(1);
  });

  test('goes on where a killed git left its locks, without making the mirror anew', async () => {
    const folder = await make('a');
    upstream.git(['update-ref', 'refs/heads/main', upstream.commit({ 'c.yaml': `${Math.random()}\n` })]);
    tip = upstream.head();
    for (const lock of ['config.lock', 'packed-refs.lock', 'shallow.lock', 'refs/heads/main.lock']) {
      writeFileSync(path.join(folder, lock), '');
      setTime(path.join(folder, lock), Date.now() - HOUR);
    }
    expect(await (await open('a')).resolve('refs/heads/main')).toBe(tip);
    expect(ofType('fetch').at(-1)).toMatchObject({ result: 'warm' });
    expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  test('brings many packs together and drops no object, even one that no ref leads to', async () => {
    const folder = await make('a');
    const git = (args: string[], input?: string): string =>
      upstream.git(['--git-dir', folder, ...args], input);
    const objects = Array.from({ length: 55 }, (_, index) => {
      const object = git(['hash-object', '-w', '--stdin'], `object ${index}\n`);
      git(['pack-objects', '--quiet', path.join(folder, 'objects/pack/pack')], `${object}\n`);
      return object;
    });
    const packs = (): number =>
      readdirSync(path.join(folder, 'objects/pack')).filter((name) => name.endsWith('.pack')).length;
    git(['prune-packed', '--quiet']);
    expect(packs()).toBeGreaterThan(50);
    const reader = await open('a');
    expect(packs()).toBeLessThan(5);
    const read = await reader.readBlobs(objects, { maxBytesEach: 100, maxBytesTotal: 10_000 });
    expect(objects.every((object) => read.get(object) instanceof Uint8Array)).toBe(true);
  });
});

describe('the lock of a mirror', () => {
  const elsewhere = { pid: 1, host: 'elsewhere', boot: 'x', namespace: 'pid:[1]', start: '1' };
  const lockAs = (folder: string, holder: object, age: number): void => {
    writeFileSync(`${folder}.lock`, JSON.stringify(holder));
    setTime(`${folder}.lock`, Date.now() - age);
  };

  test('is respected while its holder on another machine shows a heartbeat', async () => {
    const folder = await make('a');
    lockAs(folder, elsewhere, 20_000);
    await expect(open('a', mirrorsWith({ timeoutMs: 200 }))).rejects.toMatchObject({
      name: 'GitError',
      kind: 'timeout',
    });
    expect(existsSync(`${folder}.lock`)).toBe(true);
    expect(await mirrorsWith({ maxBytes: 0 }).prune()).toMatchObject({ evicted: 0 });
  });

  test('is taken over when there is none for half a minute', async () => {
    const folder = await make('a');
    lockAs(folder, elsewhere, 31_000);
    expect(await (await open('a')).resolve('refs/heads/main')).toBe(tip);
    expect(existsSync(`${folder}.lock`)).toBe(false);
  });

  test('waiting for it ends with the signal', async () => {
    const folder = await make('a');
    lockAs(folder, elsewhere, 0);
    const reason = new Error('superseded');
    const controller = new AbortController();
    const fetching = open('a', mirrorsWith(), controller.signal);
    setTimeout(() => {
      controller.abort(reason);
    }, 50);
    await expect(fetching).rejects.toBe(reason);
  });
});

describe('a mirror that is deleted while it is read', () => {
  test('gives an error and no answer; the next fetch makes it anew', async () => {
    const mirrors = mirrorsWith();
    const repository = await open('a', mirrors);
    await mirrorsWith().discard('a');
    expect(readdirSync(directory)).toEqual([]);
    const gone = { name: 'GitError', kind: 'corrupt', message: expect.stringContaining('deleted') };
    await expect(repository.tryResolve('refs/heads/main')).rejects.toMatchObject(gone);
    const again = await open('a', mirrors);
    await expect(repository.tryResolve('refs/heads/main')).rejects.toMatchObject(gone);
    await expect(repository.grep(tip, 'no such text')).rejects.toMatchObject(gone);
    // The damage is gone with the mirror: the new one is not discarded in its place.
    await mirrors.discard('a');
    expect(await again.resolve('refs/heads/main')).toBe(tip);
    await mirrors.discard('a');
    expect(readdirSync(directory)).toEqual([]);
  });

  test('the whole folder, in the middle of a fetch', async () => {
    server.answer = (_, response) => {
      server.answer = null;
      rmSync(directory, { recursive: true });
      response.writeHead(500).end();
    };
    expect(await (await open('a')).resolve('refs/heads/main')).toBe(tip);
  });
});

describe('a disk that takes nothing more', () => {
  const original = process.env['PATH'] ?? '';
  afterEach(() => {
    process.env['PATH'] = original;
  });

  /** Lets `git fetch` fail with a message, a number of times. */
  function failFetches(message: string, times: number): void {
    const bin = temporaryFolder();
    const count = path.join(bin, 'failures');
    writeFileSync(count, 'x'.repeat(times));
    const lines = [
      '#!/bin/sh',
      `if [ "$1" = fetch ] && [ -s ${count} ]; then`,
      `  printf %s "$(cut -c 2- ${count})" > ${count}`,
      `  echo '${message}' >&2`,
      '  exit 128',
      'fi',
      `PATH=${original} exec git "$@"`,
    ];
    writeFileSync(path.join(bin, 'git'), `${lines.join('\n')}\n`);
    chmodSync(path.join(bin, 'git'), 0o755);
    process.env['PATH'] = `${bin}:${original}`;
  }
  const FULL = 'fatal: write error: No space left on device';

  test('mirrors that nobody uses make room for one more try', async () => {
    const unused = await make('unused');
    const used = await open('used');
    failFetches(FULL, 1);
    expect(await (await open('a')).resolve('refs/heads/main')).toBe(tip);
    expect(existsSync(unused)).toBe(false);
    expect(await used.resolve('refs/heads/main')).toBe(tip);
    expect(ofType('evicted')).toMatchObject([{ reason: 'size' }]);
  });

  test('the error names the folder and what to do', async () => {
    failFetches(FULL, 9);
    await expect(open('a')).rejects.toMatchObject({
      name: 'GitError',
      message: expect.stringMatching(`disk is full.*${directory}`),
    });
    failFetches('error: insufficient permission for adding an object to repository database', 9);
    await expect(open('a')).rejects.toMatchObject({
      name: 'GitError',
      message: expect.stringMatching(`${directory} cannot be written`),
    });
  });

  test.each(['EROFS', 'EACCES', 'ENOSPC'])('%s is told as well', (code) => {
    const error = Object.assign(new Error(code), { code });
    expect(explainStorage(error, '/cache')).toMatchObject({
      name: 'GitError',
      message: expect.stringContaining('/cache'),
    });
  });

  test('what the remote says of its own disk is not about ours', async () => {
    const folder = await make('unused');
    failFetches('remote: fatal: No space left on device', 1);
    await expect(open('a')).rejects.toMatchObject({ message: expect.not.stringContaining(directory) });
    expect(existsSync(folder)).toBe(true);
    expect(statSync(folder).isDirectory()).toBe(true);
  });
});
