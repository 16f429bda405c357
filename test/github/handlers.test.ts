import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ALWAYS_SENT } from '../../src/github/handlers/handler.ts';
import type { Handler } from '../../src/github/handlers/handler.ts';
import { RECHECK_BUTTON, WAIVER_BUTTON } from '../../src/github/commands/buttons.ts';
import { checkRunHandler } from '../../src/github/handlers/check-run.ts';
import { checkSuiteHandler } from '../../src/github/handlers/check-suite.ts';
import { issueCommentHandler } from '../../src/github/handlers/issue-comment.ts';
import { mergeGroupHandler } from '../../src/github/handlers/merge-group.ts';
import { pullRequestHandler } from '../../src/github/handlers/pull-request.ts';
import { pushHandler } from '../../src/github/handlers/push.ts';
import { reviewCommentHandler } from '../../src/github/handlers/review-comment.ts';
import { HANDLERS } from '../../src/github/handlers/register.ts';
import type { RepositoryJob } from '../../src/github/job.ts';
import { sha } from './support/github.ts';

interface Example {
  readonly name: string;
  readonly examples: readonly Record<string, unknown>[];
}

// GitHub's own examples. They carry no installation unless they were recorded with one.
const EXAMPLES = JSON.parse(
  readFileSync('node_modules/@octokit/webhooks-examples/api.github.com/index.json', 'utf8'),
) as Example[];

function example(
  event: string,
  matches: (payload: Record<string, unknown>) => boolean,
): Record<string, unknown> {
  const found = EXAMPLES.find(({ name }) => name === event)?.examples.find(matches);
  if (found === undefined) throw new Error(`no example of ${event}`);
  return structuredClone(found);
}

const byAction = (action: string) => (payload: Record<string, unknown>) => payload['action'] === action;
const INSTALLATION = { installation: { id: 42 } };
const APP_ID = 29_310;

function jobOf(handler: unknown, payload: Record<string, unknown>): RepositoryJob | null {
  const typed = handler as Handler<never>;
  return typed.toJob({
    id: 'delivery',
    payload: { ...INSTALLATION, ...payload },
    appId: APP_ID,
  } as never) as RepositoryJob | null;
}

describe('pull_request', () => {
  const opened = example('pull_request', byAction('opened'));
  const withAction = (action: string, more: Record<string, unknown> = {}) => ({ ...opened, action, ...more });

  test('becomes a review of the current head, one for each pull request at a time', () => {
    const { number } = opened['pull_request'] as { number: number };
    const repository = opened['repository'] as { id: number; name: string; owner: { login: string } };
    const job = jobOf(pullRequestHandler, opened);
    expect(job).toEqual({
      kind: 'review-pull-request',
      key: `${repository.id}/pull/${number}`,
      supersedes: true,
      installationId: job?.installationId,
      delivery: 'delivery',
      repository: {
        id: repository.id,
        owner: repository.owner.login,
        name: repository.name,
        isPrivate: false,
        defaultBranch: 'master',
      },
      number,
      headSha: (opened['pull_request'] as { head: { sha: string } }).head.sha,
    });
  });

  test.each(['opened', 'synchronize', 'reopened', 'ready_for_review', 'closed'])('%s is judged', (action) => {
    expect(jobOf(pullRequestHandler, withAction(action))?.kind).toBe('review-pull-request');
  });

  test.each(['labeled', 'assigned', 'converted_to_draft', 'review_requested', 'something_new'])(
    '%s is not',
    (action) => {
      expect(jobOf(pullRequestHandler, withAction(action))).toBeNull();
    },
  );

  test('edited is judged when the base changed, and only then', () => {
    const base = { ref: { from: 'main' }, sha: { from: sha('b') } };
    expect(jobOf(pullRequestHandler, withAction('edited', { changes: { base } }))).not.toBeNull();
    expect(jobOf(pullRequestHandler, withAction('edited', { changes: { title: { from: 'x' } } }))).toBeNull();
  });

  test('from a deleted fork is judged', () => {
    const pull = opened['pull_request'] as Record<string, unknown> & { head: object };
    const payload = { ...opened, pull_request: { ...pull, head: { ...pull.head, repo: null, user: null } } };
    expect(jobOf(pullRequestHandler, payload)?.kind).toBe('review-pull-request');
  });

  test('without an installation is an error that says why', () => {
    expect(() => jobOf(pullRequestHandler, { ...opened, installation: undefined })).toThrow(
      'no installation',
    );
  });

  test.each(['../../etc', 'a/b', '..', '', 'a b', '-x\n'])(
    'with the repository name %j is an error',
    (name) => {
      const payload = { ...opened, repository: { ...(opened['repository'] as object), name } };
      expect(() => jobOf(pullRequestHandler, payload)).toThrow('repository');
    },
  );
});

