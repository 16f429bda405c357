import { createHmac, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NO_RECEIVERS } from '../../src/config/alert-settings.ts';
import { endIncident } from '../../src/alerts/incident.ts';
import { noticeOf, type Notice } from '../../src/alerts/notice.ts';
import { alertmanagerAlerts } from '../../src/alerts/receivers/alertmanager.ts';
import { createReceivers } from '../../src/alerts/receivers/index.ts';
import { pagerDutyEvent } from '../../src/alerts/receivers/pagerduty.ts';
import { post } from '../../src/alerts/receivers/post.ts';
import { ReceiverError } from '../../src/alerts/receivers/receiver.ts';
import { slackMessage } from '../../src/alerts/receivers/slack.ts';
import { signedHeaders } from '../../src/alerts/receivers/webhook.ts';
import { directPush, finding, incidentOf, NOW, weakened } from './fixtures.ts';
import { startReceiver, type ReceiverServer } from './receiver-server.ts';

let server: ReceiverServer;
beforeEach(async () => {
  server = await startReceiver();
});
afterEach(() => server.close());

const secretPart = randomBytes(12).toString('hex');
const ended = endIncident(incidentOf(), { how: 'reverted', by: 'alice' }, NOW + 60_000);

function receivers(overrides: Partial<Parameters<typeof createReceivers>[0]> = {}) {
  return createReceivers({
    ...NO_RECEIVERS,
    slackUrl: `${server.url}/services/${secretPart}`,
    alertmanagerUrl: server.url.replace('http://', `http://op:${secretPart}@`),
    pagerDuty: { url: server.url, routingKey: secretPart },
    webhook: { url: `${server.url}/hook?token=${secretPart}`, secret: secretPart },
    ...overrides,
  });
}

