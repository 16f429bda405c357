import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { branchProtectionRuleHandler } from '../../src/github/handlers/branch-protection-rule.ts';
import type { Handler } from '../../src/github/handlers/handler.ts';
import { repositoryRulesetHandler } from '../../src/github/handlers/repository-ruleset.ts';
import type { JudgeProtectionJob, RepositoryJob } from '../../src/github/job.ts';
import { branchProtectionChange } from '../../src/github/protection/from-branch-protection.ts';
import { rulesetChange } from '../../src/github/protection/from-ruleset.ts';
import { judgeProtection } from '../../src/github/protection/judge-protection.ts';
import type { ProtectionChange } from '../../src/github/protection/protection-rule.ts';
import { covers, weakeningsOf } from '../../src/github/protection/weakenings.ts';
import { finishGitHub, mockGitHub, REPO } from './support/github.ts';
import { jobHarness, PUSH_JOB, type JobHarness } from './support/job.ts';

afterEach(finishGitHub);

const APP_ID = 4242;
const SURROUNDINGS = { defaultBranch: 'main', branches: ['release'], appId: APP_ID };

/** A rule that asks for everything. */
const RULE = {
  id: 12,
  name: 'main',
  pull_request_reviews_enforcement_level: 'everyone',
  required_approving_review_count: 2,
  dismiss_stale_reviews_on_push: true,
  require_code_owner_review: true,
  require_last_push_approval: true,
  required_status_checks: ['gitops-warden', 'ci'],
  required_status_checks_enforcement_level: 'everyone',
  strict_required_status_checks_policy: true,
  signature_requirement_enforcement_level: 'everyone',
  linear_history_requirement_enforcement_level: 'everyone',
  required_conversation_resolution_level: 'everyone',
  admin_enforced: true,
  allow_force_pushes_enforcement_level: 'off',
  allow_deletions_enforcement_level: 'off',
  authorized_actors_only: true,
  authorized_actor_names: ['alice'],
};

/** What the rule of an `edited` event lost, as sentences. */
function lostBy(edit: Readonly<Record<string, unknown>>): string[] {
  const changes = Object.fromEntries(
    Object.keys(edit).map((name) => [name, { from: (RULE as Record<string, unknown>)[name] }]),
  );
  const change = branchProtectionChange('edited', { ...RULE, ...edit }, changes);
  return weakeningsOf(change?.before ?? null, change?.after ?? null, SURROUNDINGS).map(({ what }) => what);
}

describe('a branch protection rule became weaker', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ required_status_checks: ['ci'] }, 'The check `gitops-warden` is not required any more.'],
    [{ required_status_checks: ['gitops-warden'] }, 'The check `ci` is not required any more.'],
    [{ required_approving_review_count: 1 }, '1 approval is required; before, it was 2.'],
    [{ required_approving_review_count: 0 }, 'No approval is required any more; before, it was 2.'],
    [{ require_code_owner_review: false }, 'Code owners need not approve any more.'],
    [{ dismiss_stale_reviews_on_push: false }, 'Approvals stay when something is pushed after them.'],
    [{ require_last_push_approval: false }, 'Whoever pushed last may now give the approval that counts.'],
    [{ signature_requirement_enforcement_level: 'off' }, 'Commits need not be signed any more.'],
    [{ linear_history_requirement_enforcement_level: 'off' }, 'The history need not be linear any more.'],
    [
      { required_conversation_resolution_level: 'off' },
      'Open conversations do not hold a merge back any more.',
    ],
    [{ allow_force_pushes_enforcement_level: 'everyone' }, 'Force pushes are allowed.'],
    [{ allow_deletions_enforcement_level: 'non_admins' }, 'The branch may be deleted.'],
    [{ admin_enforced: false }, 'The rule does not hold for administrators any more.'],
    [{ authorized_actors_only: false }, 'It is not restricted any more who may push.'],
    [{ authorized_actor_names: ['alice', 'bob'] }, '`bob` may now push.'],
    [{ strict_required_status_checks_policy: false }, 'A branch need not be up to date before it is merged.'],
  ])('by %j', (edit, what) => {
    expect(lostBy(edit)).toEqual([what]);
  });

  test('by taking the pull request away, in one sentence and the approvals', () => {
    expect(lostBy({ pull_request_reviews_enforcement_level: 'off' })).toEqual([
      'No pull request is required any more.',
      'No approval is required any more; before, it was 2.',
    ]);
  });

  test('by switching required checks off, for each of them', () => {
    expect(lostBy({ required_status_checks_enforcement_level: 'off' })).toHaveLength(3);
  });

  test.each<[Record<string, unknown>]>([
    [{}],
    [{ required_approving_review_count: 3 }],
    [{ required_status_checks: ['gitops-warden', 'ci', 'lint'] }],
    [{ authorized_actor_names: [] }],
    [{ lock_branch_enforcement_level: 'everyone' }],
    [{ merge_queue_enforcement_level: 'everyone' }],
    [{ signature_requirement_enforcement_level: 'non_admins' }],
  ])('not by %j', (edit) => {
    expect(lostBy(edit)).toEqual([]);
  });

  test('by being deleted, and then it says what it asked for', () => {
    const change = branchProtectionChange('deleted', RULE, undefined);
    const [weakening] = weakeningsOf(change?.before ?? null, null, SURROUNDINGS);
    expect(weakening?.what).toBe('The branch protection rule `main` is gone.');
    for (const asked of ['signed commits', '2 approvals', '`gitops-warden` and `ci`', 'no force pushes'])
      expect(weakening?.means).toContain(asked);
  });

  test('not by being made', () => {
    const change = branchProtectionChange('created', RULE, undefined);
    expect(weakeningsOf(change?.before ?? null, change?.after ?? null, SURROUNDINGS)).toEqual([]);
  });
});