describe('merge_group', () => {
  const requested = example('merge_group', byAction('checks_requested'));

  test('checks_requested becomes a review of the group', () => {
    const job = jobOf(mergeGroupHandler, requested);
    expect(job).toMatchObject({
      kind: 'review-merge-group',
      headSha: '2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d',
      headRef: 'refs/heads/gh-readonly-queue/main/pr-104-929f8209d40f77f4abc622a499c93a83babdbe64',
      baseSha: '380387fbc80638b734a49e1be1c4dfec1c01b33c',
    });
  });

  test('destroyed needs no work', () => {
    expect(jobOf(mergeGroupHandler, { ...requested, action: 'destroyed' })).toBeNull();
  });
});

describe('check_run and check_suite', () => {
  const app = { id: APP_ID };
  const run = example('check_run', byAction('rerequested'));
  const suite = example('check_suite', byAction('rerequested'));
  const ownRun = { ...(run['check_run'] as object), name: 'gitops-warden', app, head_sha: sha('a') };
  const ownSuite = { ...(suite['check_suite'] as object), app, head_sha: sha('a') };

  test('a rerequested check of ours becomes a recheck of its commit', () => {
    expect(jobOf(checkRunHandler, { ...run, check_run: ownRun })).toMatchObject({
      kind: 'recheck',
      headSha: sha('a'),
    });
    expect(jobOf(checkSuiteHandler, { ...suite, check_suite: ownSuite })).toMatchObject({
      kind: 'recheck',
      headSha: sha('a'),
    });
  });

  test('a rerequest of the run and of its suite are one piece of work', () => {
    const first = jobOf(checkRunHandler, { ...run, check_run: ownRun });
    const second = jobOf(checkSuiteHandler, {
      ...suite,
      repository: run['repository'],
      check_suite: ownSuite,
    });
    expect(first?.key).toBe(second?.key);
  });

  test.each([
    ['of another App', { ...ownRun, app: { id: 1 } }],
    ['without an App', { ...ownRun, app: null }],
    ['with another name', { ...ownRun, name: 'lint' }],
  ])('a check run %s is left alone', (_what, check_run) => {
    expect(jobOf(checkRunHandler, { ...run, check_run })).toBeNull();
  });

  test('a suite of another App is left alone', () => {
    expect(jobOf(checkSuiteHandler, { ...suite, check_suite: { ...ownSuite, app: { id: 1 } } })).toBeNull();
  });

  test.each(['created', 'completed', 'requested'])('%s needs no work', (action) => {
    expect(jobOf(checkRunHandler, { ...run, action, check_run: ownRun })).toBeNull();
    expect(jobOf(checkSuiteHandler, { ...suite, action, check_suite: ownSuite })).toBeNull();
  });
});

