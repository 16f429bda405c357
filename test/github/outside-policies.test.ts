import { afterEach, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { createOutsidePolicies, type OrganisationRequirement } from '../../src/github/outside-policies.ts';
import type { OutsideAnswer, OutsidePolicies } from '../../src/pipeline/outside-policy.ts';
import type { RepositoryRef } from '../../src/github/job.ts';
import { API, fakeClock, finishGitHub, mockGitHub, testApi } from './support/github.ts';
import { PULL_JOB } from './support/job.ts';

afterEach(finishGitHub);

const FILE = '/repos/acme/.github/contents/gitops-warden.yml';
const OTHER_NAME = '/repos/acme/.github/contents/gitops-warden.yaml';
const { repository: REPOSITORY } = PULL_JOB;

function reader(requirement: OrganisationRequirement = 'optional') {
  const clock = fakeClock();
  const { octokit } = testApi(clock);
  const extended: string[] = [];
  let change: string | null = null;
  const outsideFor = createOutsidePolicies({
    requirement,
    installationClient: () => Promise.resolve(octokit),
    appClient: () => Promise.resolve(octokit),
    now: () => clock.now(),
    onExtended: ({ owner, name }) => {
      extended.push(`${owner}/${name}`);
      return Promise.resolve();
    },
    latestChange: () => Promise.resolve(change),
  });
  const push = (delivery: string): void => {
    change = delivery;
  };
  return {
    clock,
    extended,
    push,
    job: (repository: RepositoryRef = REPOSITORY) => outsideFor(42, repository),
  };
}

function ask({ organisation }: OutsidePolicies): Promise<OutsideAnswer> {
  if (organisation?.from !== 'owner') throw new Error('nobody would be asked');
  return organisation.read();
}

const file = (text: string, more: object = {}): object => ({
  type: 'file',
  encoding: 'base64',
  content: Buffer.from(text).toString('base64'),
  ...more,
});
const found = (text: string) => ({ state: 'found', file: { path: 'acme/.github:gitops-warden.yml', text } });

describe("the organisation's file", () => {
  test('is asked for once a job, and sent again only when it changed', async () => {
    const { job } = reader();
    mockGitHub().get(FILE).reply(200, file('a: 1'), { etag: '"1"' });
    const first = job();
    expect(await ask(first)).toEqual(found('a: 1'));
    expect(await ask(first)).toEqual(found('a: 1'));
    mockGitHub().get(FILE).matchHeader('if-none-match', '"1"').reply(304);
    expect(await ask(job())).toEqual(found('a: 1'));
    mockGitHub().get(FILE).matchHeader('if-none-match', '"1"').reply(200, file('a: 2'), { etag: '"2"' });
    expect(await ask(job())).toEqual(found('a: 2'));
  });

  test('that is gone is not remembered', async () => {
    const { job } = reader();
    mockGitHub().get(FILE).reply(200, file('a: 1'), { etag: '"1"' });
    await ask(job());
    for (const path of [FILE, OTHER_NAME]) mockGitHub().get(path).reply(404, { message: 'Not Found' });
    mockGitHub().get('/app/installations/42').reply(200, { repository_selection: 'all' });
    expect(await ask(job())).toMatchObject({ state: 'absent' });
    nock(API, { badheaders: ['if-none-match'] })
      .get(FILE)
      .reply(200, file('a: 3'), { etag: '"3"' });
    expect(await ask(job())).toEqual(found('a: 3'));
  });

  test('that cannot be seen costs one request a job', async () => {
    const { job, clock } = reader();
    for (const path of [FILE, OTHER_NAME]) mockGitHub().get(path).reply(404, { message: 'Not Found' });
    mockGitHub().get('/app/installations/42').reply(200, { repository_selection: 'selected' });
    expect(await ask(job())).toMatchObject({ state: 'hidden' });
    mockGitHub().get(FILE).reply(404, { message: 'Not Found' });
    expect(await ask(job())).toMatchObject({ state: 'hidden' });
    await clock.sleep(11 * 60_000);
    mockGitHub().get(FILE).reply(404, { message: 'Not Found' });
    mockGitHub().get(OTHER_NAME).reply(200, file('b: 1'), { etag: '"9"' });
    expect(await ask(job())).toMatchObject({
      file: { path: 'acme/.github:gitops-warden.yaml', text: 'b: 1' },
    });
  });

  test('that a push brings under its second name is seen at once', async () => {
    const { job, push } = reader();
    for (const path of [FILE, OTHER_NAME]) mockGitHub().get(path).reply(404, { message: 'Not Found' });
    mockGitHub().get('/app/installations/42').reply(200, { repository_selection: 'selected' });
    await ask(job());
    push('one');
    mockGitHub().get(FILE).reply(404, { message: 'Not Found' });
    mockGitHub().get(OTHER_NAME).reply(200, file('b: 1'), { etag: '"9"' });
    expect(await ask(job())).toMatchObject({ file: { text: 'b: 1' } });
  });

  test.each<[string, number, unknown]>([
    ['a folder', 200, []],
    ['a link', 200, { type: 'symlink', target: 'elsewhere' }],
    ['larger than what GitHub sends', 200, file('', { encoding: 'none' })],
    ['larger than a policy', 200, file('#'.repeat(256 * 1024 + 1))],
    [
      'no text',
      200,
      { type: 'file', encoding: 'base64', content: Buffer.from([0xff, 0xfe, 0x00]).toString('base64') },
    ],
    ['refused', 403, { message: 'Resource not accessible by integration' }],
    ['not to be shown for legal reasons', 451, { message: 'Repository access blocked' }],
  ])('that is %s is unreadable', async (_name, status, body) => {
    mockGitHub().get(FILE).reply(status, body);
    expect(await ask(reader().job())).toMatchObject({ state: 'unreadable' });
  });

  test.each([401, 500])('an answer %d says nothing about it', async (status) => {
    const { job } = reader();
    mockGitHub().get(FILE).times(4).optionally().reply(status, { message: 'No' });
    await expect(ask(job())).rejects.toMatchObject({ status });
  });

  test('is not asked for when it is off, and stands in the tree of its own repository', () => {
    expect(reader('off').job().organisation).toBeNull();
    for (const name of ['.github', '.GitHub']) {
      expect(reader('required').job({ ...REPOSITORY, name }).organisation).toEqual({ from: 'tree' });
    }
    expect(reader('required').job().organisation).toMatchObject({ from: 'owner', required: true });
  });
});

describe('a file that a policy extends', () => {
  const reference = { owner: 'acme', repository: 'policies', path: 'a/b.yml', ref: 'v1' };

  test('is read at its ref, once a job, and its repository is remembered', async () => {
    const { job, extended } = reader();
    mockGitHub().get('/repos/acme/policies/contents/a%2Fb.yml').query({ ref: 'v1' }).reply(200, file('x: 1'));
    const one = job();
    expect(await one.extended?.read(reference)).toMatchObject({ state: 'found', file: { text: 'x: 1' } });
    expect(await one.extended?.read(reference)).toMatchObject({ state: 'found' });
    expect(one.extended?.owner).toBe('acme');
    expect(extended).toEqual(['acme/policies']);
  });

  test('that GitHub does not show says what to look at', async () => {
    mockGitHub().get('/repos/acme/policies/contents/a%2Fb.yml').query({ ref: 'v1' }).reply(404, {});
    const answer = await reader().job().extended?.read(reference);
    expect(answer).toMatchObject({ state: 'unreadable', reason: expect.stringContaining('`acme/policies`') });
  });
});
