import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository } from '../../src/demo/embedded/state.ts';
import { type Answer, type Fixture, type Receiver, startFixture, startReceiver } from './fixture.ts';

let fixture: Fixture;
let receiver: Receiver;
let repository: EmbeddedRepository;
let token: string;

beforeAll(async () => {
  fixture = await startFixture();
  receiver = await startReceiver();
  fixture.github.setWebhookUrl(receiver.url);
  repository = await fixture.github.createRepository('acme/deploy');
  await fixture.github.commit(repository, { branch: 'main', files: { a: '' }, message: 'First' });
  token = await fixture.token('acme');
});
afterEach(() => {
  fixture.github.setOutage(false);
});
afterAll(async () => {
  await fixture.close();
  await receiver.close();
});

const PATH = '/repos/acme/deploy/issues';
const open = (title: string): Promise<Answer> => fixture.call('POST', PATH, token, { title });
const titles = (): string[] => fixture.github.issues(repository).map((issue) => issue.title);
const fetchRefs = (): Promise<Response> =>
  fetch(`${repository.cloneUrl}/info/refs?service=git-upload-pack`, {
    headers: { authorization: `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}` },
  });

describe('an outage', () => {
  test('breaks every connection to the API and to Git, until it ends', async () => {
    fixture.github.setOutage(true);
    for (let count = 0; count < 3; count += 1) await expect(open('during')).rejects.toThrow();
    await expect(fetchRefs()).rejects.toThrow();
    expect(fixture.github.requests.slice(-4).map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    fixture.github.setOutage(false);
    expect((await open('after')).status).toBe(201);
    expect((await fetchRefs()).status).toBe(200);
    expect(titles()).toContain('after');
    expect(titles()).not.toContain('during');
  });

  test('answers with status 503 on demand', async () => {
    fixture.github.setOutage(true, 503);
    expect((await open('unavailable')).status).toBe(503);
    expect((await fixture.call('GET', '/rate_limit', token)).status).toBe(503);
    expect((await fetchRefs()).status).toBe(503);
    fixture.github.setOutage(false);
    expect(titles()).not.toContain('unavailable');
  });

  test('does not hold up webhooks', async () => {
    const before = receiver.received.length;
    fixture.github.setOutage(true);
    await fixture.github.push(repository, { branch: 'main', files: { b: 'b' } });
    await fixture.github.settled();
    expect(receiver.received.slice(before).map(({ headers }) => headers['x-github-event'])).toContain('push');
    expect(fixture.github.deliveries.at(-1)).toMatchObject({ status: 202 });
  });

  test('leaves failures that were ordered for later', async () => {
    fixture.github.failNext({ method: 'POST', path: /\/issues$/, status: 500, when: 'before' });
    fixture.github.setOutage(true, 503);
    expect((await open('one')).status).toBe(503);
    fixture.github.setOutage(false);
    expect((await open('two')).status).toBe(500);
    expect((await open('three')).status).toBe(201);
  });

  test('is no violation of the contract', () => {
    expect(fixture.github.contractViolations).toEqual([]);
  });
});

test('the record of requests has no bodies when none are to be kept', async () => {
  const forgetful = await startFixture({ keepBodies: false });
  await forgetful.github.createRepository('acme/deploy');
  const answer = await forgetful.call('POST', PATH, await forgetful.token('acme'), { title: 'not kept' });
  expect(answer.status).toBe(201);
  expect(forgetful.github.requests).toHaveLength(2);
  expect(forgetful.github.requests.map(({ body }) => body)).toEqual([null, null]);
  await forgetful.close();
});