describe('the buttons of a check', () => {
  const pressed = example('check_run', byAction('requested_action'));
  const run = {
    ...(pressed['check_run'] as object),
    name: 'gitops-warden',
    app: { id: APP_ID },
    head_sha: sha('a'),
  };
  const press = (identifier: string, check_run: object = run) =>
    jobOf(checkRunHandler, { ...pressed, check_run, requested_action: { identifier } });

  test('ask for a recheck and for a waiver, in the name of whoever pressed them', () => {
    expect(press('recheck')).toMatchObject({ kind: 'recheck', headSha: sha('a') });
    expect(press('request-waiver')).toMatchObject({
      kind: 'request-waiver',
      headSha: sha('a'),
      requester: (pressed['sender'] as { login: string }).login,
    });
  });

  test('of others are left alone', () => {
    expect(press('lgtm|26764')).toBeNull();
    expect(press('recheck', { ...run, app: { id: 1 } })).toBeNull();
  });

  test.each([RECHECK_BUTTON, WAIVER_BUTTON])(
    '%j fits what GitHub takes',
    ({ label, description, identifier }) => {
      expect(label.length).toBeLessThanOrEqual(20);
      expect(description.length).toBeLessThanOrEqual(40);
      expect(identifier.length).toBeLessThanOrEqual(20);
    },
  );
});

describe('issue_comment', () => {
  const created = example('issue_comment', byAction('created'));
  const WAIVE = '/warden waive no-x because the agent needs it';
  const pullRequest = { url: 'https://api.github.com/repos/o/r/pulls/1' };
  const withComment = (comment: object, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    ...created,
    issue: { ...(created['issue'] as object), pull_request: pullRequest },
    comment: { ...(created['comment'] as object), body: WAIVE, ...comment },
    ...more,
  });

  test('with a command in a pull request becomes work, in sequence for each pull request', () => {
    const repository = created['repository'] as { id: number };
    const { number } = created['issue'] as { number: number };
    const comment = created['comment'] as {
      id: number;
      html_url: string;
      created_at: string;
      user: { login: string };
    };
    expect(jobOf(issueCommentHandler, withComment({}))).toMatchObject({
      kind: 'command',
      key: `${repository.id}/pull/${number}/commands`,
      supersedes: false,
      number,
      comment: {
        id: comment.id,
        url: comment.html_url,
        createdAt: comment.created_at,
        author: comment.user.login,
        association: 'OWNER',
        place: 'conversation',
        thread: null,
      },
      commands: [{ name: 'waive', target: 'no-x' }],
      surplus: 0,
    });
  });

  test.each(['edited', 'deleted'])('%s needs no work: only what its author first wrote counts', (action) => {
    const payload = example('issue_comment', byAction(action));
    expect(jobOf(issueCommentHandler, withComment({}, { action: payload['action'] }))).toBeNull();
  });

  test.each<[string, Record<string, unknown>]>([
    ['on an issue', { ...withComment({}), issue: created['issue'] }],
    ['without a command', withComment({ body: 'Looks good.' })],
    [
      'of a bot',
      withComment({ user: { login: 'x[bot]', type: 'Bot' } }, { sender: { login: 'x[bot]', type: 'Bot' } }),
    ],
    ['that an App wrote for somebody', withComment({ performed_via_github_app: { id: 3 } })],
    ['that somebody else sends', withComment({}, { sender: { login: 'mallory', type: 'User' } })],
    ['of a deleted account', withComment({ user: null })],
  ])('%s needs no work', (_, payload) => {
    expect(jobOf(issueCommentHandler, payload)).toBeNull();
  });
});

describe('pull_request_review_comment', () => {
  const created = example('pull_request_review_comment', byAction('created'));
  const withBody = (body: string, more: object = {}): Record<string, unknown> => ({
    ...created,
    comment: { ...(created['comment'] as object), body, in_reply_to_id: 99, ...more },
  });

  test('with a command knows the thread in which it stands', () => {
    expect(jobOf(reviewCommentHandler, withBody('/warden waive because it is needed'))).toMatchObject({
      kind: 'command',
      comment: { place: 'diff', thread: 99 },
      commands: [{ name: 'waive', target: null }],
    });
    expect(
      jobOf(reviewCommentHandler, withBody('/warden help', { in_reply_to_id: undefined })),
    ).toMatchObject({ comment: { thread: null } });
  });

  test('edited needs no work', () => {
    expect(jobOf(reviewCommentHandler, { ...withBody('/warden help'), action: 'edited' })).toBeNull();
  });
});