const RULESET = {
  id: 7,
  name: 'main branch',
  target: 'branch',
  enforcement: 'active',
  conditions: { ref_name: { include: ['~DEFAULT_BRANCH', 'refs/heads/release'], exclude: [] } },
  rules: [
    { type: 'deletion' },
    { type: 'non_fast_forward' },
    { type: 'required_signatures' },
    {
      type: 'pull_request',
      parameters: {
        required_approving_review_count: 2,
        dismiss_stale_reviews_on_push: true,
        require_code_owner_review: true,
        require_last_push_approval: false,
        required_review_thread_resolution: true,
      },
    },
    {
      type: 'required_status_checks',
      parameters: {
        strict_required_status_checks_policy: false,
        required_status_checks: [{ context: 'gitops-warden', integration_id: APP_ID }],
      },
    },
  ],
  bypass_actors: [{ actor_id: 5, actor_type: 'RepositoryRole', bypass_mode: 'pull_request' }],
};
const reviewRule = RULESET.rules[3]!;
const checkRule = RULESET.rules[4]!;

function lostByRuleset(after: Readonly<Record<string, unknown>>, changes: unknown): string[] {
  const change = rulesetChange('edited', { ...RULESET, ...after }, changes);
  return weakeningsOf(change?.before ?? null, change?.after ?? null, SURROUNDINGS).map(({ what }) => what);
}

describe('a ruleset became weaker', () => {
  test.each(['disabled', 'evaluate'])('by being %s', (enforcement) => {
    const [what] = lostByRuleset({ enforcement }, { enforcement: { from: 'active' } });
    expect(what).toMatch(/^The ruleset `main branch` is (?:switched off|only evaluated)\.$/);
  });

  test('by losing a rule', () => {
    const [, , signatures, ...others] = RULESET.rules;
    const rules = [...RULESET.rules.slice(0, 2), ...others];
    expect(lostByRuleset({ rules }, { rules: { added: [], deleted: [signatures], updated: [] } })).toEqual([
      'Commits need not be signed any more.',
    ]);
  });

  test('by other parameters of a rule', () => {
    const rule = {
      ...reviewRule,
      parameters: {
        ...reviewRule.parameters,
        required_approving_review_count: 1,
        require_code_owner_review: false,
      },
    };
    const rules = [...RULESET.rules.slice(0, 3), rule, checkRule];
    const from = JSON.stringify(reviewRule.parameters);
    const changes = { rules: { updated: [{ rule, changes: { configuration: { from } } }] } };
    expect(lostByRuleset({ rules }, changes)).toEqual([
      'Code owners need not approve any more.',
      '1 approval is required; before, it was 2.',
    ]);
  });

  test.each([
    ['anybody', null],
    ['another App', 15_368],
  ])('by taking the check from %s', (who, integration_id) => {
    const rule = {
      type: 'required_status_checks',
      parameters: { required_status_checks: [{ context: 'gitops-warden', integration_id }] },
    };
    const rules = [...RULESET.rules.slice(0, 4), rule];
    const from = JSON.stringify(checkRule.parameters);
    const changes = { rules: { updated: [{ rule, changes: { configuration: { from } } }] } };
    expect(lostByRuleset({ rules }, changes)).toEqual([
      `The check \`gitops-warden\` may be reported by ${who}.`,
    ]);
  });

  test.each([
    [['refs/heads/release'], 'main'],
    [['~DEFAULT_BRANCH'], 'release'],
  ])('by covering only %j', (include, lost) => {
    const conditions = { ref_name: { include, exclude: [] } };
    const from = RULESET.conditions.ref_name.include;
    const changes = { conditions: { updated: [{ changes: { include: { from } } }] } };
    expect(lostByRuleset({ conditions }, changes)).toEqual([
      `The ruleset \`main branch\` does not cover \`${lost}\` any more.`,
    ]);
  });

  test('by leaving a branch out', () => {
    const conditions = { ref_name: { ...RULESET.conditions.ref_name, exclude: ['refs/heads/rel*'] } };
    const changes = { conditions: { updated: [{ changes: { exclude: { from: [] } } }] } };
    expect(lostByRuleset({ conditions }, changes)).toEqual([
      'The ruleset `main branch` does not cover `release` any more.',
    ]);
  });

  test('not by a new rule, a new name, or by being switched on', () => {
    const rules = [...RULESET.rules, { type: 'required_linear_history' }];
    const changes = { name: { from: 'old' }, rules: { added: [{ type: 'required_linear_history' }] } };
    expect(lostByRuleset({ rules }, changes)).toEqual([]);
    expect(lostByRuleset({}, { enforcement: { from: 'disabled' } })).toEqual([]);
  });

  test.each(['tag', 'push'])('is not asked of one for a %s', (target) => {
    expect(rulesetChange('deleted', { ...RULESET, target }, undefined)).toBeNull();
  });

  test('is not guessed when GitHub does not spell the rules out', () => {
    expect(rulesetChange('edited', { ...RULESET, rules: undefined }, {})).toBeNull();
  });
});

