import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startReceiver, type ReceiverServer } from '../alerts/receiver-server.ts';
import { BARE_ENVIRONMENT, ROOT } from '../support/programs.ts';

let server: ReceiverServer;
const part = randomBytes(12).toString('hex');
beforeAll(async () => {
  server = await startReceiver();
});
afterEach(() => {
  server.calls.length = 0;
  server.answers.length = 0;
});
afterAll(() => server.close());

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(environment: Readonly<Record<string, string>>, ...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['src/cli.ts', 'alert', 'test', ...args], {
      cwd: ROOT,
      env: { ...BARE_ENVIRONMENT, ...environment },
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (out.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (out.stderr += chunk.toString()));
    child.on('close', (status) => {
      resolve({ status, ...out });
    });
  });
}

const all = () => ({
  ALERT_SLACK_WEBHOOK_URL: `${server.url}/${part}`,
  ALERT_ALERTMANAGER_URL: server.url,
  ALERT_PAGERDUTY_ROUTING_KEY: part,
  ALERT_PAGERDUTY_URL: server.url,
  ALERT_WEBHOOK_URL: `${server.url}/hook`,
  ALERT_WEBHOOK_SECRET: part,
});

describe('gitops-warden alert test', () => {
  test('sends a sample and its end to everybody who is configured', async () => {
    const { status, stdout, stderr } = await run(all());
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(lines.map(([name]) => name)).toEqual(['slack', 'alertmanager', 'pagerduty', 'webhook']);
    for (const [, , said] of lines) expect(said).toBe('took the sample and its end');
    expect(server.calls).toHaveLength(8);
    expect(server.calls.map(({ body }) => body).join()).toContain('nothing happened');
    expect(stdout).not.toContain(part);
  });

  test('says who did not take it, and that is another exit code', async () => {
    server.answers.push({ status: 404, body: part });
    const { status, stdout } = await run({ ALERT_SLACK_WEBHOOK_URL: `${server.url}/${part}` });
    expect(status).toBe(1);
    expect(stdout).toContain('answered 404');
    expect(stdout).not.toContain(part);
  });

  test('to one receiver leaves the others alone', async () => {
    const { status, stdout } = await run(all(), '--receiver', 'webhook');
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(server.calls.map(({ path: called }) => called)).toEqual(['/hook', '/hook']);
  });

  test('reads secrets from files', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'alert-'));
    const file = path.join(folder, 'url');
    writeFileSync(file, `${server.url}/from-file\n`);
    const { status } = await run({ ALERT_SLACK_WEBHOOK_URL_FILE: file });
    rmSync(folder, { recursive: true });
    expect(status).toBe(0);
    expect(server.calls[0]?.path).toBe('/from-file');
  });

  test.each<[string, Record<string, string>, string[], string]>([
    ['nobody is configured', {}, [], 'no receiver is configured'],
    [
      'the one that is asked for is not',
      { ALERT_ALERTMANAGER_URL: 'http://127.0.0.1:1' },
      ['--receiver', 'slack'],
      'slack is not',
    ],
    ['a receiver is not known', {}, ['--receiver', 'pager'], 'Allowed choices'],
    ['a setting is wrong', { ALERT_SLACK_WEBHOOK_URL: 'ftp://x' }, [], 'ALERT_SLACK_WEBHOOK_URL must hold'],
  ])('when %s is wrong usage', async (_what, environment, args, said) => {
    const { status, stderr } = await run(environment, ...args);
    expect(status).toBe(2);
    expect(stderr).toContain(said);
  });
});
