import { afterEach, expect, test } from '@jest/globals';
import { runCommands } from '../../../src/github/commands/run-commands.ts';
import type { CommandJob } from '../../../src/github/job.ts';
import { finishGitHub, mockGitHub, REPO } from '../support/github.ts';
import { BASE, HEAD, jobHarness, PULL_JOB } from '../support/job.ts';

afterEach(finishGitHub);

const JOB: CommandJob = {
  ...PULL_JOB,
  kind: 'command',
  comment: {
    id: 12,
    url: 'https://github.com/acme/deploy/pull/7#issuecomment-12',
    place: 'conversation',
    createdAt: '2026-01-01T00:00:00Z',
    author: 'mona',
    association: 'MEMBER',
    thread: null,
  },
  commands: [{ name: 'unwaive', target: 'no-x', path: null }],
  surplus: 0,
};

const PULL = {
  number: 7,
  state: 'open',
  draft: false,
  title: 'Change',
  user: { login: 'alice' },
  head: { ref: 'change', sha: HEAD, repo: { id: 5 } },
  base: { ref: 'main', sha: BASE, repo: { id: 5 } },
  commits: 1,
  changed_files: 1,
  updated_at: '2026-01-01T00:00:00Z',
};

function expectAttempt(): void {
  mockGitHub().get(`${REPO}/issues/7/comments`).query(true).times(2).reply(200, []);
  mockGitHub().get(`${REPO}/pulls/7`).reply(200, PULL);
}

test('a waiver that an attempt took back before it ended is found by the review that the next one asks for', async () => {
  const { context, enqueued } = jobHarness();
  const { environment } = context;
  await environment.waivers.give(5, 7, [
    {
      ...{
        ruleId: 'no-x',
        fingerprint: 'f'.repeat(32),
        digest: '',
        path: 'a.yaml',
        reason: 'Because of it.',
      },
      ...{ approver: 'mona', until: '2999-01-01', comment: 'conversation/1' },
    },
  ]);
  const { audit } = environment;
  Object.assign(environment, { audit: () => Promise.reject(new Error('The store is away.')) });
  mockGitHub().get(`${REPO}/issues/7/comments`).query(true).reply(200, []);
  mockGitHub().get(`${REPO}/pulls/7`).reply(200, PULL);
  mockGitHub()
    .get(`${REPO}/collaborators/mona/permission`)
    .reply(200, { permission: 'admin', role_name: 'admin', user: { login: 'mona' } });
  await expect(runCommands(context, JOB)).rejects.toThrow('The store is away.');
  expect(await environment.waivers.of(5, 7)).toEqual([]);
  expect(enqueued).toEqual([]);

  Object.assign(environment, { audit });
  expectAttempt();
  mockGitHub().post(`${REPO}/issues/7/comments`).reply(201, {});
  await runCommands(context, JOB);
  expect(enqueued).toMatchObject([{ kind: 'review-pull-request', number: 7 }]);
});
