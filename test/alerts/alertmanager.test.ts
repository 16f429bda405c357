import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { endIncident } from '../../src/alerts/incident.ts';
import { noticeOf } from '../../src/alerts/notice.ts';
import { alertmanagerReceiver } from '../../src/alerts/receivers/alertmanager.ts';
import { hasProgram } from '../support/programs.ts';
import { directPush, finding, incidentOf } from './fixtures.ts';
import { startReceiver, type ReceiverServer } from './receiver-server.ts';
import { until } from '../support/until.ts';

interface AmAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: { readonly state: string };
}

interface Notification {
  readonly status: string;
  readonly alerts: readonly unknown[];
}

(hasProgram('prometheus-alertmanager') ? describe : describe.skip)('a real Alertmanager', () => {
  let directory: string;
  let notified: ReceiverServer;
  let alertmanager: ChildProcess;
  let url: string;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'alertmanager-'));
    notified = await startReceiver();
    const config = path.join(directory, 'alertmanager.yml');
    writeFileSync(
      config,
      `route: {receiver: hook, group_by: [incident], group_wait: 1s, group_interval: 1s}
receivers:
  - name: hook
    webhook_configs: [{url: "${notified.url}", send_resolved: true}]
`,
    );
    const port = await freePort();
    url = `http://127.0.0.1:${String(port)}`;
    alertmanager = spawn(
      'prometheus-alertmanager',
      [
        `--config.file=${config}`,
        `--storage.path=${directory}`,
        `--web.listen-address=127.0.0.1:${String(port)}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    );
    await until(async () => (await fetch(`${url}/-/ready`).catch(() => null))?.ok === true);
  });

  afterAll(async () => {
    alertmanager.kill();
    await notified.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const active = async (): Promise<AmAlert[]> =>
    (await (await fetch(`${url}/api/v2/alerts?active=true`)).json()) as AmAlert[];
  const notifications = (): Notification[] =>
    notified.calls.map(({ body }) => JSON.parse(body) as Notification);

  test('takes an incident in, once however often it is told, and ends it', async () => {
    const receiver = alertmanagerReceiver(new URL(url));
    const now = Date.now();
    const warning = directPush({
      review: { ...directPush().review!, findings: [finding({ severity: 'warning' })] },
    });
    const opened = { ...incidentOf(warning), openedAt: now, changedAt: now };
    await receiver.deliver(noticeOf(opened), { now });
    await receiver.deliver(noticeOf(opened), { now: now + 10 });
    await until(async () => (await active()).length === 1);
    const [alert] = await active();
    expect(alert).toMatchObject({
      labels: { alertname: 'GitopsWardenDirectPush', severity: 'warning', incident: opened.id },
      annotations: { summary: 'Direct push to main by mallory, past the review' },
    });
    await until(() => Promise.resolve(notifications().length > 0));
    expect(notifications()).toMatchObject([{ status: 'firing', alerts: [{}] }]);

    // It gets worse: the alert goes on under its new severity, and only under that.
    const worse = { ...opened, alerts: [warning, directPush()], count: 2, sequence: 2 };
    await receiver.deliver(noticeOf(worse), { now: Date.now() });
    await until(async () => {
      const severities = (await active()).map(({ labels }) => labels['severity']);
      return severities.length === 1 && severities[0] === 'critical';
    });

    const ended = endIncident(worse, { how: 'reverted', by: null }, Date.now());
    await receiver.deliver(noticeOf(ended), { now: Date.now() });
    await until(async () => (await active()).length === 0);
    await until(() => Promise.resolve(notifications().at(-1)?.status === 'resolved'));
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
