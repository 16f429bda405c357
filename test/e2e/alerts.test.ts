import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository, Issue } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import type { ReceiverServer } from '../alerts/receiver-server.ts';
import { BAD, bodiesOf as bodies, GOOD, openAlertStage, WEB, type AlertStage } from './alert-support.ts';
import { deployment, makeSecretValue, plainSecret } from './support.ts';

let at: AlertStage;
let stage: Stage;
let slack: ReceiverServer;
let pager: ReceiverServer;
let hook: ReceiverServer;

beforeAll(async () => {
  at = await openAlertStage();
  ({ stage, slack, pager, hook } = at);
});
afterEach(() => {
  expect(stage.github.contractViolations).toEqual([]);
  at.clear();
});
afterAll(async () => {
  await at.close();
});

const newRepository: AlertStage['newRepository'] = (files) => at.newRepository(files);
const push: AlertStage['push'] = (repository, files, more) => at.push(repository, files, more);
const merge: AlertStage['merge'] = (repository, files) => at.merge(repository, files);
const issuesOf = (repository: EmbeddedRepository): readonly Issue[] => at.issuesOf(repository);
const commentsOf = (issue: Issue | undefined): readonly string[] => at.commentsOf(issue);

test('a burst of pushes is one issue, one incident for each receiver, and a comment at most for each further push', async () => {
  const repository = await newRepository();
  for (const image of ['2.0.0', '2.0.1', '2.0.2']) {
    await push(repository, { [WEB]: deployment(`ghcr.io/acme/web:${image}`, true) });
  }
  await stage.answered();
  const [issue, ...others] = issuesOf(repository);
  expect(others).toEqual([]);
  expect(issue?.title).toBe('3 direct pushes to main by bob, past the review');
  expect(issue?.body).toContain('argocd app rollback web --app-namespace argocd');
  expect(commentsOf(issue).length).toBeLessThanOrEqual(2);
  const keys = bodies<{ dedup_key: string; event_action: string }>(pager);
  expect(new Set(keys.map(({ dedup_key }) => dedup_key)).size).toBe(1);
  expect(keys.every(({ event_action }) => event_action === 'trigger')).toBe(true);
  expect(slack.calls.length).toBeGreaterThan(0);
});