const notice = noticeOf(incidentOf());
const errorOf = (promise: Promise<void>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe.each(['slack', 'alertmanager', 'pagerduty', 'webhook'] as const)('%s', (name) => {
  const receiver = () => receivers().find((one) => one.name === name)!;

  test('is told by one POST of JSON', async () => {
    await receiver().deliver(notice, { now: NOW });
    expect(server.calls).toHaveLength(1);
    const [call] = server.calls;
    expect(call).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(() => JSON.parse(call!.body) as unknown).not.toThrow();
    expect(call!.body).toContain('main');
  });

  test.each([
    [429, true, 7_000],
    [500, true, null],
    [503, true, null],
    [400, false, null],
    [403, false, null],
    [404, false, null],
  ])('that answers %d is an error that passes: %s', async (status, transient, retryAfter) => {
    const body = `no such hook ${secretPart}`;
    server.answers.push({ status, body, headers: status === 429 ? { 'retry-after': '7' } : {} });
    const error = await errorOf(receiver().deliver(notice, { now: NOW }));
    expect(error).toBeInstanceOf(ReceiverError);
    expect(error).toMatchObject({ transient, retryAfter });
    expect(String(error)).toContain(String(status));
    expect(String(error)).not.toContain(secretPart);
  });

  test('whose connection breaks after it took the alert in may be told again', async () => {
    server.answers.push('reset');
    const error = await errorOf(receiver().deliver(notice, { now: NOW }));
    expect(error).toMatchObject({ transient: true });
    expect(String(error)).not.toContain(secretPart);
    await receiver().deliver(notice, { now: NOW + 5_000 });
    const [first, second] = server.calls.map(identity);
    if (name === 'slack') return;
    // What it recognises the alert by is the same, so it stands there once.
    expect(second).toEqual(first);
  });

  test('is not followed anywhere else', async () => {
    const other = await startReceiver();
    server.answers.push({ status: 307, headers: { location: other.url } });
    const error = await errorOf(receiver().deliver(notice, { now: NOW }));
    expect(error).toMatchObject({ transient: false });
    expect(other.calls).toEqual([]);
    await other.close();
  });

  test('that is told to stop gives up', async () => {
    server.answers.push('silence');
    const controller = new AbortController();
    const delivery = errorOf(receiver().deliver(notice, { now: NOW, signal: controller.signal }));
    setTimeout(() => {
      controller.abort(new Error('superseded'));
    }, 30);
    expect(await delivery).toMatchObject({ message: 'superseded' });
  });

  test('names its host and nothing more', () => {
    expect(receiver().destination).toBe(new URL(server.url).host);
  });

  function identity({ body, headers }: { body: string; headers: Record<string, unknown> }): unknown {
    const value = JSON.parse(body) as { dedup_key?: string } & { labels: unknown; startsAt: unknown }[];
    if (name === 'pagerduty') return value.dedup_key;
    return name === 'alertmanager' ? [value[0]!.labels, value[0]!.startsAt] : headers['webhook-id'];
  }
});

test('a receiver that is silent is given up after a while', async () => {
  server.answers.push('silence');
  const url = new URL(server.url);
  const error = await errorOf(
    post({ url, headers: {}, body: '{}', signal: undefined, who: 'X', timeout: 50 }),
  );
  expect(error).toMatchObject({ message: 'X did not answer within 0.05 s.', transient: true });
});

test('a receiver that nobody runs is an error that passes', async () => {
  const [slack] = createReceivers({ ...NO_RECEIVERS, slackUrl: `http://127.0.0.1:1/${secretPart}` });
  const error = await errorOf(slack!.deliver(notice, { now: NOW }));
  expect(error).toMatchObject({ transient: true });
  expect(String(error)).not.toContain(secretPart);
});

describe('a Slack message', () => {
  interface Text {
    type: string;
    text: string;
    verbatim?: boolean;
  }
  interface Block {
    type: string;
    text?: Text;
    elements?: Text[];
  }
  const textsOf = (of: Notice): Text[] =>
    (slackMessage(of).blocks as unknown as Block[]).flatMap((block) =>
      [block.text ?? [], block.elements ?? []].flat(),
    );

  test('says what happened, what was found, what it reaches and what to do', () => {
    const all = textsOf(notice)
      .map(({ text }) => text)
      .join('\n');
    for (const part of [
      'Direct push to main by mallory',
      'acme/deploy',
      'is privileged',
      'production',
      'git revert',
    ])
      expect(all).toContain(part);
  });

  test('means nothing that a stranger wrote', () => {
    const evil = '<!channel> <https://evil.example|click> & *bold* `code`';
    const of = noticeOf(
      incidentOf(
        directPush({
          ref: `refs/heads/${evil}`,
          pusher: evil,
          evidence: evil,
          notChecked: [evil],
          review: { ...directPush().review!, findings: [finding({ message: evil })] },
        }),
      ),
    );
    for (const { type, text, verbatim } of textsOf(of)) {
      if (type === 'plain_text') continue;
      expect(verbatim).toBe(true);
      expect(text.replaceAll(/<https:\/\/github\.com\/[^<>|]+\|[^<>]+>/g, '')).not.toMatch(/[<>]/);
      expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
    }
    expect(slackMessage(of).text).not.toMatch(/<!/);
  });

  test('keeps to the limits however much there is, and says that something is missing', () => {
    const of: Notice = {
      ...notice,
      title: 't'.repeat(5_000),
      summary: '`'.repeat(9_000),
      findings: Array.from({ length: 30 }, () => ({
        ...notice.findings[0]!,
        message: '`x` <&>'.repeat(200),
      })),
      notChecked: Array.from({ length: 50 }, () => 'n'.repeat(2_000)),
      steps: Array.from({ length: 60 }, () => ({ title: 's', text: 'x', commands: ['c'.repeat(5_000)] })),
    };
    const { blocks } = slackMessage(of);
    const texts = textsOf(of);
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const { type, text } of texts)
      expect(text.length).toBeLessThanOrEqual(type === 'plain_text' ? 150 : 3_000);
    expect(texts.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(13_000);
    for (const { text } of texts) expect(text.split('```').length % 2).toBe(1);
    expect(texts.map(({ text }) => text).join()).toContain('does not fit into a message');
  });

  test('of an incident that is over says so, without commands', () => {
    const all = textsOf(noticeOf(ended))
      .map(({ text }) => text)
      .join('\n');
    expect(all).toContain('Resolved: Direct push');
    expect(all).not.toContain('git revert');
  });
});

describe('alerts for Alertmanager', () => {
  test('are sent to the API v2, with the login of the URL as a header', async () => {
    const receiver = receivers({
      alertmanagerUrl: `${server.url.replace('://', '://op:p%40ss@')}/prefix/`,
    }).find(({ name }) => name === 'alertmanager');
    await receiver!.deliver(notice, { now: NOW });
    expect(server.calls[0]!.path).toBe('/prefix/api/v2/alerts');
    expect(server.calls[0]!.headers.authorization).toBe(`Basic ${Buffer.from('op:p@ss').toString('base64')}`);
  });

  test('fire for a day and end when the incident does, under the same labels', () => {
    const [firing] = alertmanagerAlerts(notice, NOW);
    const [over] = alertmanagerAlerts(noticeOf(ended), NOW + 60_000);
    expect(firing).toMatchObject({
      labels: {
        alertname: 'GitopsWardenDirectPush',
        severity: 'critical',
        repository: 'acme/deploy',
        subject: 'main',
      },
      startsAt: new Date(NOW).toISOString(),
      endsAt: new Date(NOW + 86_400_000).toISOString(),
    });
    expect(over!.labels).toEqual(firing!.labels);
    expect(over!.endsAt).toBe(new Date(NOW + 60_000).toISOString());
    expect(over!.startsAt).toBe(firing!.startsAt);
  });

  test('that get worse end under the severity that they had', () => {
    const quiet = directPush({ review: { ...directPush().review!, findings: [] } });
    const worse = incidentOf(quiet, directPush());
    // Also when the notice that told of it was never delivered, and a later one took its place.
    expect(noticeOf(incidentOf(quiet, directPush(), quiet)).earlierSeverity).toBe('warning');
    expect(noticeOf(incidentOf(directPush(), quiet)).earlierSeverity).toBeNull();
    const [now, before] = alertmanagerAlerts(noticeOf(worse), NOW + 1_000);
    expect(now!.labels['severity']).toBe('critical');
    expect(before!.labels['severity']).toBe('warning');
    expect(before!.endsAt).toBe(new Date(NOW + 1_000).toISOString());
    expect(before!.labels['incident']).toBe(now!.labels['incident']);
  });

  test('never end before they begin, whatever the clocks say', () => {
    const [alert] = alertmanagerAlerts(noticeOf(ended), NOW - 3_600_000);
    expect(Date.parse(alert!.endsAt)).toBeGreaterThanOrEqual(Date.parse(alert!.startsAt));
  });
});

describe('events for PagerDuty', () => {
  test('trigger and resolve under one key', async () => {
    const pagerDuty = receivers().find(({ name }) => name === 'pagerduty')!;
    await pagerDuty.deliver(notice, { now: NOW });
    await pagerDuty.deliver(noticeOf(ended), { now: NOW });
    const [trigger, resolve] = server.calls.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(server.calls[0]!.path).toBe('/v2/enqueue');
    expect(trigger).toMatchObject({
      routing_key: secretPart,
      event_action: 'trigger',
      payload: { summary: expect.any(String), source: 'acme/deploy', severity: 'critical' },
    });
    expect(resolve).toEqual({
      routing_key: secretPart,
      event_action: 'resolve',
      dedup_key: trigger!['dedup_key'],
    });
    expect(String(trigger!['dedup_key']).length).toBeLessThanOrEqual(255);
  });

  test('keep to the limits', () => {
    const long: Notice = {
      ...notice,
      title: 't'.repeat(5_000),
      findings: Array.from({ length: 30 }, () => ({ ...notice.findings[0]!, message: 'ä'.repeat(20_000) })),
    };
    const event = pagerDutyEvent(long) as { payload: { summary: string; custom_details: object } };
    expect(event.payload.summary.length).toBeLessThanOrEqual(1_024);
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(512 * 1024);
    expect(event.payload.custom_details).toHaveProperty('note');
  });
});

describe('the signed webhook', () => {
  test('can be verified as its documentation says', async () => {
    const webhook = receivers().find(({ name }) => name === 'webhook')!;
    await webhook.deliver(notice, { now: NOW });
    const { headers, body } = server.calls[0]!;
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const expected = createHmac('sha256', secretPart).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
    expect(headers['webhook-timestamp']).toBe(String(NOW / 1_000));
  });

  test('takes a secret in base64, as Standard Webhooks writes it', () => {
    const key = randomBytes(24);
    const { 'webhook-signature': signature } = signedHeaders(
      `whsec_${key.toString('base64')}`,
      'msg_1',
      5,
      '{}',
    );
    expect(signature).toBe(`v1,${createHmac('sha256', key).update('msg_1.5.{}').digest('base64')}`);
  });

  test('has another id for each thing that happens', async () => {
    const webhook = receivers().find(({ name }) => name === 'webhook')!;
    await webhook.deliver(notice, { now: NOW });
    await webhook.deliver(noticeOf(ended), { now: NOW });
    expect(new Set(server.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  });
});

test('nobody who is not configured is told', () => {
  expect(createReceivers(NO_RECEIVERS)).toEqual([]);
});

test('a notice of weaker protection says what, and what it means', () => {
  const of = noticeOf(incidentOf(weakened()));
  expect(of.summary).toBe(
    'The check `gitops-warden` is not required any more. What gitops-warden refuses can be merged.',
  );
  expect(of).toMatchObject({ kind: 'weakened-protection', severity: 'critical', subject: 'main' });
});

test('a direct push without blocking findings is a warning', () => {
  const quiet = directPush({
    review: { ...directPush().review!, findings: [finding({ severity: 'warning' })] },
  });
  expect(noticeOf(incidentOf(quiet)).severity).toBe('warning');
  expect(noticeOf(incidentOf(quiet, directPush())).severity).toBe('critical');
  expect(noticeOf(incidentOf({ ...quiet, forced: true })).severity).toBe('critical');
  expect(noticeOf(incidentOf(directPush({ review: null }))).severity).toBe('critical');
});
