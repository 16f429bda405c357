// The answers are JSON, and their shape is what is tested.
/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository } from '../../src/demo/embedded/state.ts';
import { type Answer, type Fixture, startFixture } from './fixture.ts';

let fixture: Fixture;
let repository: EmbeddedRepository;
let token: string;

beforeAll(async () => {
  fixture = await startFixture();
  repository = await fixture.github.createRepository('acme/deploy');
  await fixture.github.commit(repository, { branch: 'main', files: { a: '' }, message: 'First' });
  token = await fixture.token('acme');
});
afterAll(() => fixture.close());

const open = (title: string): Promise<Answer> =>
  fixture.call('POST', '/repos/acme/deploy/issues', token, { title });
const titles = (): string[] => fixture.github.issues(repository).map((issue) => issue.title);
const path = /\/issues$/;

describe('an ordered failure', () => {
  test('before: nothing happens', async () => {
    fixture.github.failNext({ method: 'POST', path, status: 502, when: 'before' });
    expect((await open('lost')).status).toBe(502);
    expect(titles()).not.toContain('lost');
    expect((await open('kept')).status).toBe(201);
    expect(titles()).toContain('kept');
  });

  test('after: it happens, and the client does not know', async () => {
    fixture.github.failNext({ method: 'POST', path, status: 502, when: 'after', times: 2 });
    expect((await open('unknown 1')).status).toBe(502);
    expect((await open('unknown 2')).status).toBe(502);
    expect((await open('known')).status).toBe(201);
    expect(titles()).toEqual(expect.arrayContaining(['unknown 1', 'unknown 2', 'known']));
  });

  test('resets the connection on either side of the effect', async () => {
    fixture.github.failNext({ method: 'POST', path, when: 'before', reset: true });
    await expect(open('reset before')).rejects.toThrow();
    fixture.github.failNext({ method: 'POST', path, when: 'after', reset: true });
    await expect(open('reset after')).rejects.toThrow();
    await fixture.github.settled();
    expect(titles()).not.toContain('reset before');
    expect(titles()).toContain('reset after');
  });

  test('carries headers and a body of its own', async () => {
    const failure = { status: 429, headers: { 'retry-after': '7' }, body: { message: 'slow down' } };
    fixture.github.failNext({ method: 'GET', path: /\/pulls$/, when: 'before', ...failure });
    const { status, headers, body } = await fixture.call('GET', '/repos/acme/deploy/pulls', token);
    expect([status, headers.get('retry-after'), body.message]).toEqual([429, '7', 'slow down']);
  });

  test('waits for its method and path', async () => {
    fixture.github.failNext({ method: 'PATCH', path, status: 500, when: 'before' });
    expect((await open('passes')).status).toBe(201);
  });

  test('reaches Git, too', async () => {
    fixture.github.failNext({ method: 'GET', path: /info\/refs$/, status: 503, when: 'before' });
    expect((await fetch(`${repository.cloneUrl}/info/refs?service=git-upload-pack`)).status).toBe(503);
    expect((await fetch(`${repository.cloneUrl}/info/refs?service=git-upload-pack`)).status).toBe(401);
  });
});

describe('the record of requests', () => {
  test('has each call with its status and body', async () => {
    await open('recorded');
    expect(fixture.github.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: '/repos/acme/deploy/issues',
      status: 201,
      body: { title: 'recorded' },
    });
    await fixture.call('GET', `${fixture.github.url}/repos/acme/deploy/pulls?state=all`, token);
    expect(fixture.github.requests.at(-1)).toMatchObject({
      path: '/repos/acme/deploy/pulls?state=all',
      body: null,
    });
  });

  test('counts against the rate limit of the installation', async () => {
    const remaining = async (): Promise<number> =>
      Number((await open('x')).headers.get('x-ratelimit-remaining'));
    const first = await remaining();
    expect(await remaining()).toBe(first - 1);
  });
});
