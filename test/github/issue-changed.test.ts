import { afterEach, describe, expect, test } from '@jest/globals';
import { raiseAlert } from '../../src/github/incidents.ts';
import { issueChanged } from '../../src/github/issue-changed.ts';
import { issuesHandler } from '../../src/github/handlers/issues.ts';
import type { IssueChangedJob } from '../../src/github/job.ts';
import { directPush } from '../alerts/fixtures.ts';
import { finishGitHub } from './support/github.ts';
import { BOT, jobHarness, PUSH_JOB } from './support/job.ts';

afterEach(finishGitHub);

const POSTURE = '<!-- gitops-warden:posture -->';
const { installationId, repository, delivery } = PUSH_JOB;
const job = (more: Partial<IssueChangedJob>): IssueChangedJob => ({
  ...{ installationId, repository, delivery, supersedes: false, kind: 'issue-changed', key: '5/issue/3' },
  ...{ number: 3, author: BOT, marker: POSTURE, actor: 'mona' },
  ...more,
});

describe('the issue about settings', () => {
  test('that somebody closed, opened or removed has the settings looked at again', async () => {
    const { context, enqueued } = jobHarness();
    Object.assign(context.environment, { postureMs: 1 });
    await issueChanged(context, job({}));
    expect(enqueued).toMatchObject([{ kind: 'look-at-posture', key: '5/posture' }]);
  });

  test.each<[string, Partial<IssueChangedJob>, number | null]>([
    ['nobody wants looks', {}, null],
    ['somebody else wrote it', { author: 'other-app[bot]' }, 1],
    ['the App did it itself', { actor: BOT }, 1],
  ])('is left alone when %s', async (_, more, postureMs) => {
    const { context, enqueued } = jobHarness();
    Object.assign(context.environment, { postureMs });
    await issueChanged(context, job(more));
    expect(enqueued).toEqual([]);
  });
});

test('what happens to the issue of an alert waits in line with what happens to its branch', async () => {
  const { context, enqueued } = jobHarness();
  const { id } = await raiseAlert(context, directPush(), { guarded: true });
  enqueued.length = 0;
  await issueChanged(context, job({ marker: `<!-- gitops-warden:alert ${id} -->` }));
  expect(enqueued).toMatchObject([{ kind: 'issue-changed', key: '5/push/refs/heads/main', number: 3 }]);
});

test('an alert that is over for good, or was never raised, needs no work', async () => {
  const { context, enqueued } = jobHarness();
  await issueChanged(context, job({ marker: `<!-- gitops-warden:alert ${'a'.repeat(32)} -->` }));
  expect(enqueued).toEqual([]);
});

describe('the handler', () => {
  const payload = (action: string, issue: object, sender = 'mona') => ({
    ...{ action, sender: { login: sender }, installation: { id: 42 } },
    repository: { id: 5, name: 'deploy', private: true, owner: { login: 'acme' }, default_branch: 'main' },
    issue: {
      number: 3,
      body: `Text\r\n${POSTURE}\r\n`,
      labels: [],
      user: { login: BOT, type: 'Bot' },
      ...issue,
    },
  });
  const jobOf = (...given: Parameters<typeof payload>) =>
    issuesHandler.toJob({ id: 'd', payload: payload(...given), appId: 1 } as never);

  test.each(['closed', 'reopened', 'deleted', 'transferred'])('takes %s in', (action) => {
    expect(jobOf(action, {})).toMatchObject({ kind: 'issue-changed', marker: POSTURE, actor: 'mona' });
  });

  test('takes in what has our label only, because somebody may have taken the marker away', () => {
    const labels = [{ name: 'gitops-warden' }];
    expect(jobOf('closed', { body: null, labels })).toMatchObject({ marker: null });
  });

  test.each<[string, Parameters<typeof payload>]>([
    ['an edit', ['edited', {}]],
    ['an issue of a person', ['closed', { user: { login: 'mallory', type: 'User' } }]],
    ['what an App did to its own', ['closed', {}, BOT]],
    ['an issue without label and marker', ['closed', { body: 'Text' }]],
    ['a marker that is quoted', ['closed', { body: `${POSTURE}\nmore` }]],
    ['an issue whose author is gone', ['closed', { user: null }]],
  ])('leaves %s alone', (_, given) => {
    expect(jobOf(...given)).toBeNull();
  });
});
