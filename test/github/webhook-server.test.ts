import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Logger } from '../../src/github/dependencies.ts';
import { startWebhookServer, WEBHOOK_PATH } from '../../src/github/webhook-server.ts';
import type { Reception, WebhookEvent, WebhookServer } from '../../src/github/webhook-server.ts';

const SECRET = ['test', 'webhook', 'secret'].join('-');
const PREVIOUS = ['the', 'one', 'before'].join('-');
const received: WebhookEvent[] = [];
const lines: string[] = [];
let receive: (event: WebhookEvent) => Promise<Reception>;
let problems: readonly string[];
let metricsToken: string | null;
let results: string[];
let server: WebhookServer;

beforeEach(async () => {
  received.length = 0;
  lines.length = 0;
  problems = [];
  metricsToken = null;
  results = [];
  receive = (event) => {
    received.push(event);
    return Promise.resolve('accepted');
  };
  const write = (...parts: unknown[]) => void lines.push(JSON.stringify(parts));
  const log = { info: write, warn: write, error: write } as unknown as Logger;
  server = await startWebhookServer({
    secrets: [SECRET, PREVIOUS],
    host: '127.0.0.1',
    port: 0,
    log,
    receive: (event) => receive(event),
    onDelivery: (event, result, seconds) => results.push(`${event} ${result} ${String(seconds > 0)}`),
    operations: {
      problems: () => Promise.resolve(problems),
      render: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', body: 'up 1\n' }),
      get metricsToken() {
        return metricsToken;
      },
    },
  });
});

afterEach(() => server.close(100));

function sign(body: string | Buffer, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

let serial = 0;

function post(body: string, headers: Record<string, string | null> = {}): Promise<Response> {
  serial += 1;
  const all: Record<string, string | null> = {
    'content-type': 'application/json',
    'x-github-delivery': `delivery-${serial}`,
    'x-github-event': 'push',
    'x-hub-signature-256': sign(body),
    ...headers,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  return fetch(`${server.url}${WEBHOOK_PATH}`, { method: 'POST', body, headers: given });
}

describe('a delivery', () => {
  test('is accepted when it is signed over the bytes that arrived', async () => {
    const body = '{ "ref":"refs/heads/main", "text": "Grüße ☃", "n": 1.50 }\n';
    const response = await post(body, { 'x-github-delivery': 'd-1' });
    expect(response.status).toBe(202);
    expect(received).toEqual([
      { id: 'd-1', name: 'push', payload: { ref: 'refs/heads/main', text: 'Grüße ☃', n: 1.5 } },
    ]);
  });

  test.each([
    ['current', SECRET],
    ['previous', PREVIOUS],
  ])('is accepted when it is signed with the %s secret', async (_which, secret) => {
    expect((await post('{}', { 'x-hub-signature-256': sign('{}', secret) })).status).toBe(202);
    expect(received).toHaveLength(1);
  });

  test.each([
    ['no signature', { 'x-hub-signature-256': null }, 401, /signature-256 is missing/],
    ['an empty signature', { 'x-hub-signature-256': '' }, 401, /signature-256 is missing/],
    ['a signature with another secret', { 'x-hub-signature-256': sign('{"a":1}', 'other') }, 401, /secret/],
    ['a signature of other bytes', { 'x-hub-signature-256': sign('{"a": 1}') }, 401, /secret/],
    ['a SHA-1 signature', { 'x-hub-signature-256': `sha1=${'0'.repeat(40)}` }, 401, /secret/],
    ['no delivery id', { 'x-github-delivery': null }, 400, /x-github-delivery/],
    ['no event name', { 'x-github-event': null }, 400, /x-github-event/],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 400, /application\/json/],
  ])('with %s is refused', async (_what, headers, status, message) => {
    const response = await post('{"a":1}', headers);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: string }).error).toMatch(message);
    expect(received).toEqual([]);
  });

  test.each(['{"a":', '[1]', 'null', ''])(
    'whose body is %j is refused although it is signed',
    async (body) => {
      expect((await post(body)).status).toBe(400);
      expect(received).toEqual([]);
    },
  );

  test('that was accepted before is said to be a duplicate', async () => {
    receive = () => Promise.resolve('duplicate');
    const again = await post('{}', { 'x-github-delivery': 'same' });
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ duplicate: true });
    expect(results).toEqual(['push duplicate true']);
  });

  test('that is refused is counted as that', async () => {
    await post('{}', { 'x-hub-signature-256': sign('x') });
    expect(results).toEqual(['push refused true']);
  });

  test('with a wrong signature does not use up its id', async () => {
    await post('{}', { 'x-github-delivery': 'd', 'x-hub-signature-256': sign('{}', 'other') });
    expect((await post('{}', { 'x-github-delivery': 'd' })).status).toBe(202);
  });

  test('that was not accepted can be sent again', async () => {
    receive = () =>
      Promise.reject(Object.assign(new Error('queue closed'), { event: { payload: 'private text' } }));
    expect((await post('{}', { 'x-github-delivery': 'd' })).status).toBe(500);
    expect(lines.join()).toContain('queue closed');
    expect(lines.join()).not.toContain('private text');
    receive = () => Promise.resolve('accepted');
    expect((await post('{}', { 'x-github-delivery': 'd' })).status).toBe(202);
    expect(results).toEqual(['push failed true', 'push accepted true']);
  });

  test('that is refused leaves nothing of its payload in the log', async () => {
    await post('{"private":"text"}', { 'x-hub-signature-256': sign('x') });
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('text');
  });
});

