import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository, Issue } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { openStore } from '../../src/store/store.ts';
import { HEALTHY, openStage } from './support.ts';
import { until } from '../support/until.ts';

/** So short that each test sees several looks. Milliseconds. */
const PERIOD = 400;

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ settings: { sweepMs: PERIOD, postureMs: PERIOD } });
});
afterEach(() => stage.close());

async function repository(
  options: { isPrivate?: boolean; policy?: string } = {},
): Promise<EmbeddedRepository> {
  const { isPrivate = true, policy } = options;
  const made = await stage.github.createRepository('acme/deploy', { private: isPrivate });
  const files = {
    ...HEALTHY,
    '.github/CODEOWNERS': '* @acme/platform\n',
    ...(policy === undefined ? {} : { '.github/gitops-warden.yml': policy }),
  };
  await stage.github.commit(made, { branch: 'main', files, message: 'Base' });
  return made;
}

/** Everything that the App may read is in order. */
function guard(made: EmbeddedRepository, isSigned = true): void {
  const { appId } = stage.settings;
  stage.github.configure(made, {
    security: {
      secret_scanning: { status: 'enabled' },
      secret_scanning_push_protection: { status: 'enabled' },
    },
    actions: { enabled: true, allowed_actions: 'selected', sha_pinning_required: true },
  });
  const fields = {
    pull_request_reviews_enforcement_level: 'everyone',
    required_approving_review_count: 1,
    dismiss_stale_reviews_on_push: true,
    require_code_owner_review: true,
    required_status_checks: ['gitops-warden'],
    required_status_checks_enforcement_level: 'everyone',
    strict_required_status_checks_policy: true,
    admin_enforced: true,
    signature_requirement_enforcement_level: isSigned ? 'everyone' : 'off',
  };
  stage.github.protectBranch(made, { pattern: 'main', fields, checkApps: { 'gitops-warden': appId } });
}

/** How many looks at the repository are over. */
function looks(): number {
  return stage.github.requests.filter(({ path }) => path.endsWith('/actions/permissions/workflow')).length;
}

async function twoLooks(): Promise<void> {
  const before = looks();
  await until(() => looks() >= before + 3);
}

/** Issues about settings; those about weaker protection are another matter. */
function dashboards(made: EmbeddedRepository): readonly Issue[] {
  return stage.github.issues(made).filter(({ body }) => body?.includes('gitops-warden:posture') === true);
}

describe('the issue about settings', () => {
  test('is opened once, updated, closed when nothing is left, and opened again', async () => {
    const made = await repository();
    await until(() => dashboards(made).length > 0);
    await twoLooks();
    const [issue] = dashboards(made);
    expect(dashboards(made)).toHaveLength(1);
    expect(issue?.title).toBe('Settings that guard this repository');
    expect(issue?.body).toContain('**Error: Nobody force-pushes.**');

    guard(made, false);
    await until(
      () => issue?.body?.includes('Nobody force-pushes.** Asked for by branch protection') === true,
    );
    expect(issue?.state).toBe('open');
    expect(issue?.body).toContain('### To change\n\n- **Warning: Commits have to be signed.**');

    guard(made);
    await until(() => issue?.state === 'closed');
    expect(issue?.stateReason).toBe('completed');
    expect(issue?.body).toContain('**Nothing to change.**');

    guard(made, false);
    await until(() => issue?.state === 'open');
    expect(dashboards(made)).toHaveLength(1);
    expect(stage.github.contractViolations).toEqual([]);
  });

  test('changes nothing while nothing changes', async () => {
    const made = await repository();
    await until(() => dashboards(made).length > 0);
    await twoLooks();
    const writes = stage.github.requests.filter(
      ({ method, path }) => method !== 'GET' && path.includes('/issues'),
    );
    expect(writes).toHaveLength(1);
  });

  test('that a person closed for good stays closed', async () => {
    const made = await repository();
    await until(() => dashboards(made).length > 0);
    const [issue] = dashboards(made);
    if (issue === undefined) throw new Error('no issue');
    issue.state = 'closed';
    issue.stateReason = 'not_planned';
    guard(made, false);
    await twoLooks();
    expect(issue.state).toBe('closed');
    expect(dashboards(made)).toHaveLength(1);
  });

  test.each<[string, { isPrivate?: boolean; policy?: string }, number]>([
    ['a public repository', { isPrivate: false }, 0],
    [
      'a public repository whose policy asks for it',
      { isPrivate: false, policy: 'posture: {dashboard: always}\n' },
      1,
    ],
    ['a policy that switches it off', { policy: 'posture: {dashboard: never}\n' }, 0],
  ])('%s', async (_, options, expected) => {
    const made = await repository(options);
    if (expected > 0) await until(() => dashboards(made).length > 0);
    // Long enough for several turns.
    else await new Promise((resolve) => setTimeout(resolve, 6 * PERIOD));
    expect(dashboards(made)).toHaveLength(expected);
  });

  test('by somebody else, with our marker, is not taken for ours', async () => {
    const made = await repository();
    stage.github.openIssue(made, 'mallory', {
      title: 'Settings that guard this repository',
      body: 'All is well.\n\n<!-- gitops-warden:posture -->',
      labels: ['gitops-warden'],
    });
    await until(() => dashboards(made).length > 1);
    expect(dashboards(made).map(({ user }) => user)).toEqual(['mallory', 'gitops-warden[bot]']);
  });

  test('is noted in the audit trail', async () => {
    const made = await repository();
    await until(() => dashboards(made).length > 0);
    await twoLooks();
    const store = await openStore(stage.settings);
    const actions: string[] = [];
    for await (const page of store.audit.search({ action: 'posture' })) {
      for (const { subject, detail } of page) actions.push(`${subject} ${JSON.stringify(detail['issue'])}`);
    }
    await store.close();
    expect(actions).toEqual(['refs/heads/main "opened"']);
  });
});
