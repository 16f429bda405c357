// The answers are JSON, and their shape is what is tested.
/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access */
import { createHmac } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createDeliveryQueue } from '../../src/demo/embedded/delivery-queue.ts';
import { deliveryItemJson } from '../../src/demo/embedded/json/delivery.ts';
import type { EmbeddedRepository } from '../../src/demo/embedded/state.ts';
import {
  type Answer,
  type Fixture,
  makeJwt,
  type Receiver,
  startFixture,
  startReceiver,
  WEBHOOK_SECRET,
} from './fixture.ts';

const LIST = '/app/hook/deliveries';
const NOBODY = 'http://127.0.0.1:1/';

let fixture: Fixture;
let receiver: Receiver;
let repository: EmbeddedRepository;
const slowReceivers: Server[] = [];

beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());
beforeEach(async () => {
  // Without checks, a push is one event and not two.
  fixture = await startFixture({ app: { events: ['push'], permissions: { contents: 'read' } } });
  repository = await fixture.github.createRepository('acme/deploy');
});
afterEach(async () => {
  await fixture.close();
  for (const server of slowReceivers.splice(0)) server.close();
  expect(fixture.github.contractViolations).toEqual([]);
});

const list = (query = ''): Promise<Answer> => fixture.call('GET', LIST + query, makeJwt());

async function push(): Promise<void> {
  await fixture.github.push(repository, { branch: 'main', files: { a: crypto.randomUUID() } });
  await fixture.github.settled();
}

/** Delivers pings with these ids; each is answered before the next one goes out. */
async function deliver(...ids: readonly string[]): Promise<void> {
  for (const id of ids) await fixture.github.deliver('ping', {}, { id });
}

const guids = (answer: Answer): string[] =>
  (answer.body as readonly { guid: string }[]).map(({ guid }) => guid);

function nextPage(answer: Answer): string | undefined {
  return /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
}

/** A receiver that answers with `status`, each time after `milliseconds`. */
async function startSlowReceiver(
  milliseconds: number,
  status = 202,
): Promise<{ readonly url: string; readonly most: () => number }> {
  let now = 0;
  let most = 0;
  const server = createServer((incoming, response) => {
    incoming.resume();
    now += 1;
    most = Math.max(most, now);
    void delay(milliseconds).then(() => {
      now -= 1;
      response.writeHead(status).end('seen');
    });
  });
  slowReceivers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, most: () => most };
}

describe('the list of deliveries', () => {
  test('tells event, installation and repository of a delivery that arrived', async () => {
    fixture.github.setWebhookUrl(receiver.url);
    await push();
    const { status, body } = await list();
    expect(status).toBe(200);
    expect(body).toEqual([
      {
        id: expect.any(Number),
        guid: fixture.github.deliveries[0]?.id,
        delivered_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        redelivery: false,
        duration: expect.any(Number),
        status: 'OK',
        status_code: 202,
        event: 'push',
        action: null,
        installation_id: fixture.github.installationId('acme'),
        repository_id: repository.id,
        throttled_at: null,
      },
    ]);
  });

  test('begins with the newest, and pages by cursor', async () => {
    fixture.github.setWebhookUrl(receiver.url);
    await deliver('1', '2', '3', '4', '5');
    const first = await list('?per_page=2');
    expect(guids(first)).toEqual(['5', '4']);
    expect(nextPage(first)).toMatch(/[?&]per_page=2&cursor=v1_\d+$/);
    await deliver('6');
    const second = await fixture.call('GET', nextPage(first) ?? '', makeJwt());
    expect(guids(second)).toEqual(['3', '2']);
    const third = await fixture.call('GET', nextPage(second) ?? '', makeJwt());
    expect(guids(third)).toEqual(['1']);
    expect(nextPage(third)).toBeUndefined();
  });

  test('shows events as failed that had no address to go to', async () => {
    await push();
    expect((await list()).body).toMatchObject([
      { event: 'push', status: 'failed to connect to host', status_code: 502 },
    ]);
  });

  test('has no events that the App does not listen to, with or without an address', async () => {
    const deaf = await startFixture({ app: { events: [], permissions: { contents: 'read' } } });
    const quiet = await deaf.github.createRepository('acme/quiet');
    await deaf.github.push(quiet, { branch: 'main', files: { a: '' } });
    await deaf.github.settled();
    expect((await deaf.call('GET', LIST, makeJwt())).body).toEqual([]);
    await deaf.close();
  });

  test('shows refused connections and errors of the receiver as failed', async () => {
    const broken = await startSlowReceiver(0, 503);
    fixture.github.setWebhookUrl(NOBODY);
    await push();
    fixture.github.setWebhookUrl(broken.url);
    await push();
    expect((await list()).body).toMatchObject([
      { status: 'Invalid HTTP Response: 503', status_code: 503 },
      { status: 'failed to connect to host', status_code: 502 },
    ]);
    expect(fixture.github.deliveries.map(({ status }) => status)).toEqual([null, 503]);
  });

  test('tells a receiver that takes too long from one that is not there', async () => {
    await deliver('lost');
    const [lost] = fixture.github.deliveries;
    if (lost === undefined) throw new Error('nothing was recorded');
    expect(deliveryItemJson({ ...lost, timedOut: true })).toMatchObject({
      status: 'timed out',
      status_code: 504,
    });
  });

  test('can be narrowed to what failed or succeeded', async () => {
    await deliver('lost');
    fixture.github.setWebhookUrl(receiver.url);
    await deliver('arrived');
    expect(guids(await list('?status=failure'))).toEqual(['lost']);
    expect(guids(await list('?status=success'))).toEqual(['arrived']);
  });

  test('refuses a cursor that it did not give', async () => {
    expect((await list('?cursor=2')).status).toBe(422);
  });

  test('is for the App itself, not for its installations', async () => {
    expect((await fixture.call('GET', LIST, await fixture.token('acme'))).status).toBe(401);
  });
});

