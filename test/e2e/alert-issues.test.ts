import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository, Issue } from '../../src/demo/embedded/state.ts';
import { BAD, bodiesOf, GOOD, openAlertStage, WEB, type AlertStage } from './alert-support.ts';
import { deployment, makeSecretValue, plainSecret } from './support.ts';

let at: AlertStage;

beforeAll(async () => {
  at = await openAlertStage();
});
afterEach(() => {
  expect(at.stage.github.contractViolations).toEqual([]);
  at.clear();
});
afterAll(async () => {
  await at.close();
});

const pages = (): string[] =>
  bodiesOf<{ event_action: string }>(at.pager).map(({ event_action: action }) => action);
const keys = (): Set<string> =>
  new Set(bodiesOf<{ dedup_key: string }>(at.pager).map(({ dedup_key: key }) => key));

async function alerted(): Promise<{ repository: EmbeddedRepository; issue: Issue }> {
  const repository = await at.newRepository();
  await at.push(repository, { [WEB]: BAD });
  await at.stage.answered();
  const [issue] = at.issuesOf(repository);
  if (issue === undefined) throw new Error('no issue');
  return { repository, issue };
}

describe('the issue of an alert', () => {
  test('ends the incident everywhere when a person closes it, and says who', async () => {
    const { repository, issue } = await alerted();
    // A branch that is deployed is not rewritten to sign a commit.
    expect(issue.body).toContain('is not signed');
    expect(issue.body).not.toContain('git rebase');
    at.stage.github.closeIssue(issue, 'mona');
    await at.stage.answered();
    expect(pages()).toEqual(['trigger', 'resolve']);
    const [, resolved] = bodiesOf<{ status: string; summary: string }>(at.hook);
    expect(resolved).toMatchObject({
      status: 'resolved',
      summary: '`mona` closed the issue of this alert.',
    });
    const [, ended] = bodiesOf<{ endsAt: string }[]>(at.manager);
    expect(Date.parse(ended?.[0]?.endsAt ?? '')).toBeLessThanOrEqual(Date.now() + 1_000);
    expect((await at.auditOf(repository)).filter(({ action }) => action === 'alert-ended')).toMatchObject([
      { actor: 'mona', subject: 'refs/heads/main', detail: { how: 'closed-by-person' } },
    ]);
    expect(at.commentsOf(issue)).toEqual([]);
  });

  test('goes on with the incident when it is opened again', async () => {
    const { repository, issue } = await alerted();
    at.stage.github.closeIssue(issue, 'mona');
    await at.stage.answered();
    at.stage.github.reopenIssue(issue, 'zoe');
    await at.stage.answered();
    expect(pages()).toEqual(['trigger', 'resolve', 'trigger']);
    await at.push(repository, { [WEB]: deployment('ghcr.io/acme/web:3.0.0', true) });
    await at.stage.answered();
    expect(at.issuesOf(repository)).toHaveLength(1);
    expect(keys().size).toBe(1);
    await at.merge(repository, { [WEB]: GOOD });
    expect(issue.state).toBe('closed');
    expect(pages().at(-1)).toBe('resolve');
  });

  test('of a credential that leaked is closed by whoever revoked it, and the pager stops then', async () => {
    const repository = await at.newRepository();
    await at.push(repository, { 'apps/web/db.yaml': plainSecret('db', makeSecretValue()) });
    await at.stage.answered();
    await at.merge(repository, { 'apps/web/db.yaml': null });
    const [issue] = at.issuesOf(repository);
    expect(pages()).toEqual(['trigger']);
    at.stage.github.closeIssue(issue!, 'mona');
    await at.stage.answered();
    expect(pages()).toEqual(['trigger', 'resolve']);
  });

  test('that is closed by the App itself is told once', async () => {
    const { repository, issue } = await alerted();
    await at.merge(repository, { [WEB]: GOOD });
    expect(issue.state).toBe('closed');
    expect(pages()).toEqual(['trigger', 'resolve']);
    // A person who opens it again finds nothing to go on with: the change is gone.
    at.stage.github.reopenIssue(issue, 'zoe');
    await at.stage.answered();
    expect(pages()).toEqual(['trigger', 'resolve']);
    expect(issue.state).toBe('open');
  });

  test('that was deleted is written anew, and nobody is woken again', async () => {
    const { repository, issue } = await alerted();
    at.stage.github.deleteIssue(issue, 'mallory');
    await at.stage.answered();
    const [anew, ...others] = at.issuesOf(repository);
    expect(others).toEqual([]);
    expect(anew?.number).not.toBe(issue.number);
    expect(anew?.body).toBe(issue.body);
    expect(pages()).toEqual(['trigger']);
    await at.push(repository, { [WEB]: deployment('ghcr.io/acme/web:3.0.0', true) });
    await at.stage.answered();
    expect(at.issuesOf(repository)).toHaveLength(1);
  });

  test('whose marker somebody edited away is still known', async () => {
    const { repository, issue } = await alerted();
    issue.body = 'Nothing to see here.';
    await at.push(repository, { [WEB]: deployment('ghcr.io/acme/web:3.0.0', true) });
    await at.stage.answered();
    expect(at.issuesOf(repository)).toHaveLength(1);
    expect(issue.body).toContain('2 pushes, oldest first');
    issue.body = 'Nothing to see here.';
    at.stage.github.closeIssue(issue, 'mona');
    await at.stage.answered();
    expect(pages().at(-1)).toBe('resolve');
  });

  test('is told apart from an imitation, of a person or of another App', async () => {
    const { repository, issue } = await alerted();
    for (const user of ['mallory', 'other-app[bot]']) {
      const forged = at.stage.github.openIssue(repository, user, {
        title: issue.title,
        body: issue.body ?? '',
        labels: ['gitops-warden'],
      });
      at.stage.github.closeIssue(forged, 'mallory');
      await at.stage.answered();
    }
    expect(pages()).toEqual(['trigger']);
    expect(issue.state).toBe('open');
  });

  test('counts as it is now: what an event says that comes late or twice does not', async () => {
    const { issue } = await alerted();
    at.stage.github.closeIssue(issue, 'mona');
    await at.stage.answered();
    const closed = at.stage.github.deliveries.findLast(
      ({ event, action }) => event === 'issues' && action === 'closed',
    );
    at.stage.github.reopenIssue(issue, 'mona');
    await at.stage.answered();
    await at.stage.github.deliver('issues', closed?.payload ?? {});
    await at.stage.answered();
    expect(pages()).toEqual(['trigger', 'resolve', 'trigger']);
  });
});

