// The answers are JSON, and their shape is what is tested.
/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PullRequest, ReviewComment } from '../../src/demo/embedded/state.ts';
import { type Answer, APP_SLUG, type Fixture, makeJwt, numberedLines, startFixture } from './fixture.ts';

let fixture: Fixture;
let pullRequest: PullRequest;
let own: ReviewComment;
let foreign: ReviewComment;
let full: string;
let narrow: string;
let reading: string;

beforeAll(async () => {
  fixture = await startFixture({
    app: { permissions: { contents: 'write', pull_requests: 'write', metadata: 'read' } },
  });
  const { github } = fixture;
  const repository = await github.createRepository('acme/deploy');
  await github.commit(repository, {
    branch: 'main',
    files: { 'a.yaml': numberedLines(9) },
    message: 'First',
  });
  const files = { 'a.yaml': numberedLines(9, { 3: 'three', 6: 'six' }) };
  await github.commit(repository, { branch: 'change', files, message: 'Change' });
  pullRequest = await github.openPullRequest(repository, { title: 'T', head: 'change' });
  own = await github.comment(pullRequest, `${APP_SLUG}[bot]`, { path: 'a.yaml', line: 3, body: 'Ours' });
  foreign = await github.comment(pullRequest, 'mallory', { path: 'a.yaml', line: 6, body: 'Mine' });
  full = await fixture.token('acme');
  narrow = await fixture.token('acme', { permissions: { contents: 'read', pull_requests: 'write' } });
  reading = await fixture.token('acme', { permissions: { contents: 'write', pull_requests: 'read' } });
});
afterAll(() => fixture.close());

const ask = (query: string, variables: object = {}, token = full): Promise<Answer> =>
  fixture.call('POST', `${fixture.github.url}/api/graphql`, token, { query, variables });

const THREADS = `query ($first: Int, $last: Int, $after: String) {
  repository(owner: "acme", name: "deploy") {
    pullRequest(number: 1) {
      reviewThreads(first: $first, last: $last, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes {
          id path line isOutdated isResolved subjectType viewerCanResolve viewerCanUnresolve
          resolvedBy { login }
          comments(first: 10) {
            totalCount
            nodes { id body viewerDidAuthor isMinimized author { __typename login } }
          }
        }
      }
    }
  }
}`;

async function threads(token = full): Promise<Answer['body']> {
  const { body } = await ask(THREADS, { first: 100 }, token);
  return body.data.repository.pullRequest.reviewThreads.nodes;
}

async function mutate(field: string, input: object, token = full): Promise<Answer['body']> {
  const type = `${field[0]?.toUpperCase() ?? ''}${field.slice(1)}Input!`;
  const query = `mutation ($input: ${type}) { ${field}(input: $input) { clientMutationId } }`;
  return (await ask(query, { input }, token)).body;
}

test('shows threads, with an App’s login as GraphQL has it', async () => {
  expect(await threads()).toMatchObject([
    {
      path: 'a.yaml',
      line: 3,
      isResolved: false,
      isOutdated: false,
      subjectType: 'LINE',
      viewerCanResolve: true,
      resolvedBy: null,
      comments: {
        nodes: [
          { body: 'Ours', viewerDidAuthor: true, author: { __typename: 'Bot', login: 'gitops-warden' } },
        ],
      },
    },
    {
      line: 6,
      comments: { nodes: [{ viewerDidAuthor: false, author: { __typename: 'User', login: 'mallory' } }] },
    },
  ]);
});

test('pages as GitHub does, and refuses what has no bounds or too wide ones', async () => {
  const first = (await ask(THREADS, { first: 1 })).body.data.repository.pullRequest.reviewThreads;
  expect(first).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true }, nodes: [{ line: 3 }] });
  const after = first.pageInfo.endCursor;
  const second = (await ask(THREADS, { first: 1, after })).body.data.repository.pullRequest.reviewThreads;
  expect(second).toMatchObject({ pageInfo: { hasNextPage: false }, nodes: [{ line: 6 }] });
  expect((await ask(THREADS, {})).body.errors).toMatchObject([{ type: 'MISSING_PAGINATION_BOUNDARIES' }]);
  expect((await ask(THREADS, { first: 101 })).body.errors).toMatchObject([{ type: 'EXCESSIVE_PAGINATION' }]);
});

