// The answers are JSON, and their shape is what is tested.
/* eslint-disable @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PullRequest } from '../../src/demo/embedded/state.ts';
import { type Answer, APP_SLUG, type Fixture, numberedLines, startFixture } from './fixture.ts';

let fixture: Fixture;
let token: string;
let pullRequest: PullRequest;

beforeAll(async () => {
  fixture = await startFixture();
  const { github } = fixture;
  const repository = await github.createRepository('acme/deploy');
  await github.commit(repository, {
    branch: 'main',
    files: { 'app.yaml': numberedLines(60), 'old.yaml': numberedLines(20), 'same.yaml': 'x: 1\n' },
    message: 'First',
  });
  await github.commit(repository, {
    branch: 'change',
    files: {
      'app.yaml': numberedLines(60, { 10: 'changed 10', 40: 'changed 40' }),
      'old.yaml': null,
      'new.yaml': 'x: 1\ny: 2\n',
      'logo.png': new Uint8Array([0x89, 0x50, 0, 1, 2]),
    },
    message: 'Change',
  });
  pullRequest = await github.openPullRequest(repository, { title: 'Change', head: 'change' });
  token = await fixture.token('acme');
});
afterAll(() => fixture.close());

const review = (body: object): Promise<Answer> =>
  fixture.call('POST', `/repos/acme/deploy/pulls/${pullRequest.number}/reviews`, token, body);
const reviewWith = (...comments: object[]): Promise<Answer> =>
  review({ event: 'COMMENT', body: 'Review', comments });
const single = (body: object): Promise<Answer> =>
  fixture.call('POST', `/repos/acme/deploy/pulls/${pullRequest.number}/comments`, token, {
    commit_id: pullRequest.head.sha,
    ...body,
  });

describe('a review', () => {
  test('keeps all its comments with their lines', async () => {
    const { status, body } = await review({
      commit_id: pullRequest.head.sha,
      event: 'COMMENT',
      body: 'Two findings.',
      comments: [
        { path: 'app.yaml', line: 10, side: 'RIGHT', body: 'Here' },
        { path: 'app.yaml', start_line: 38, line: 40, side: 'RIGHT', body: 'And here' },
        { path: 'old.yaml', line: 3, side: 'LEFT', body: 'Gone' },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'COMMENTED', user: { login: `${APP_SLUG}[bot]`, type: 'Bot' } });
    const listed = await fixture.call(
      'GET',
      `/repos/acme/deploy/pulls/${pullRequest.number}/comments`,
      token,
    );
    expect(listed.body).toMatchObject([
      { path: 'app.yaml', line: 10, start_line: null, side: 'RIGHT', position: 5 },
      { path: 'app.yaml', line: 40, start_line: 38, start_side: 'RIGHT', side: 'RIGHT' },
      { path: 'old.yaml', line: 3, side: 'LEFT' },
    ]);
    expect(listed.body[0].diff_hunk.split('\n').slice(-2)).toEqual(['-line 10', '+changed 10']);
    expect(listed.body[0].pull_request_review_id).toBe(body.id);
  });

  test.each([
    ['a line outside the diff', { path: 'app.yaml', line: 25, body: 'x' }, 'Line could not be resolved'],
    ['a line behind the end', { path: 'app.yaml', line: 99, body: 'x' }, 'Line could not be resolved'],
    ['a context line too far away', { path: 'app.yaml', line: 14, body: 'x' }, 'Line could not be resolved'],
    ['the wrong side', { path: 'new.yaml', line: 1, side: 'LEFT', body: 'x' }, 'Line could not be resolved'],
    ['a deleted file on the right', { path: 'old.yaml', line: 1, body: 'x' }, 'Line could not be resolved'],
    ['a binary file', { path: 'logo.png', line: 1, body: 'x' }, 'Line could not be resolved'],
    ['a file that did not change', { path: 'same.yaml', line: 1, body: 'x' }, 'Path could not be resolved'],
    [
      'two hunks',
      { path: 'app.yaml', start_line: 10, line: 40, body: 'x' },
      'Start line could not be resolved',
    ],
    [
      'a range of one line',
      { path: 'app.yaml', start_line: 10, line: 10, body: 'x' },
      'Start line must precede the end line',
    ],
    ['no line at all', { path: 'app.yaml', body: 'x' }, 'Line could not be resolved'],
    ['no text', { path: 'app.yaml', line: 10, body: ' ' }, "Body can't be blank"],
    ['too much text', { path: 'app.yaml', line: 10, body: 'x'.repeat(65_537) }, /too long/],
    ['an unknown side', { path: 'app.yaml', line: 10, side: 'MIDDLE', body: 'x' }, /Side/],
  ])('is refused whole for %s', async (_, bad, error) => {
    const before = fixture.github.reviewComments(pullRequest).length;
    const reviews = fixture.github.reviews(pullRequest).length;
    const answer = await reviewWith({ path: 'app.yaml', line: 10, body: 'Good' }, bad);
    expect(answer.status).toBe(422);
    expect(answer.body.message).toBe('Unprocessable Entity');
    expect(answer.body.errors).toEqual([typeof error === 'string' ? error : expect.stringMatching(error)]);
    expect(fixture.github.reviewComments(pullRequest)).toHaveLength(before);
    expect(fixture.github.reviews(pullRequest)).toHaveLength(reviews);
  });

  test.each([
    ['COMMENT without text and comments', { event: 'COMMENT' }],
    ['REQUEST_CHANGES without text', { event: 'REQUEST_CHANGES' }],
    ['too long a text', { event: 'COMMENT', body: 'x'.repeat(65_537) }],
    ['a commit of another history', { event: 'COMMENT', body: 'x', commit_id: 'c'.repeat(40) }],
    ['an unknown event', { event: 'BLOCK', body: 'x' }],
  ])('is refused: %s', async (_, body) => {
    expect((await review(body)).status).toBe(422);
  });

  test('takes context lines within three lines of a change', async () => {
    expect((await reviewWith({ path: 'app.yaml', line: 13, body: 'Context' })).status).toBe(200);
  });

  test('stays hidden while it is pending, and there is only one', async () => {
    const { github } = fixture;
    const other = await github.openPullRequest(pullRequest.repository, { title: 'Other', head: 'change' });
    const path = `/repos/acme/deploy/pulls/${other.number}`;
    const pending = { comments: [{ path: 'app.yaml', line: 10, body: 'Not yet' }] };
    const first = await fixture.call('POST', `${path}/reviews`, token, pending);
    expect(first.body).toMatchObject({ state: 'PENDING' });
    expect(first.body.submitted_at).toBeUndefined();
    expect((await fixture.call('GET', `${path}/comments`, token)).body).toEqual([]);
    expect((await fixture.call('POST', `${path}/reviews`, token, pending)).status).toBe(422);
  });
});

describe('a single comment', () => {
  test('stands on a line, or on the whole file', async () => {
    const line = await single({ path: 'new.yaml', line: 2, side: 'RIGHT', body: 'Here' });
    expect(line.status).toBe(201);
    expect(line.body).toMatchObject({ line: 2, subject_type: 'line' });
    const file = await single({ path: 'logo.png', subject_type: 'file', body: 'The file' });
    expect(file.status).toBe(201);
    expect(file.body).toMatchObject({ line: null, position: null, subject_type: 'file' });
  });

  test('is refused in GitHub’s other form', async () => {
    const answer = await single({ path: 'app.yaml', line: 25, body: 'x' });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      message: 'Validation Failed',
      errors: [
        { resource: 'PullRequestReviewComment', code: 'custom', field: 'pull_request_review_thread.line' },
      ],
    });
  });

  test('can be changed by its author only', async () => {
    const own = await single({ path: 'new.yaml', line: 1, body: 'Draft' });
    const change = (id: number): Promise<Answer> =>
      fixture.call('PATCH', `/repos/acme/deploy/pulls/comments/${id}`, token, { body: 'Final' });
    expect((await change(own.body.id)).body.body).toBe('Final');
    const foreign = await fixture.github.comment(pullRequest, 'mallory', {
      path: 'new.yaml',
      line: 1,
      body: 'Mine',
    });
    expect((await change(foreign.id)).status).toBe(403);
    expect(foreign.body).toBe('Mine');
    expect((await change(1)).status).toBe(404);
  });
});

describe('after another push', () => {
  test('comments move with their line, and are outdated when it changed', async () => {
    const { github } = fixture;
    const repository = await github.createRepository('acme/moves');
    await github.commit(repository, {
      branch: 'main',
      files: { 'a.yaml': numberedLines(9) },
      message: 'First',
    });
    await github.commit(repository, {
      branch: 'change',
      files: { 'a.yaml': numberedLines(9, { 3: 'three', 6: 'six' }) },
      message: 'Change',
    });
    const moving = await github.openPullRequest(repository, { title: 'T', head: 'change' });
    const first = moving.head.sha;
    await github.comment(moving, 'octocat', { path: 'a.yaml', line: 3, body: 'Changes again' });
    await github.comment(moving, 'octocat', { path: 'a.yaml', line: 6, body: 'Stays' });
    await github.pushToPullRequest(moving, {
      files: { 'a.yaml': `new first line\n${numberedLines(9, { 3: 'THREE', 6: 'six' })}` },
    });
    const { body } = await fixture.call('GET', `/repos/acme/moves/pulls/${moving.number}/comments`, token);
    expect(body).toMatchObject([
      { line: null, original_line: 3, position: null, commit_id: first, original_commit_id: first },
      { line: 7, original_line: 6, commit_id: moving.head.sha, original_commit_id: first },
    ]);
  });

  afterAll(() => {
    const strays = fixture.github.contractViolations.filter((text) => text.includes('answer'));
    expect(strays).toEqual([]);
  });
});