test.each<[string[], string[], string, boolean]>([
  [['~ALL'], [], 'x', true],
  [['~DEFAULT_BRANCH'], [], 'main', true],
  [['~DEFAULT_BRANCH'], [], 'x', false],
  [['releases/*'], [], 'releases/1', true],
  [['releases/*'], [], 'releases/1/2', false],
  [['**'], ['main'], 'main', false],
  [['main'], ['~DEFAULT_BRANCH'], 'main', false],
])('a rule with %j without %j covers %s: %s', (include, exclude, branch, expected) => {
  expect(covers({ include, exclude }, branch, 'main')).toBe(expected);
});

interface Example {
  readonly name: string;
  readonly examples: readonly Record<string, unknown>[];
}
const EXAMPLES = JSON.parse(
  readFileSync('node_modules/@octokit/webhooks-examples/api.github.com/index.json', 'utf8'),
) as Example[];

function jobOf(handler: unknown, payload: Record<string, unknown>): RepositoryJob | null {
  const typed = handler as Handler<never>;
  const whole = { installation: { id: 42 }, ...payload };
  return typed.toJob({ id: 'delivery', payload: whole, appId: APP_ID } as never) as RepositoryJob | null;
}

describe("GitHub's own examples", () => {
  const examples = EXAMPLES.find(({ name }) => name === 'branch_protection_rule')!.examples;
  const changes = examples.map(
    (payload) => jobOf(branchProtectionRuleHandler, payload) as JudgeProtectionJob,
  );

  test('become jobs, one for each repository at a time', () => {
    expect(changes.map(({ change }) => change.action)).toEqual([
      'edited',
      'created',
      'created',
      'deleted',
      'edited',
    ]);
    for (const job of changes) expect(job).toMatchObject({ kind: 'judge-protection', supersedes: false });
    expect(changes[0]!.key).toMatch(/^\d+\/protection$/);
    expect(changes[0]!.actor).toBe('Codertocat');
  });

  test('of an edit that restricts who may push is no weakening', () => {
    const { before, after } = changes[0]!.change;
    expect(weakeningsOf(before, after, SURROUNDINGS)).toEqual([]);
  });

  test('of an edit of many settings names those that became weaker', () => {
    const { before, after } = changes[4]!.change;
    expect(weakeningsOf(before, after, SURROUNDINGS).map(({ what }) => what)).toEqual([
      'Commits need not be signed any more.',
      'The history need not be linear any more.',
    ]);
  });

  test('of a ruleset without a repository, which is an organisation’s, become a job that looks for one', () => {
    const payload = { action: 'edited', repository_ruleset: RULESET, sender: { login: 'x' } };
    expect(jobOf(repositoryRulesetHandler, payload)).toMatchObject({
      kind: 'place-protection',
      installationId: 42,
      actor: 'x',
      change: { after: { source: 'organisation-ruleset' } },
    });
  });

  test('of a ruleset of a repository become a job', () => {
    const { repository } = examples[0]!;
    const payload = { action: 'deleted', repository, repository_ruleset: RULESET, sender: { login: 'x' } };
    expect(jobOf(repositoryRulesetHandler, payload)).toMatchObject({
      kind: 'judge-protection',
      actor: 'x',
      change: { action: 'deleted', after: null, before: { name: 'main branch', approvals: 2 } },
    });
  });
});

