// The answers are JSON, and their shape is what is tested.
/* eslint-disable @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository } from '../../src/demo/embedded/state.ts';
import { type Answer, APP_SLUG, type Fixture, startFixture } from './fixture.ts';

let fixture: Fixture;
let repository: EmbeddedRepository;
let token: string;
let sha: string;

beforeAll(async () => {
  fixture = await startFixture();
  repository = await fixture.github.createRepository('acme/deploy');
  sha = await fixture.github.commit(repository, {
    branch: 'main',
    files: { 'a.yaml': 'a: 1\n' },
    message: 'First',
  });
  token = await fixture.token('acme');
});
afterAll(() => fixture.close());

const create = (body: object): Promise<Answer> =>
  fixture.call('POST', '/repos/acme/deploy/check-runs', token, {
    name: 'gitops-warden',
    head_sha: sha,
    ...body,
  });
const update = (id: number, body: object): Promise<Answer> =>
  fixture.call('PATCH', `/repos/acme/deploy/check-runs/${id}`, token, body);
const annotation = {
  path: 'a.yaml',
  start_line: 1,
  end_line: 1,
  annotation_level: 'failure',
  message: 'No.',
};

describe('a check run', () => {
  test('starts, completes, and collects annotations', async () => {
    const { status, body } = await create({ status: 'in_progress', external_id: 'x:1' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: 'in_progress',
      conclusion: null,
      external_id: 'x:1',
      app: { slug: APP_SLUG },
    });
    const output = { title: 'T', summary: 'S', annotations: [annotation] };
    await update(body.id, { output });
    const done = await update(body.id, { conclusion: 'failure', output });
    expect(done.body).toMatchObject({
      status: 'completed',
      conclusion: 'failure',
      output: { title: 'T', summary: 'S', annotations_count: 2 },
    });
    expect(done.body.completed_at).toMatch(/Z$/);
    const listed = await fixture.call('GET', `/repos/acme/deploy/check-runs/${body.id}/annotations`, token);
    expect(listed.body).toHaveLength(2);
    expect(fixture.github.checkRuns(repository, sha).at(-1)?.annotations[0]).toMatchObject({
      path: 'a.yaml',
      startLine: 1,
    });
    expect((await update(body.id, { status: 'in_progress' })).body).toMatchObject({
      conclusion: null,
      completed_at: null,
    });
  });

  test.each([
    ['completed without a conclusion', { status: 'completed' }, /conclusion/],
    ['with completed_at and no conclusion', { completed_at: '2026-01-01T00:00:00Z' }, /conclusion/],
    ['declared stale', { conclusion: 'stale' }, /stale/],
    ['with an unknown conclusion', { conclusion: 'passed' }, /conclusion/],
    ['on an unknown commit', { head_sha: 'b'.repeat(40) }, /No commit found/],
    ['on a branch name', { head_sha: 'main' }, /No commit found/],
    ['with a long title', { output: { title: 'x'.repeat(256), summary: '' } }, /title is too long/],
    ['with a long summary', { output: { title: 't', summary: 'x'.repeat(65_536) } }, /summary/],
    ['with details elsewhere than on the web', { details_url: 'file:///etc/passwd' }, /http/],
    ['without a name', { name: ' ' }, /name/],
  ])('is refused %s', async (_, body, message) => {
    const before = fixture.github.checkRuns(repository, sha).length;
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect(answer.body.message).toMatch(message);
    expect(fixture.github.checkRuns(repository, sha)).toHaveLength(before);
  });

  test.each([
    ['more than fifty', Array(51).fill(annotation)],
    ['a range that ends before it starts', [{ ...annotation, start_line: 2 }]],
    ['columns over several lines', [{ ...annotation, end_line: 2, start_column: 1, end_column: 2 }]],
    ['a message of more than 64 KB', [{ ...annotation, message: 'ü'.repeat(33_000) }]],
    ['a long title', [{ ...annotation, title: 'x'.repeat(256) }]],
    ['an unknown level', [{ ...annotation, annotation_level: 'error' }]],
    ['line 0', [{ ...annotation, start_line: 0, end_line: 0 }]],
  ])('is refused with annotations: %s', async (_, annotations) => {
    const answer = await create({ output: { title: 't', summary: 's', annotations } });
    expect(answer.status).toBe(422);
  });

  test('is listed by commit and branch, the latest of a name first unless all are asked for', async () => {
    const other = await fixture.github.commit(repository, { branch: 'x', files: { b: '' }, message: 'x' });
    const ids: number[] = [];
    for (const name of ['one', 'two', 'one']) ids.push((await create({ name, head_sha: other })).body.id);
    const list = async (query: string): Promise<number[]> => {
      const { body } = await fixture.call('GET', `/repos/acme/deploy/commits/x/check-runs${query}`, token);
      expect(body.total_count).toBe(body.check_runs.length);
      return body.check_runs.map((run: { id: number }) => run.id).toSorted();
    };
    expect(await list('')).toEqual([ids[1], ids[2]]);
    expect(await list('?filter=all')).toEqual(ids);
    expect(await list('?check_name=one')).toEqual([ids[2]]);
    expect(await list('?app_id=1')).toEqual([]);
  });

  test('of another repository cannot be changed', async () => {
    await fixture.github.createRepository('acme/other');
    const { body } = await create({});
    const answer = await fixture.call('PATCH', `/repos/acme/other/check-runs/${body.id}`, token, {
      conclusion: 'success',
    });
    expect(answer.status).toBe(404);
  });
});
