import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BARE_ENVIRONMENT } from '../support/programs.ts';

const COMMAND_LINE = path.resolve(import.meta.dirname, '../../src/cli.ts');

let directory: string;
let child: ChildProcess | null = null;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'warden-serve-'));
});

afterEach(() => {
  child?.kill('SIGKILL');
  child = null;
  rmSync(directory, { recursive: true, force: true });
});

function settings(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    ...BARE_ENVIRONMENT,
    APP_ID: '1',
    PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    WEBHOOK_SECRET: randomBytes(32).toString('hex'),
    GHE_HOST: 'github.invalid',
    HOST: '127.0.0.1',
    PORT: '0',
    SWEEP_MINUTES: '0',
    DRAIN_SECONDS: '1',
    DATA_DIRECTORY: path.join(directory, 'data'),
    CACHE_DIRECTORY: path.join(directory, 'mirrors'),
    ...more,
  };
}

describe('serve', () => {
  test('ends with 0 when it is told to stop, whoever keeps a connection open', async () => {
    const app = spawn(process.execPath, ['--no-warnings', COMMAND_LINE, 'serve'], { env: settings() });
    child = app;
    const port = await new Promise<number>((resolve, reject) => {
      let log = '';
      app.stdout.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        const match = /"url":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(log);
        if (match !== null) resolve(Number(match[1]));
      });
      app.once('exit', () => {
        reject(new Error(log));
      });
    });
    const silent = connect(port, '127.0.0.1');
    const slow = connect(port, '127.0.0.1');
    for (const socket of [silent, slow]) socket.on('error', () => undefined);
    await Promise.all([once(silent, 'connect'), once(slow, 'connect')]);
    slow.write('POST /api/github/webhooks HTTP/1.1\r\nHost: a\r\n');
    const started = performance.now();
    app.kill('SIGTERM');
    const [code] = (await once(app, 'exit')) as [number | null];
    expect(code).toBe(0);
    // It would wait for ever; the limit is generous for a busy machine.
    expect(performance.now() - started).toBeLessThan(20_000);
    silent.destroy();
    slow.destroy();
  });

  test('names everything that keeps it from starting at once', () => {
    writeFileSync(path.join(directory, 'file'), '');
    const wrong = (name: string): string => path.join(directory, 'file', name);
    const { status, stderr } = spawnSync(process.execPath, ['--no-warnings', COMMAND_LINE, 'serve'], {
      encoding: 'utf8',
      env: settings({
        DATA_DIRECTORY: wrong('data'),
        CACHE_DIRECTORY: wrong('mirrors'),
        RULES_PATH: path.join(directory, 'no-rules'),
      }),
    });
    expect(status).toBe(2);
    for (const name of ['data', 'mirrors', 'no-rules']) expect(stderr).toContain(name);
    expect(stderr).not.toContain('    at ');
  });

  test('does not start when only the cache cannot be used', () => {
    writeFileSync(path.join(directory, 'file'), '');
    const { status, stderr } = spawnSync(process.execPath, ['--no-warnings', COMMAND_LINE, 'serve'], {
      encoding: 'utf8',
      env: settings({ CACHE_DIRECTORY: path.join(directory, 'file', 'mirrors') }),
    });
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('mirrors') });
  });
});