describe('push', () => {
  const push = example('push', () => true);
  const main = { ...push, ref: 'refs/heads/main', before: sha('b'), after: sha('a'), deleted: false };

  test('to a branch is judged, with the account that pushed', () => {
    const payload = {
      ...main,
      forced: true,
      created: false,
      pusher: { name: 'forged', email: null },
      sender: { login: 'mallory', id: 66, type: 'User' },
    };
    expect(jobOf(pushHandler, payload)).toMatchObject({
      kind: 'judge-push',
      ref: 'refs/heads/main',
      before: sha('b'),
      after: sha('a'),
      forced: true,
      created: false,
      deleted: false,
      pusher: 'mallory',
      sender: { login: 'mallory', id: 66, type: 'User' },
      supersedes: false,
    });
  });

  test('that deletes a branch is judged although it has no head commit', () => {
    const payload = { ...main, deleted: true, after: '0'.repeat(40), head_commit: null };
    expect(jobOf(pushHandler, payload)).toMatchObject({ deleted: true, after: '0'.repeat(40) });
  });

  test.each(['refs/heads/gh-readonly-queue/main/pr-1-x', 'refs/notes/x'])('to %s is not', (ref) => {
    expect(jobOf(pushHandler, { ...main, ref })).toBeNull();
  });

  test('to a tag is judged as one, and a tag that is gone is not', () => {
    const tag = { ...main, ref: 'refs/tags/v1', created: true, before: '0'.repeat(40) };
    expect(jobOf(pushHandler, tag)).toMatchObject({
      kind: 'judge-tag',
      key: expect.stringMatching(/^\d+\/push\/refs\/tags\/v1$/),
      ref: 'refs/tags/v1',
      created: true,
      pusher: 'Codertocat',
    });
    expect(jobOf(pushHandler, { ...tag, deleted: true, after: '0'.repeat(40) })).toBeNull();
    for (const ref of ['refs/tags/a b', 'refs/tags/', 'refs/tags/a..b', 'refs/tags/*'])
      expect(() => jobOf(pushHandler, { ...tag, ref })).toThrow('tag');
  });

  test.each([
    'refs/heads/a:refs/heads/b',
    'refs/heads/a b',
    'refs/heads/*',
    'refs/heads/a..b',
    'refs/heads/a\nb',
  ])('to %j is an error', (ref) => {
    expect(() => jobOf(pushHandler, { ...main, ref })).toThrow('branch');
  });

  test('with a text in the place of a commit is an error', () => {
    expect(() => jobOf(pushHandler, { ...main, after: '--upload-pack=x' })).toThrow('object id');
  });
});

describe('app.yml', () => {
  const manifest = parse(readFileSync('app.yml', 'utf8')) as {
    default_events: string[];
    default_permissions: Record<string, string>;
    hook_attributes: { url: string };
  };

  test('subscribes to exactly the events that have a handler', () => {
    const handled = HANDLERS.map(({ event }) => event as string).filter((event) => !ALWAYS_SENT.has(event));
    expect([...manifest.default_events].sort()).toEqual(handled.sort());
  });

  test('asks for the least permissions', () => {
    expect(manifest.default_permissions).toEqual({
      administration: 'read',
      checks: 'write',
      contents: 'read',
      issues: 'write',
      members: 'read',
      merge_queues: 'read',
      metadata: 'read',
      pull_requests: 'write',
      security_events: 'write',
    });
  });

  test('sends webhooks to the path at which the server listens', () => {
    expect(new URL(manifest.hook_attributes.url).pathname).toBe('/api/github/webhooks');
  });
});
