// The answers are JSON, and their shape is what is tested.
/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository, PullRequest } from '../../src/demo/embedded/state.ts';
import { type Answer, type Fixture, makeJwt, startFixture } from './fixture.ts';

let fixture: Fixture;
let deploy: EmbeddedRepository;
let pullRequests: PullRequest[];

beforeAll(async () => {
  fixture = await startFixture();
  const { github } = fixture;
  deploy = await github.createRepository('acme/deploy');
  await github.createRepository('acme/other');
  await github.createRepository('acme/without', { installed: false });
  await github.createRepository('acme/third');
  await github.createRepository('globex/deploy');
  await github.createRepository('mallory/deploy', { forkOf: deploy });
  await github.commit(deploy, { branch: 'main', files: { a: '' }, message: 'First' });
  pullRequests = [];
  for (const [head, draft] of [
    ['one', false],
    ['two', true],
    ['three', false],
  ] as const) {
    await github.commit(deploy, { branch: head, files: { [head]: '' }, message: head });
    pullRequests.push(await github.openPullRequest(deploy, { title: head, head, draft }));
  }
  const closed = await github.openPullRequest(deploy, { title: 'closed', head: 'one' });
  await github.closePullRequest(closed);
});
afterAll(async () => {
  expect(fixture.github.contractViolations).toEqual([]);
  await fixture.close();
});

function nextPage(answer: Answer): string | undefined {
  return /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
}

/** The answers of a list, page by page. */
async function pages(path: string, token: string): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const answer: Answer = await fixture.call('GET', next, token);
    answers.push(answer);
    next = nextPage(answer);
  }
  return answers;
}

describe('the repositories of an installation', () => {
  const names = ({ body }: Answer): string[] =>
    (body.repositories as readonly { full_name: string }[]).map((repository) => repository.full_name);

  test('are those of its owner on which the App is installed, page by page', async () => {
    const answers = await pages('/installation/repositories?per_page=2', await fixture.token('acme'));
    expect(answers.map(names)).toEqual([['acme/deploy', 'acme/other'], ['acme/third']]);
    expect(answers.map(({ body }): unknown => body.total_count)).toEqual([3, 3]);
  });

  test('are no more than the token covers', async () => {
    const token = await fixture.token('acme', { repositories: ['other'] });
    const { body } = await fixture.call('GET', '/installation/repositories', token);
    expect(body).toMatchObject({ total_count: 1, repositories: [{ full_name: 'acme/other' }] });
  });

  test('are listed without the prefix of the API, too', async () => {
    const url = `${fixture.github.url}/installation/repositories`;
    const answer = await fixture.call('GET', url, await fixture.token('globex'));
    expect(names(answer)).toEqual(['globex/deploy']);
  });

  test('are not listed for the App itself', async () => {
    expect((await fixture.call('GET', '/installation/repositories', makeJwt())).status).toBe(401);
  });
});

describe('the list of installations', () => {
  test('pages, and none is suspended', async () => {
    const answers = await pages('/app/installations?per_page=1', makeJwt());
    expect(answers.map(({ body }): unknown => body)).toMatchObject([
      [{ id: fixture.github.installationId('acme'), account: { login: 'acme' }, suspended_at: null }],
      [{ id: fixture.github.installationId('globex'), account: { login: 'globex' }, suspended_at: null }],
    ]);
  });
});

describe('the list of open pull requests', () => {
  test('pages, and tells draft, head and base', async () => {
    const answers = await pages(
      '/repos/acme/deploy/pulls?state=open&per_page=2',
      await fixture.token('acme'),
    );
    const expected = pullRequests.map(({ number, draft, head }) => ({
      number,
      draft,
      head: { sha: head.sha, ref: head.ref },
      base: { ref: 'main' },
    }));
    expect(answers.map(({ body }): unknown => body.length)).toEqual([2, 1]);
    expect(answers.flatMap(({ body }): unknown[] => body)).toMatchObject(expected.toReversed());
    expect(expected.map(({ draft }) => draft)).toEqual([false, true, false]);
  });
});

test('the rate limit can be read with either token', async () => {
  for (const token of [makeJwt(), await fixture.token('acme')]) {
    const { status, body } = await fixture.call('GET', '/rate_limit', token);
    expect(status).toBe(200);
    expect(body.resources.core).toMatchObject({ limit: 5000, remaining: expect.any(Number) });
  }
});