describe('a pull request that is merged past the required check', () => {
  const CHECKS = {
    required_status_checks: ['gitops-warden'],
    required_status_checks_enforcement_level: 'everyone',
  };

  test.each(['merge', 'squash', 'rebase'] as const)(
    'by %s is an alert, and one that passed is none',
    async (method) => {
      const repository = await at.newRepository();
      at.stage.github.protectBranch(repository, { pattern: 'main', fields: CHECKS }, 'alice');
      const change = async (branch: string, files: Record<string, string>): Promise<void> => {
        await at.stage.github.commit(repository, { branch, from: 'main', files, message: 'Change' });
        const pull = await at.stage.github.openPullRequest(repository, { title: 'Change', head: branch });
        await at.stage.answered();
        await at.stage.github.merge(pull, method, 'mallory');
        await at.stage.answered();
      };
      await change('fine', { [WEB]: deployment('ghcr.io/acme/web:1.0.1') });
      expect(at.issuesOf(repository)).toEqual([]);
      await change('bad', { [WEB]: BAD });
      const [issue, ...others] = at.issuesOf(repository);
      expect(others).toEqual([]);
      expect(issue?.title).toBe('Merge into main by mallory, past the rules');
      expect(issue?.body).toMatch(/it had failed when pull request .{0,3}2 was merged/);
      expect(issue?.body).toContain('runs privileged');
    },
  );
});