const MEBIBYTE = 1024 * 1024;

/** Sends zeros until the server has answered, and resolves with the status. */
function flood(
  headers: Record<string, string>,
  total: number,
  then: 'end' | 'keep open' = 'end',
): Promise<number> {
  return new Promise((resolve, reject) => {
    let answered = false;
    const outgoing = request(
      new URL(`${server.url}${WEBHOOK_PATH}`),
      { method: 'POST', headers },
      (response) => {
        answered = true;
        response.resume();
        response.on('end', () => {
          resolve(response.statusCode ?? 0);
          outgoing.destroy();
        });
      },
    );
    outgoing.on('error', (error) => {
      if (!answered) reject(error);
    });
    const chunk = Buffer.alloc(MEBIBYTE, '0');
    let sent = 0;
    const write = (): void => {
      while (!answered && sent < total) {
        sent += chunk.length;
        if (!outgoing.write(chunk)) {
          outgoing.once('drain', write);
          return;
        }
      }
      if (!answered && then === 'end') outgoing.end();
    };
    write();
  });
}

const WEBHOOK_HEADERS = {
  'content-type': 'application/json',
  'x-github-delivery': 'flood',
  'x-github-event': 'push',
  'x-hub-signature-256': sign('x'),
};

describe('a payload of 60 MB', () => {
  test('is refused by its declared length, before it is read', async () => {
    const headers = { ...WEBHOOK_HEADERS, 'content-length': String(60 * MEBIBYTE) };
    expect(await flood(headers, MEBIBYTE, 'keep open')).toBe(413);
    expect(await flood(headers, 60 * MEBIBYTE)).toBe(413);
  });

  test('is refused while it streams when it declares no length', async () => {
    const headers = { ...WEBHOOK_HEADERS, 'transfer-encoding': 'chunked' };
    expect(await flood(headers, 26 * MEBIBYTE, 'keep open')).toBe(413);
    expect(await flood(headers, 60 * MEBIBYTE)).toBe(413);
  });

  test('leaves the server working and nothing in the log', async () => {
    await flood({ ...WEBHOOK_HEADERS, 'transfer-encoding': 'chunked' }, 60 * MEBIBYTE);
    expect(lines.join().length).toBeLessThan(500);
    expect((await post('{}')).status).toBe(202);
  });
});

test('a signed payload of 24 MiB is accepted', async () => {
  expect((await post(`{"a":"${'x'.repeat(24 * MEBIBYTE)}"}`)).status).toBe(202);
});

describe('other requests', () => {
  test('/healthz answers ok', async () => {
    const response = await fetch(`${server.url}/healthz`);
    expect([response.status, await response.text()]).toEqual([200, 'ok']);
    expect((await fetch(`${server.url}/healthz`, { method: 'HEAD' })).status).toBe(200);
  });

  test.each([
    ['GET', WEBHOOK_PATH, 405],
    ['PUT', WEBHOOK_PATH, 405],
    ['POST', '/healthz', 405],
    ['GET', '/', 404],
    ['POST', '/', 404],
    ['GET', '/probot', 404],
  ])('%s %s answers %i', async (method, path, status) => {
    const response = await fetch(`${server.url}${path}`, { method });
    expect(response.status).toBe(status);
    if (status === 405) expect(response.headers.get('allow')).toBeTruthy();
  });

  test('a sender that breaks off does no harm', async () => {
    await new Promise<void>((resolve) => {
      const outgoing = request(new URL(`${server.url}${WEBHOOK_PATH}`), {
        method: 'POST',
        headers: { ...WEBHOOK_HEADERS, 'content-length': '1000' },
      });
      outgoing.on('error', () => {
        resolve();
      });
      outgoing.write('part', () => outgoing.destroy(new Error('gone')));
    });
    expect((await post('{}')).status).toBe(202);
    expect(received).toHaveLength(1);
  });
});

describe("what an operator's tools ask", () => {
  test('alive, whatever else; ready, unless something is wrong, and what', async () => {
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    problems = ['The store cannot be reached.'];
    const response = await fetch(`${server.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ready: false, problems });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`, { method: 'POST' })).status).toBe(405);
  });

  test('metrics, in their own content type', async () => {
    const response = await fetch(`${server.url}/metrics`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/plain; version=0.0.4',
      'up 1\n',
    ]);
  });

  test('metrics only for who knows the token, when there is one', async () => {
    metricsToken = ['a', 'metrics', 'token'].join('-');
    const ask = (headers: Record<string, string>) => fetch(`${server.url}/metrics`, { headers });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ authorization: `Bearer ${metricsToken}x` })).status).toBe(401);
    expect((await ask({ authorization: metricsToken })).status).toBe(401);
    expect((await ask({ authorization: `Bearer ${metricsToken}` })).status).toBe(200);
  });
});
