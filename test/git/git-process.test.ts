import { createHash } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { gitEnvironment, runGit } from '../../src/git/git-process.ts';
import { removeFolders, temporaryFolder } from '../support/git-fixture.ts';

const originalPath = process.env['PATH'];
afterEach(() => {
  process.env['PATH'] = originalPath;
});
afterAll(removeFolders);

const anywhere = { cwd: '/', gitDir: null };

/** Puts a program named git first on the PATH. */
function pretendGit(script: string): void {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'git'), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(folder, 'git'), 0o755);
  process.env['PATH'] = `${folder}:${originalPath ?? ''}`;
}

describe('the environment', () => {
  test('holds nothing of ours but PATH', () => {
    process.env['SOME_SECRET_OF_OURS'] = 'x';
    process.env['GIT_DIR'] = '/elsewhere';
    const environment = gitEnvironment({ cwd: '/', gitDir: '/repo' });
    delete process.env['SOME_SECRET_OF_OURS'];
    delete process.env['GIT_DIR'];
    expect(environment).not.toHaveProperty('SOME_SECRET_OF_OURS');
    expect(environment).toMatchObject({
      GIT_DIR: '/repo',
      HOME: '/nonexistent',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_ALLOW_PROTOCOL: 'none',
      GIT_TERMINAL_PROMPT: '0',
    });
  });

  test('carries configuration that git reads', async () => {
    const { stdout } = await runGit(['config', '--get', 'test.key'], {
      ...anywhere,
      config: [['test.key', 'a value']],
    });
    expect(stdout.toString()).toBe('a value\n');
    expect((await runGit(['config', '--get', 'core.hooksPath'], anywhere)).stdout.toString()).toBe(
      '/dev/null\n',
    );
  });

  test('no transport is allowed by default', async () => {
    await expect(runGit(['ls-remote', 'http://127.0.0.1:9/x'], anywhere)).rejects.toThrow(
      /transport 'http' not allowed/,
    );
  });
});

describe('runGit', () => {
  test('hands over input and gives output', async () => {
    const { stdout } = await runGit(['hash-object', '--stdin'], anywhere, { input: 'ab\n' });
    expect(stdout.toString().trim()).toBe(createHash('sha1').update('blob 3\0ab\n').digest('hex'));
  });

  test('a failure says which command, and what git said, without secrets', async () => {
    const secret = ['hun', 'ter2'].join('');
    const failing = runGit(['rev-parse', '--verify', secret], {
      ...anywhere,
      secrets: [secret],
      gitDir: '/nonexistent',
    });
    const error = await failing.catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ name: 'GitError', kind: 'corrupt' });
    expect((error as Error).message).toMatch(/^git rev-parse failed: /);
    expect((error as Error).message).not.toContain(secret);
  });

  test('an exit code can be an answer', async () => {
    const { exitCode } = await runGit(['config', '--get', 'no.such'], anywhere, { exitCodes: [0, 1] });
    expect(exitCode).toBe(1);
    await expect(runGit(['config', '--get', 'no.such'], anywhere)).rejects.toMatchObject({ kind: 'failed' });
  });

  test('a missing program is named', async () => {
    process.env['PATH'] = '/nonexistent';
    await expect(runGit(['version'], anywhere)).rejects.toThrow(/install git 2\.34 or newer/);
  });

  test('too much output ends it', async () => {
    pretendGit('yes');
    await expect(runGit(['log'], anywhere, { maxOutputBytes: 1000 })).rejects.toMatchObject({
      kind: 'limit',
      message: 'git log answered with more than 1000 bytes',
    });
  });

  test('onOutput may say that it has seen enough', async () => {
    pretendGit('yes');
    let seen = 0;
    await runGit(['log'], anywhere, {
      onOutput: (chunk) => {
        seen += chunk.length;
        return false;
      },
    });
    expect(seen).toBeGreaterThan(0);
  });

  test.each([false, true])('a timeout ends it, with what it started (group: %s)', async (group) => {
    pretendGit(group ? 'sleep 60 & wait' : 'exec sleep 60');
    await expect(runGit(['fetch'], { ...anywhere, group }, { timeoutMs: 50 })).rejects.toMatchObject({
      kind: 'timeout',
    });
  });

  test('an abort ends it with the reason', async () => {
    pretendGit('exec sleep 60');
    const controller = new AbortController();
    const reason = new Error('superseded');
    const running = runGit(['fetch'], anywhere, { signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(runGit(['fetch'], anywhere, { signal: controller.signal })).rejects.toBe(reason);
  });

  test('an error thrown by onOutput is passed on', async () => {
    await expect(
      runGit(['version'], anywhere, {
        onOutput: () => {
          throw new Error('unreadable');
        },
      }),
    ).rejects.toThrow('unreadable');
  });
});