test('answers, edits, resolves, reopens and folds', async () => {
  const [thread] = await threads();
  const [root] = thread.comments.nodes;
  await mutate('addPullRequestReviewThreadReply', { pullRequestReviewThreadId: thread.id, body: 'Mended.' });
  await mutate('updatePullRequestReviewComment', {
    pullRequestReviewCommentId: root.id,
    body: 'Ours, edited',
  });
  await mutate('resolveReviewThread', { threadId: thread.id });
  await mutate('minimizeComment', { subjectId: root.id, classifier: 'RESOLVED' });
  expect((await threads())[0]).toMatchObject({
    isResolved: true,
    viewerCanUnresolve: true,
    resolvedBy: { login: 'gitops-warden' },
    comments: {
      totalCount: 2,
      nodes: [
        { body: 'Ours, edited', isMinimized: true },
        { body: 'Mended.', viewerDidAuthor: true },
      ],
    },
  });
  await mutate('unresolveReviewThread', { threadId: thread.id });
  await mutate('unminimizeComment', { subjectId: root.id });
  expect((await threads())[0]).toMatchObject({
    isResolved: false,
    comments: { nodes: [{ isMinimized: false }, {}] },
  });
  expect(own.body).toBe('Ours, edited');
});

test('several mutations of a document stand or fall each by itself', async () => {
  const [thread, other] = await threads();
  const query = `mutation ($a: UpdatePullRequestReviewCommentInput!, $b: AddPullRequestReviewThreadReplyInput!) {
    a: updatePullRequestReviewComment(input: $a) { clientMutationId }
    b: addPullRequestReviewThreadReply(input: $b) { clientMutationId }
  }`;
  const { status, body } = await ask(query, {
    a: { pullRequestReviewCommentId: other.comments.nodes[0].id, body: 'Taken over' },
    b: { pullRequestReviewThreadId: thread.id, body: 'Still here' },
  });
  expect(status).toBe(200);
  expect(body.data).toEqual({ a: null, b: { clientMutationId: null } });
  expect(body.errors).toMatchObject([{ type: 'FORBIDDEN', path: ['a'] }]);
  expect(foreign.body).toBe('Mine');
});

test.each([
  ['resolveReviewThread', 'FORBIDDEN', () => narrow],
  ['unresolveReviewThread', 'FORBIDDEN', () => narrow],
])('%s takes write access to the contents', async (field, type, token) => {
  const [thread] = await threads(token());
  expect(thread.viewerCanResolve).toBe(false);
  const body = await mutate(field, { threadId: thread.id }, token());
  expect(body.errors).toMatchObject([{ type, message: 'Resource not accessible by integration' }]);
});

test('commenting takes write access to pull requests', async () => {
  const [thread] = await threads();
  const input = { pullRequestReviewThreadId: thread.id, body: 'x' };
  const body = await mutate('addPullRequestReviewThreadReply', input, reading);
  expect(body.errors).toMatchObject([{ type: 'FORBIDDEN' }]);
});

test.each([
  ['an unknown thread', 'resolveReviewThread', { threadId: 'PRRT_x' }, 'NOT_FOUND'],
  [
    'an empty id',
    'addPullRequestReviewThreadReply',
    { pullRequestReviewThreadId: '', body: 'x' },
    'NOT_FOUND',
  ],
])('refuses %s', async (_what, field, input, type) => {
  expect((await mutate(field, input)).errors).toMatchObject([{ type }]);
});

test.each([
  ['blank', ' '],
  ['too long', 'x'.repeat(65_537)],
])('refuses a body that is %s', async (_what, text) => {
  const [thread] = await threads();
  const body = await mutate('addPullRequestReviewThreadReply', {
    pullRequestReviewThreadId: thread.id,
    body: text,
  });
  expect(body.errors).toMatchObject([{ type: 'UNPROCESSABLE' }]);
});

test('a document that does not fit the schema is refused and noted', async () => {
  const before = fixture.github.contractViolations.length;
  const { status, body } = await ask('{ repository(owner: "acme", name: "deploy") { stars } }');
  expect(status).toBe(200);
  expect(body.errors[0].extensions).toEqual({ code: 'undefinedField' });
  expect((await ask('query {')).body.errors).toHaveLength(1);
  expect(fixture.github.contractViolations).toHaveLength(before + 2);
});

test('needs a token of an installation', async () => {
  const call = (token: string | null): Promise<Answer> =>
    fixture.call('POST', `${fixture.github.url}/graphql`, token, { query: '{ rateLimit { limit } }' });
  expect((await call(null)).status).toBe(401);
  expect((await call(makeJwt())).status).toBe(401);
  expect((await call(full)).headers.get('x-ratelimit-resource')).toBe('graphql');
});