describe('one delivery', () => {
  test('has what was sent and what was answered', async () => {
    const slow = await startSlowReceiver(0);
    fixture.github.setWebhookUrl(slow.url);
    await push();
    const [{ id }] = (await list()).body;
    const { status, body } = await fixture.call('GET', `${LIST}/${id}`, makeJwt());
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      url: slow.url,
      request: { headers: { 'x-github-event': 'push' }, payload: { ref: 'refs/heads/main' } },
      response: { payload: 'seen' },
    });
  });

  test('has no answer when there was none', async () => {
    await push();
    const [{ id }] = (await list()).body;
    const { body } = await fixture.call('GET', `${LIST}/${id}`, makeJwt());
    expect(body.response).toEqual({ headers: null, payload: null });
    expect(body.request.payload).toMatchObject({ ref: 'refs/heads/main' });
  });

  test('that is unknown is not found', async () => {
    expect((await fixture.call('GET', `${LIST}/999`, makeJwt())).status).toBe(404);
    expect((await fixture.call('POST', `${LIST}/999/attempts`, makeJwt())).status).toBe(404);
  });
});

describe('a redelivery', () => {
  test('sends the same payload under the same id, and is a delivery of its own', async () => {
    fixture.github.setWebhookUrl(NOBODY);
    await push();
    const [lost] = (await list()).body;
    fixture.github.setWebhookUrl(receiver.url);
    const before = receiver.received.length;
    const attempt = await fixture.call('POST', `${LIST}/${lost.id}/attempts`, makeJwt());
    expect(attempt.status).toBe(202);
    await fixture.github.settled();

    const [again, ...others] = receiver.received.slice(before);
    expect(others).toEqual([]);
    expect(again?.headers).toMatchObject({
      'x-github-delivery': lost.guid,
      'x-github-event': 'push',
      'x-hub-signature-256': `sha256=${createHmac('sha256', WEBHOOK_SECRET)
        .update(again?.body ?? '')
        .digest('hex')}`,
    });
    expect(JSON.parse(again?.body ?? '')).toEqual(fixture.github.deliveries[0]?.payload);

    const { body } = await list();
    expect(body).toMatchObject([
      { guid: lost.guid, redelivery: true, status: 'OK', status_code: 202, event: 'push' },
      { guid: lost.guid, redelivery: false, status_code: 502, id: lost.id },
    ]);
    expect(body[0].id).not.toBe(lost.id);
  });

  test('is answered before the receiver has answered', async () => {
    const slow = await startSlowReceiver(200);
    await push();
    const [lost] = (await list()).body;
    fixture.github.setWebhookUrl(slow.url);
    await fixture.call('POST', `${LIST}/${lost.id}/attempts`, makeJwt());
    expect(fixture.github.deliveries).toHaveLength(1);
    await fixture.github.settled();
    expect(fixture.github.deliveries).toHaveLength(2);
  });

  test('whose request is under way is waited for by settled', async () => {
    await push();
    const [lost] = (await list()).body;
    fixture.github.setWebhookUrl((await startSlowReceiver(50)).url);
    const attempt = request(`${fixture.github.apiUrl}${LIST}/${lost.id}/attempts`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${makeJwt()}`,
        'user-agent': 'test',
        'transfer-encoding': 'chunked',
      },
    });
    attempt.on('response', (response) => response.resume());
    attempt.flushHeaders();
    await delay(50);
    const settled = fixture.github.settled();
    attempt.end();
    await settled;
    expect(fixture.github.deliveries).toHaveLength(2);
  });
});

describe('deliveries in the background', () => {
  test('go out one after the other at first, in order', async () => {
    const slow = await startSlowReceiver(20);
    fixture.github.setWebhookUrl(slow.url);
    const run = ['opened', 'created', 'suspend', 'deleted'];
    for (const action of run) fixture.github.installation('acme', action);
    await fixture.github.settled();
    expect(slow.most()).toBe(1);
    expect(fixture.github.deliveries.map(({ action }) => action)).toEqual(run);
  });

  test('go out side by side, as many as are allowed, and settled waits for all', async () => {
    const slow = await startSlowReceiver(50);
    fixture.github.setWebhookUrl(slow.url);
    fixture.github.setDeliveryConcurrency(4);
    for (let count = 0; count < 10; count += 1) fixture.github.installation('acme');
    await fixture.github.settled();
    expect(slow.most()).toBe(4);
    expect(fixture.github.deliveries).toHaveLength(10);
    expect(new Set(fixture.github.deliveries.map(({ deliveryId }) => deliveryId)).size).toBe(10);
  });

  test('speed up when more are allowed while some wait', async () => {
    const slow = await startSlowReceiver(50);
    fixture.github.setWebhookUrl(slow.url);
    for (let count = 0; count < 3; count += 1) fixture.github.installation('acme');
    fixture.github.setDeliveryConcurrency(3);
    await fixture.github.settled();
    expect(slow.most()).toBe(3);
    expect(fixture.github.deliveries).toHaveLength(3);
  });

  test('cannot be forbidden by their number', () => {
    expect(() => {
      fixture.github.setDeliveryConcurrency(0);
    }).toThrow(RangeError);
  });
});

test('a queue is settled when the tasks that waited are done, too', async () => {
  const queue = createDeliveryQueue();
  const done: number[] = [];
  for (const number of [1, 2, 3]) queue.add(() => delay(5).then(() => done.push(number)));
  await queue.settled();
  expect(done).toEqual([1, 2, 3]);
});
