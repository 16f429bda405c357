// The answers are JSON, and their shape is what is tested.
/* eslint-disable @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository } from '../../src/demo/embedded/state.ts';
import { APP_ID, type Fixture, makeJwt, otherKey, startFixture } from './fixture.ts';

let fixture: Fixture;
let repository: EmbeddedRepository;
let now = Date.now();

beforeAll(async () => {
  fixture = await startFixture({ now: () => now });
  repository = await fixture.github.createRepository('acme/deploy');
  await fixture.github.createRepository('acme/other');
  await fixture.github.createRepository('globex/deploy');
  await fixture.github.commit(repository, {
    branch: 'main',
    files: { 'a.yaml': 'a: 1\n' },
    message: 'First',
  });
});
afterAll(() => fixture.close());

describe('the JWT of the App', () => {
  test('opens the App’s own routes', async () => {
    const { status, body } = await fixture.call('GET', '/app', makeJwt());
    expect(status).toBe(200);
    expect(body.id).toBe(APP_ID);
  });

  test.each([
    ['signed with another key', () => makeJwt({}, otherKey), 401, /could not be decoded/],
    ['expired', () => makeJwt({ iat: -700, exp: -60 }), 401, /'exp'/],
    ['valid for more than ten minutes', () => makeJwt({ exp: 700 }), 401, /too far in the future/],
    ['issued in the future', () => makeJwt({ iat: 120 }), 401, /'iat'/],
    ['issued by another App', () => makeJwt({ iss: APP_ID + 1 }), 404, /Integration not found/],
    ['without a signature', () => makeJwt().replace(/[^.]+$/, 'AAAA'), 401, /could not be decoded/],
  ])('is refused when it is %s', async (_, make, status, message) => {
    const answer = await fixture.call('GET', '/app', make());
    expect(answer.status).toBe(status);
    expect(answer.body.message).toMatch(message);
    expect(answer.body.documentation_url).toMatch(/^https:\/\/docs\.github\.com\//);
  });

  test('does not open a repository', async () => {
    expect((await fixture.call('GET', '/repos/acme/deploy', makeJwt())).status).toBe(401);
  });

  test('finds the installation of a repository', async () => {
    const { body } = await fixture.call('GET', '/repos/acme/deploy/installation', makeJwt());
    expect(body.id).toBe(fixture.github.installationId('acme'));
    expect((await fixture.call('GET', '/repos/acme/nowhere/installation', makeJwt())).status).toBe(404);
  });
});

describe('an installation token', () => {
  const create = (request: object): ReturnType<Fixture['call']> =>
    fixture.call(
      'POST',
      `/app/installations/${fixture.github.installationId('acme')}/access_tokens`,
      makeJwt({}, undefined, now),
      request,
    );

  test('reads the repositories of its owner only', async () => {
    const token = await fixture.token('acme');
    expect((await fixture.call('GET', '/repos/acme/deploy', token)).status).toBe(200);
    expect((await fixture.call('GET', '/repos/globex/deploy', token)).status).toBe(404);
    expect((await fixture.call('GET', '/repos/acme/nowhere', token)).status).toBe(404);
  });

  test('is narrowed to the repositories and permissions asked for', async () => {
    const { body } = await create({ repository_ids: [repository.id], permissions: { contents: 'read' } });
    expect(body.permissions).toEqual({ contents: 'read', metadata: 'read' });
    const pulls = await fixture.call('GET', '/repos/acme/deploy/pulls', body.token);
    expect(pulls.status).toBe(403);
    expect(pulls.body.message).toBe('Resource not accessible by integration');
    expect(pulls.headers.get('x-accepted-github-permissions')).toBe('pull_requests=read');
    expect((await fixture.call('GET', '/repos/acme/deploy/branches', body.token)).status).toBe(200);
    expect((await fixture.call('GET', '/repos/acme/other/branches', body.token)).status).toBe(404);
  });

  test('is refused when it asks for more than was granted', async () => {
    const answers = await Promise.all([
      create({ permissions: { contents: 'write' } }),
      create({ permissions: { administration: 'read' } }),
      create({ repository_ids: [repository.id, 999_999] }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([422, 422, 422]);
  });

  test('does not open the routes of the App', async () => {
    expect((await fixture.call('GET', '/app', await fixture.token('acme'))).status).toBe(401);
  });

  test('ends after one hour', async () => {
    const token = await fixture.token('acme');
    now += 59 * 60 * 1000;
    expect((await fixture.call('GET', '/repos/acme/deploy', token)).status).toBe(200);
    now += 61 * 1000;
    expect((await fixture.call('GET', '/repos/acme/deploy', token)).status).toBe(401);
  });

  test('is needed', async () => {
    expect((await fixture.call('GET', '/repos/acme/deploy', null)).status).toBe(401);
    expect((await fixture.call('GET', '/repos/acme/deploy', 'ghs_unknown')).status).toBe(401);
  });
});

describe('permissions', () => {
  test.each([
    ['GET', '/branches/main', { contents: 'read' }],
    ['GET', '/commits/main', { contents: 'read' }],
    ['GET', '/pulls', { pull_requests: 'read' }],
    ['POST', '/pulls/1/reviews', { pull_requests: 'write' }],
    ['POST', '/check-runs', { checks: 'write' }],
    ['GET', '/commits/main/check-runs', { checks: 'read' }],
    ['GET', '/issues', { issues: 'read' }],
    ['POST', '/issues', { issues: 'write' }],
  ])('%s %s needs %j', async (method, path, permissions) => {
    const all = { checks: 'read', contents: 'read', issues: 'read', pull_requests: 'read' };
    const [name, level] = Object.entries(permissions)[0] ?? [];
    const others = Object.fromEntries(Object.entries(all).filter(([other]) => other !== name));
    const without = await fixture.token('acme', {
      permissions: level === 'write' ? all : others,
    });
    const body = method === 'POST' ? {} : undefined;
    expect((await fixture.call(method, `/repos/acme/deploy${path}`, without, body)).status).toBe(403);
    const granted = await fixture.token('acme', { permissions });
    expect((await fixture.call(method, `/repos/acme/deploy${path}`, granted, body)).status).not.toBe(403);
  });
});
