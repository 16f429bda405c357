import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { bodiesOf, openAlertStage, WEB, type AlertStage } from './alert-support.ts';
import { deployment } from './support.ts';

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

const CHANGE = { [WEB]: deployment('ghcr.io/acme/web:1.0.1') };

describe('a branch that a ruleset covers', () => {
  test.each([
    ['signed commits', { type: 'required_signatures' }],
    ['no force pushes', { type: 'non_fast_forward' }],
  ])('and of which it only asks for %s may be pushed to', async (_, rule) => {
    const repository = await at.newRepository();
    at.stage.github.setRuleset(repository, 'all branches', { include: ['~ALL'], rules: [rule] });
    await at.stage.github.commit(repository, {
      branch: 'feature',
      from: 'main',
      files: {},
      message: 'Begin',
    });
    await at.push(repository, CHANGE, { branch: 'feature' });
    await at.stage.answered();
    expect(at.issuesOf(repository)).toEqual([]);
    await at.push(repository, CHANGE);
    await at.stage.answered();
    expect(at.issuesOf(repository)).toHaveLength(1);
  });

  test('and for which it wants pull requests is watched', async () => {
    const repository = await at.newRepository();
    const rules = [
      {
        type: 'pull_request',
        parameters: {
          required_approving_review_count: 1,
          dismiss_stale_reviews_on_push: true,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_review_thread_resolution: false,
        },
      },
    ];
    at.stage.github.setRuleset(repository, 'releases', { include: ['refs/heads/release/*'], rules });
    await at.stage.github.commit(repository, {
      branch: 'release/1',
      from: 'main',
      files: {},
      message: 'Begin',
    });
    await at.push(repository, CHANGE, { branch: 'release/1' });
    await at.stage.answered();
    expect(at.issuesOf(repository).map(({ title }) => title)).toEqual([
      'Direct push to release/1 by bob, past the review',
    ]);
  });

  test('and classic protection that wants nothing of a push is not watched, and one that wants a review is', async () => {
    const repository = await at.newRepository();
    const { github } = at.stage;
    github.protectBranch(repository, { pattern: 'feature/*' });
    github.protectBranch(repository, {
      pattern: 'release',
      fields: { pull_request_reviews_enforcement_level: 'everyone', required_approving_review_count: 1 },
    });
    for (const branch of ['feature/x', 'release']) {
      await github.commit(repository, { branch, from: 'main', files: {}, message: 'Begin' });
      await at.push(repository, CHANGE, { branch });
      await at.stage.answered();
    }
    expect(at.issuesOf(repository).map(({ title }) => title)).toEqual([
      'Direct push to release by bob, past the review',
    ]);
  });
});

describe("an organisation's ruleset", () => {
  const RULES = [{ type: 'required_signatures' }, { type: 'non_fast_forward' }];

  test('that becomes weaker is told once, in the repository of the organisation, until it is put back', async () => {
    const repository = await at.newRepository();
    const { github } = at.stage;
    const common = await github.createRepository('acme/.github', { private: true });
    await github.commit(common, { branch: 'main', files: { 'README.md': 'Ours.\n' }, message: 'Base' });
    github.setRuleset('acme', 'all of us', { rules: RULES, repositories: ['deploy-*'] }, 'alice');
    github.setRuleset('acme', 'all of us', { rules: RULES.slice(1) }, 'mallory');
    await at.stage.answered();
    expect(at.issuesOf(repository)).toEqual([]);
    const [issue, ...others] = at.issuesOf(common);
    expect(others).toEqual([]);
    expect(issue?.title).toBe("The organisation's ruleset all of us was weakened by mallory");
    expect(issue?.body).toContain('Commits need not be signed any more.');
    expect(issue?.body).toContain('holds for several repositories');
    expect(issue?.body).toMatch(/\/organizations\/acme\/settings\/rules\/\d+/);
    expect(bodiesOf(at.pager)).toHaveLength(1);

    github.setRuleset('acme', 'all of us', { rules: RULES, repositories: ['web-*'] }, 'alice');
    await at.stage.answered();
    expect(issue?.state).toBe('open');
    expect(issue?.body).toContain('does not hold for `deploy-*` any more');
    github.setRuleset('acme', 'all of us', { repositories: ['~ALL'] }, 'alice');
    await at.stage.answered();
    expect(issue?.state).toBe('closed');
  });
});
