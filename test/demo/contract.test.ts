// The answers are JSON, and their shape is what is tested.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createContract } from '../../src/demo/embedded/contract.ts';
import { ROUTES } from '../../src/demo/embedded/routes/index.ts';
import { type Fixture, startFixture } from './fixture.ts';

const contract = createContract();

function check(method: string, path: string, body?: unknown): ReturnType<typeof contract.checkRequest> {
  const url = new URL(path, 'http://localhost');
  const matched = contract.match(method, url.pathname);
  if (matched === null) throw new Error(`Nothing matches ${path}`);
  return contract.checkRequest(matched, url.searchParams, body);
}

describe('GitHub’s description', () => {
  test('has a handler for each operation, and each handler has an operation', () => {
    const described = contract.operations.map((operation) => operation.key);
    expect([...ROUTES.keys()].toSorted()).toEqual(described.toSorted());
  });

  test.each([
    ['/repos/o/r/commits/main', 'GET /repos/{owner}/{repo}/commits/{ref}', { ref: 'main' }],
    ['/repos/o/r/commits/abc/pulls', 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', {}],
    ['/repos/o/r/branches/feature/x', 'GET /repos/{owner}/{repo}/branches/{branch}', { branch: 'feature/x' }],
    [
      '/repos/o/r/branches/feature%2Fx',
      'GET /repos/{owner}/{repo}/branches/{branch}',
      { branch: 'feature/x' },
    ],
    ['/repos/o/r/git/ref/heads/main', 'GET /repos/{owner}/{repo}/git/ref/{ref}', { ref: 'heads/main' }],
    ['/repos/o/r/compare/a...b', 'GET /repos/{owner}/{repo}/compare/{basehead}', { basehead: 'a...b' }],
  ])('%s is %s', (path, key, params) => {
    const matched = contract.match('GET', path);
    expect(matched?.operation.key).toBe(key);
    expect(matched?.params).toMatchObject(params);
  });

  test('knows no other operations', () => {
    expect(contract.match('DELETE', '/repos/o/r')).toBeNull();
    expect(contract.match('GET', '/repos/o/r/secrets')).toBeNull();
  });
});

describe('requests', () => {
  const run = { name: 'gitops-warden', head_sha: 'a'.repeat(40) };

  test('that GitHub takes have no problems', () => {
    expect(check('POST', '/repos/o/r/check-runs', run)).toEqual({ refused: [], ignored: [] });
    expect(check('GET', '/repos/o/r/pulls?state=all&per_page=100')).toEqual({ refused: [], ignored: [] });
  });

  test('with a missing field, a wrong type or an unknown value are refused', () => {
    expect(check('POST', '/repos/o/r/check-runs', { head_sha: run.head_sha }).refused).not.toEqual([]);
    expect(check('POST', '/repos/o/r/check-runs', { ...run, name: 1 }).refused).not.toEqual([]);
    expect(check('GET', '/repos/o/r/pulls?state=merged').refused).not.toEqual([]);
    expect(check('GET', '/repos/o/r/pulls/abc').refused).not.toEqual([]);
    expect(check('POST', '/repos/o/r/issues').refused).not.toEqual([]);
  });

  test('with more than fifty annotations are refused', () => {
    const annotation = { path: 'a', start_line: 1, end_line: 1, annotation_level: 'failure', message: 'm' };
    const withAnnotations = (count: number): readonly string[] =>
      check('POST', '/repos/o/r/check-runs', {
        ...run,
        output: { title: 't', summary: 's', annotations: Array(count).fill(annotation) },
      }).refused;
    expect(withAnnotations(50)).toEqual([]);
    expect(withAnnotations(51).join()).toMatch(/annotations must NOT have more than 50 items/);
  });

  test('with fields that GitHub ignores are told apart', () => {
    const unknown = check('POST', '/repos/o/r/check-runs', {
      ...run,
      output: { title: 't', summary: 's', sumary: 's' },
    });
    expect(unknown.refused).toEqual([]);
    expect(unknown.ignored.join()).toMatch(/sumary/);
    const comment = { path: 'a', line: 1, body: 'b', subject_type: 'file' };
    expect(check('POST', '/repos/o/r/pulls/1/reviews', { comments: [comment] }).ignored.join()).toMatch(
      /subject_type/,
    );
    expect(check('GET', '/repos/o/r/pulls?sate=all').ignored.join()).toMatch(/sate/);
  });
});

describe('answers', () => {
  test('that lack a field or a status of the description are reported', () => {
    const operation = contract.operations.find(({ key }) => key === 'GET /meta');
    if (operation === undefined) throw new Error('no operation');
    expect(contract.checkResponse(operation, 200, {})).not.toEqual([]);
    expect(contract.checkResponse(operation, 200, { verifiable_password_authentication: false })).toEqual([]);
    expect(contract.checkResponse(operation, 202, {})).not.toEqual([]);
    expect(contract.checkResponse(operation, 500, 'oops')).not.toEqual([]);
  });
});

describe('the server', () => {
  let fixture: Fixture;
  let token: string;
  beforeAll(async () => {
    fixture = await startFixture();
    await fixture.github.createRepository('acme/deploy');
    token = await fixture.token('acme');
  });
  afterAll(() => fixture.close());

  test('notes each stray request by its operation', async () => {
    const { github } = fixture;
    const before = github.contractViolations.length;
    expect(
      (await fixture.call('POST', '/repos/acme/deploy/issues', token, { title: 'T', colour: 'red' })).status,
    ).toBe(201);
    expect((await fixture.call('POST', '/repos/acme/deploy/issues', token, {})).status).toBe(422);
    expect((await fixture.call('GET', '/repos/acme/deploy/actions/runs', token)).status).toBe(404);
    const noted = github.contractViolations.slice(before);
    expect(noted).toHaveLength(3);
    expect(noted[0]).toMatch(/^POST .*\/issues: body .*colour/);
    expect(noted[1]).toMatch(/title/);
    expect(noted[2]).toMatch(/does not serve/);
  });

  test('refuses a body that is no JSON and a path that is not encoded', async () => {
    const response = await fetch(`${fixture.github.apiUrl}/repos/acme/deploy/issues`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: '{"title":',
    });
    expect(response.status).toBe(400);
    expect((await fixture.call('GET', '/repos/acme/deploy/branches/%ZZ', token)).status).toBe(400);
  });
});