describe('the job', () => {
  const { repository, installationId, delivery, supersedes } = PUSH_JOB;
  const run = async (harness: JobHarness, change: ProtectionChange | null): Promise<string[][]> => {
    if (change === null) throw new Error('no change');
    const common = { repository, installationId, delivery, supersedes, key: 'k', actor: 'mallory' };
    await judgeProtection(harness.context, { ...common, kind: 'judge-protection', change });
    return harness.enqueued.splice(0).flatMap((job) => {
      if (job.kind !== 'publish-alert') return [];
      const alert = job.incident.alerts.at(-1);
      return alert?.kind === 'weakened-protection' ? [alert.weakenings.map(({ what }) => what)] : [];
    });
  };
  const expectApp = (app: number | null, times = 1): void => {
    const checks = [{ context: 'gitops-warden', app_id: app }];
    mockGitHub()
      .get(`${REPO}/branches/main`)
      .times(times)
      .reply(200, { protected: true, protection: { required_status_checks: { checks } } });
  };
  const edited = (changes: object) => branchProtectionChange('edited', RULE, changes);

  test('asks the branch from which App the check must come', async () => {
    const harness = jobHarness();
    expectApp(APP_ID);
    expect(await run(harness, edited({ required_status_checks: { from: ['ci'] } }))).toEqual([]);
    // The event says nothing of Apps: only what was seen before tells that it changed.
    expectApp(null);
    expect(await run(harness, edited({}))).toEqual([
      ['The check `gitops-warden` may be reported by anybody.'],
    ]);
    expectApp(null);
    expect(await run(harness, edited({}))).toEqual([]);
  });

  test('does not blame an edit that is about something else for a check that was open before', async () => {
    const harness = jobHarness();
    expectApp(null);
    const before = { required_approving_review_count: { from: 1 } };
    expect(await run(harness, edited(before))).toEqual([]);
  });

  test('says what it could not ask', async () => {
    const harness = jobHarness();
    mockGitHub().get(`${REPO}/branches/main`).reply(403, { message: 'No' });
    const change = edited({ admin_enforced: { from: true }, required_status_checks: { from: ['ci'] } });
    const weaker = { ...change!, after: { ...change!.after!, demands: [] } };
    await run(harness, weaker);
    expect(
      JSON.stringify(await harness.context.environment.ledger.mark('incidents/5/branch-protection/main')),
    ).toContain('could not be asked');
  });

  test('compares with what it saw last, also when an event in between was lost', async () => {
    const harness = jobHarness();
    await run(harness, rulesetChange('created', RULESET, undefined));
    // GitHub's event says that only the name changed, and nothing of who may bypass.
    const actors = [...RULESET.bypass_actors, { actor_id: 9, actor_type: 'Team', bypass_mode: 'always' }];
    const change = rulesetChange('edited', { ...RULESET, bypass_actors: actors }, { name: { from: 'x' } });
    expect(await run(harness, change)).toEqual([['`Team 9` may now pass by the ruleset.']]);
  });

  test('finds who may bypass always and not only with a pull request', async () => {
    const harness = jobHarness();
    await run(harness, rulesetChange('created', RULESET, undefined));
    const actors = [{ actor_id: 5, actor_type: 'RepositoryRole', bypass_mode: 'always' }];
    const change = rulesetChange('edited', { ...RULESET, bypass_actors: actors }, {});
    expect(await run(harness, change)).toEqual([['`RepositoryRole 5` may now pass by the ruleset.']]);
    const back = rulesetChange('edited', RULESET, {});
    await run(harness, back);
    expect(await harness.context.environment.ledger.mark('incidents/5/ruleset/main branch')).toBe('[]');
  });

  test('raises the same event once', async () => {
    const harness = jobHarness();
    const gone = rulesetChange('deleted', RULESET, undefined);
    const first = await run(harness, gone);
    const { context } = harness;
    await run(harness, gone);
    expect(first).toHaveLength(1);
    const stored = await context.environment.ledger.mark('incidents/5/ruleset/main branch');
    expect(JSON.parse(stored ?? '[]')).toMatchObject([{ count: 1, sequence: 1 }]);
  });

  test('ends the incident of a deleted ruleset when one of its name asks for as much again', async () => {
    const harness = jobHarness();
    await run(harness, rulesetChange('deleted', RULESET, undefined));
    await run(harness, rulesetChange('created', { ...RULESET, id: 8 }, undefined));
    expect(await harness.context.environment.ledger.mark('incidents/5/ruleset/main branch')).toBe('[]');
  });
});