test('a receiver that fails is told again alone, and the others are told once', async () => {
  const repository = await newRepository();
  hook.answers.push({ status: 500 }, 'reset', { status: 429, headers: { 'retry-after': '0' } });
  await push(repository, { [WEB]: BAD });
  await stage.answered();
  expect(slack.calls).toHaveLength(1);
  expect(pager.calls).toHaveLength(1);
  expect(hook.calls).toHaveLength(4);
  expect(new Set(hook.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(issuesOf(repository)).toHaveLength(1);
  const audit = (await at.auditOf(repository)).filter(({ action }) => action.startsWith('alert-'));
  const told = audit.map(({ action, detail }) => JSON.stringify([action, detail['channel'] ?? null])).sort();
  expect(told).toEqual([
    '["alert-delivered","alertmanager"]',
    '["alert-delivered","github-issue"]',
    '["alert-delivered","pagerduty"]',
    '["alert-delivered","slack"]',
    '["alert-delivered","webhook"]',
    '["alert-failed","webhook"]',
    '["alert-raised",null]',
  ]);
  const failed = audit.find(({ action }) => action === 'alert-failed');
  expect(failed?.detail['error']).toContain('answered 429');
});

test('a revert that is merged ends the incident everywhere', async () => {
  const repository = await newRepository();
  await push(repository, { [WEB]: BAD });
  await stage.answered();
  await merge(repository, { 'README.md': 'Something else.\n' });
  expect(issuesOf(repository)[0]?.state).toBe('open');
  await merge(repository, { [WEB]: GOOD });
  const [issue, ...others] = issuesOf(repository);
  expect(others).toEqual([]);
  expect(issue).toMatchObject({ state: 'closed', stateReason: 'completed' });
  expect(commentsOf(issue)).toEqual([expect.stringContaining('undone by `alice`')]);
  expect(bodies<{ event_action: string }>(pager).map(({ event_action }) => event_action)).toEqual([
    'trigger',
    'resolve',
  ]);
  expect(bodies<{ status: string }>(hook).map(({ status }) => status)).toEqual(['firing', 'resolved']);
});

test('a force push back ends the incident and is none itself', async () => {
  const repository = await newRepository();
  const files = { 'README.md': 'Deployments.\n' };
  const before = await stage.github.commit(repository, { branch: 'main', files, message: 'Base' });
  await push(repository, { [WEB]: BAD });
  await stage.answered();
  await stage.github.pushCommit(repository, 'main', before, 'alice');
  await stage.answered();
  const [issue, ...others] = issuesOf(repository);
  expect(others).toEqual([]);
  expect(issue?.state).toBe('closed');
  expect(commentsOf(issue)).toEqual([expect.stringContaining('put back by `alice`')]);
});

test('a leaked credential keeps the issue open after the revert, and no message has its value', async () => {
  const repository = await newRepository();
  const value = makeSecretValue();
  await push(repository, { 'apps/web/db.yaml': plainSecret('db', value) });
  await stage.answered();
  await merge(repository, { 'apps/web/db.yaml': null });
  const [issue] = issuesOf(repository);
  expect(issue?.state).toBe('open');
  expect(issue?.body).toContain('Undone, but not over');
  expect(commentsOf(issue)).toHaveLength(1);
  expect(bodies<{ event_action: string }>(pager).map(({ event_action }) => event_action)).toEqual([
    'trigger',
  ]);
  const said = JSON.stringify([issue?.body, commentsOf(issue), slack.calls, pager.calls, hook.calls]);
  expect(said).not.toContain(value);
});

test('an issue that a person closes stays closed, and the next push is another incident', async () => {
  const repository = await newRepository();
  await push(repository, { [WEB]: BAD });
  await stage.answered();
  const [first] = issuesOf(repository);
  if (first === undefined) throw new Error('no issue');
  stage.github.closeIssue(first);
  await push(repository, { [WEB]: deployment('ghcr.io/acme/web:3.0.0', true) });
  await stage.answered();
  const [old, fresh, ...others] = issuesOf(repository);
  expect(others).toEqual([]);
  expect(old?.state).toBe('closed');
  expect(commentsOf(old)).toEqual([]);
  expect(fresh?.state).toBe('open');
  const events = bodies<{ event_action: string; dedup_key: string }>(pager);
  expect(events.map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve', 'trigger']);
  expect(events[1]?.dedup_key).toBe(events[0]?.dedup_key);
  expect(events[2]?.dedup_key).not.toBe(events[0]?.dedup_key);
});

test('commits of an open pull request that are pushed to its base are no merge, whatever GitHub calls it', async () => {
  const repository = await newRepository();
  const head = await stage.github.commit(repository, {
    branch: 'change',
    files: { [WEB]: BAD },
    message: 'Change',
  });
  const pullRequest = await stage.github.openPullRequest(repository, { title: 'Change', head: 'change' });
  await stage.answered();
  await stage.github.pushCommit(repository, 'main', head, 'bob');
  await stage.answered();
  expect(pullRequest.mergedAt).not.toBeNull();
  expect(issuesOf(repository).map(({ title }) => title)).toEqual([
    'Direct push to main by bob, past the review',
  ]);
});

describe('an account that the policy lets push', () => {
  const POLICY = { '.github/gitops-warden.yml': 'version: 1\npushes: {allow: {users: [release-manager]}}\n' };

  test('raises nothing as long as nothing blocks', async () => {
    const repository = await newRepository(POLICY);
    await push(repository, { [WEB]: deployment('ghcr.io/acme/web:1.0.1') }, { user: 'release-manager' });
    await stage.answered();
    expect(issuesOf(repository)).toEqual([]);
    await push(repository, { [WEB]: BAD }, { user: 'release-manager' });
    await stage.answered();
    expect(issuesOf(repository)[0]?.title).toBe('Push to main by release-manager with findings that block');
  });

  test('is not whoever a commit says wrote it', async () => {
    const repository = await newRepository(POLICY);
    await push(
      repository,
      { [WEB]: deployment('ghcr.io/acme/web:1.0.1') },
      { user: 'bob', author: 'release-manager' },
    );
    await stage.answered();
    expect(issuesOf(repository)[0]?.title).toBe('Direct push to main by bob, past the review');
  });

  test('cannot let itself in', async () => {
    const repository = await newRepository();
    await push(
      repository,
      { ...POLICY, [WEB]: deployment('ghcr.io/acme/web:1.0.1') },
      { user: 'release-manager' },
    );
    await stage.answered();
    expect(issuesOf(repository)).toHaveLength(1);
  });
});

describe('weaker protection', () => {
  const STRONG = {
    pull_request_reviews_enforcement_level: 'everyone',
    required_approving_review_count: 2,
    require_code_owner_review: true,
    required_status_checks: ['gitops-warden', 'ci'],
    required_status_checks_enforcement_level: 'everyone',
    signature_requirement_enforcement_level: 'everyone',
    admin_enforced: true,
  };

  test('of a branch is an alert, and ends when it is put back', async () => {
    const repository = await newRepository();
    const apps = { 'gitops-warden': stage.settings.appId };
    stage.github.protectBranch(repository, { pattern: 'main', fields: STRONG, checkApps: apps }, 'alice');
    await stage.answered();
    expect(issuesOf(repository)).toEqual([]);
    stage.github.protectBranch(
      repository,
      { pattern: 'main', fields: { required_approving_review_count: 1, required_status_checks: ['ci'] } },
      'mallory',
    );
    await stage.answered();
    const [issue, ...others] = issuesOf(repository);
    expect(others).toEqual([]);
    expect(issue?.title).toBe('Branch protection of main was weakened by mallory');
    expect(issue?.body).toContain('The check `gitops-warden` is not required any more.');
    expect(issue?.body).toContain('1 approval is required; before, it was 2.');
    expect(slack.calls).toHaveLength(1);

    stage.github.protectBranch(repository, { pattern: 'main', fields: STRONG, checkApps: {} }, 'alice');
    await stage.answered();
    expect(issuesOf(repository)[0]?.state).toBe('open');
    expect(issuesOf(repository)[0]?.body).toContain('2. ');
    stage.github.protectBranch(
      repository,
      {
        pattern: 'main',
        fields: { required_status_checks: ['gitops-warden', 'ci', 'lint'] },
        checkApps: apps,
      },
      'alice',
    );
    await stage.answered();
    expect(issuesOf(repository)[0]).toMatchObject({ state: 'closed' });
    expect(issuesOf(repository)).toHaveLength(1);
  });

  test('by a ruleset that is switched off is one too, and its deletion', async () => {
    const repository = await newRepository();
    const rules = [{ type: 'required_signatures' }, { type: 'non_fast_forward' }];
    stage.github.setRuleset(repository, 'main branch', { rules }, 'alice');
    stage.github.setRuleset(repository, 'main branch', { enforcement: 'evaluate' }, 'mallory');
    await stage.answered();
    const [issue] = issuesOf(repository);
    expect(issue?.title).toBe('Ruleset main branch was weakened by mallory');
    expect(issue?.body).toContain('is only evaluated');
    stage.github.setRuleset(repository, 'main branch', { enforcement: 'active' }, 'alice');
    await stage.answered();
    expect(issuesOf(repository)[0]?.state).toBe('closed');
    stage.github.removeRuleset(repository, 'main branch', 'mallory');
    await stage.answered();
    expect(issuesOf(repository)).toHaveLength(2);
    expect(issuesOf(repository)[1]?.body).toContain('It asked for signed commits and no force pushes');
  });
});
