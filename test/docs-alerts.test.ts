import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { BURST_WINDOW } from '../src/alerts/incident.ts';
import { RECEIVER_NAMES } from '../src/alerts/receivers/receiver.ts';
import { alertmanagerAlerts } from '../src/alerts/receivers/alertmanager.ts';
import { signedHeaders } from '../src/alerts/receivers/webhook.ts';
import { sampleNotices } from '../src/alerts/sample.ts';
import { VARIABLES } from '../src/config/variables.ts';
import { toPolicy } from '../src/config/policy.ts';
import { readPolicyFile } from '../src/engine/policy-file.ts';
import { ROOT, run } from './support/programs.ts';

const text = readFileSync(path.join(ROOT, 'docs/alerts.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1] ?? '',
  );

describe('docs/alerts.md', () => {
  test('names every variable about alerts, and none that there is not', () => {
    const named = new Set([...text.matchAll(/\bALERT_[A-Z_]+\b/g)].map(([name]) => name));
    const ours = VARIABLES.filter((name) => name.startsWith('ALERT_') && !name.endsWith('_FILE'));
    expect([...named].sort()).toEqual([...ours].sort());
  });

  test('names every receiver', () => {
    const named = [...text.matchAll(/^\| `([a-z]+)` +\| `ALERT_/gm)].map((match) => match[1]);
    expect(named).toEqual([...RECEIVER_NAMES]);
  });

  test('names commands that exist', () => {
    const commands = [...text.matchAll(/gitops-warden ((?:alert|jobs) [a-z]+(?: --receiver slack)?)/g)].map(
      (match) => match[1] ?? '',
    );
    expect(commands.length).toBeGreaterThan(3);
    for (const command of new Set(commands)) {
      const words = command.split(' ').filter((word) => !word.startsWith('--') && word !== 'slack');
      const { stdout, status } = run(process.execPath, ['src/cli.ts', ...words, '--help']);
      expect(status).toBe(0);
      expect(stdout).toContain(`Usage: gitops-warden ${words.join(' ')}`);
      if (command.includes('--receiver')) expect(stdout).toContain('--receiver');
    }
  });

  test('has a policy that is valid', () => {
    const [policy] = blocks('yaml');
    const { value, problems } = readPolicyFile('p.yml', policy ?? '', new Map());
    expect(problems).toEqual([]);
    expect(toPolicy(value ?? {}).pushes).toEqual({
      users: ['release-manager', 583_231],
      apps: ['image-updater'],
    });
  });

  test('verifies signatures as they are made', async () => {
    const [code] = blocks('js');
    const url = `data:text/javascript,${encodeURIComponent(code ?? '')}`;
    const { isGenuine } = (await import(url)) as {
      isGenuine: (secret: string, headers: object, body: string) => boolean;
    };
    const now = Math.floor(Date.now() / 1_000);
    for (const secret of ['plain-secret-of-some-length', `whsec_${Buffer.from('key').toString('base64')}`]) {
      expect(isGenuine(secret, signedHeaders(secret, 'msg_1', now, '{}'), '{}')).toBe(true);
      expect(isGenuine(secret, signedHeaders(secret, 'msg_1', now, '{}'), '{ }')).toBe(false);
      expect(isGenuine(secret, signedHeaders(secret, 'msg_1', now - 600, '{}'), '{}')).toBe(false);
    }
  });

  test('names the fields of the body and the labels as they are', () => {
    const [notice] = sampleNotices(0);
    const body = text.slice(text.indexOf('The body is one JSON object'));
    for (const field of Object.keys(notice)) expect(body).toContain(`\`${field}\``);
    const [alert] = alertmanagerAlerts(notice, 0);
    const row = text.split('\n').find((line) => line.startsWith('| `alertmanager`')) ?? '';
    for (const label of Object.keys(alert!.labels)) expect(row).toContain(`\`${label}\``);
  });

  test('says how long a burst may pause', () => {
    expect(BURST_WINDOW).toBe(60 * 60_000);
    expect(text).toContain('each within an hour of the one before');
  });
});
