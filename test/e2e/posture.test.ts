import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { HEALTHY, openStage } from './support.ts';
import { BARE_ENVIRONMENT } from '../support/programs.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const EVERYTHING = { administration: 'write', contents: 'read' } as const;
const READER = { contents: 'read' } as const;

interface Control {
  readonly id: string;
  readonly state: string;
  readonly detail: string;
  readonly url: string | null;
}

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

function run(args: readonly string[], env: Record<string, string>): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'src/cli.ts'), 'posture', ...args], {
      env: { ...BARE_ENVIRONMENT, ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (status) => {
      resolve({ status, stdout, stderr });
    });
  });
}

async function look(
  name: string,
  permissions: Readonly<Record<string, 'read' | 'write'>>,
  ...args: string[]
): Promise<{ status: number | null; controls: ReadonlyMap<string, Control>; stderr: string }> {
  const { status, stdout, stderr } = await run([name, '--format', 'json', ...args], {
    GITHUB_TOKEN: stage.github.personalToken('acme', permissions),
    GITHUB_API_URL: stage.settings.apiUrl,
  });
  const { controls } = JSON.parse(stdout) as { controls: Control[] };
  return { status, controls: new Map(controls.map((control) => [control.id, control])), stderr };
}

async function repository(name: string, files: Record<string, string> = {}): Promise<EmbeddedRepository> {
  const made = await stage.github.createRepository(`acme/${name}`);
  await stage.github.commit(made, { branch: 'main', files: { ...HEALTHY, ...files }, message: 'Base' });
  return made;
}

const OWNED = { '.github/CODEOWNERS': '* @acme/platform\n' };
const SAFE = {
  security: {
    secret_scanning: { status: 'enabled' },
    secret_scanning_push_protection: { status: 'enabled' },
  },
  actions: { enabled: true, allowed_actions: 'selected', sha_pinning_required: true },
};

function ruleset(appId: number, bypassActors: readonly Readonly<Record<string, unknown>>[] = []) {
  return {
    enforcement: 'active' as const,
    include: ['~DEFAULT_BRANCH'],
    bypassActors,
    rules: [
      { type: 'deletion' },
      { type: 'non_fast_forward' },
      { type: 'required_signatures' },
      {
        type: 'pull_request',
        parameters: {
          required_approving_review_count: 1,
          dismiss_stale_reviews_on_push: true,
          require_code_owner_review: true,
          require_last_push_approval: false,
          required_review_thread_resolution: false,
        },
      },
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: true,
          required_status_checks: [{ context: 'gitops-warden', integration_id: appId }],
        },
      },
    ],
  };
}

describe('gitops-warden posture', () => {
  test('a repository that a ruleset guards has nothing to change', async () => {
    const guarded = await repository('guarded', OWNED);
    const { appId } = stage.settings;
    stage.github.configure(guarded, SAFE);
    stage.github.setRuleset(guarded, 'production', ruleset(appId));
    const { status, controls } = await look('acme/guarded', EVERYTHING, '--app-id', String(appId));
    expect([...controls.values()].filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(status).toBe(0);
  });

  test('a new repository has everything to change', async () => {
    await repository('new');
    const { status, controls } = await look('acme/new', EVERYTHING);
    expect(status).toBe(1);
    const fine = [...controls.values()].filter(({ state }) => state === 'ok').map(({ id }) => id);
    expect(fine).toEqual(['workflow-token']);
    expect([...controls.values()].filter(({ state }) => state === 'unread')).toEqual([]);
  });

  test('branch protection counts as a ruleset does, and administrators may go past it', async () => {
    const guarded = await repository('protected', OWNED);
    stage.github.configure(guarded, SAFE);
    stage.github.protectBranch(guarded, {
      pattern: 'main',
      fields: {
        pull_request_reviews_enforcement_level: 'everyone',
        required_approving_review_count: 2,
        dismiss_stale_reviews_on_push: true,
        require_code_owner_review: true,
        required_status_checks: ['gitops-warden'],
        required_status_checks_enforcement_level: 'everyone',
        strict_required_status_checks_policy: true,
        signature_requirement_enforcement_level: 'everyone',
        allow_deletions_enforcement_level: 'everyone',
      },
    });
    const { status, controls } = await look('acme/protected', EVERYTHING);
    const weak = [...controls.values()].filter(({ state }) => state === 'weak').map(({ id }) => id);
    expect(weak).toEqual(['no-deletion', 'no-bypass', 'check-pinned']);
    expect(controls.get('no-bypass')?.detail).toBe('Past branch protection may go administrators.');
    expect(status).toBe(1);
  });

  test('whoever may not read the administration is told what was not read', async () => {
    const guarded = await repository('hidden', OWNED);
    stage.github.configure(guarded, SAFE);
    stage.github.setRuleset(guarded, 'production', ruleset(stage.settings.appId));
    const { status, controls } = await look('acme/hidden', READER);
    const unread = [...controls.values()].filter(({ state }) => state === 'unread').map(({ id }) => id);
    expect(unread).toEqual([
      'no-bypass',
      'secret-scanning',
      'push-protection',
      'workflow-token',
      'allowed-actions',
    ]);
    expect(controls.get('workflow-token')?.detail).toContain('administration');
    expect(status).toBe(3);
  });

  test('a protected branch whose protection is hidden is not called open', async () => {
    const guarded = await repository('dark', OWNED);
    stage.github.configure(guarded, SAFE);
    stage.github.protectBranch(guarded, { pattern: 'main' });
    const { controls } = await look('acme/dark', READER);
    expect(controls.get('no-force-push')?.state).toBe('unread');
    const asked = stage.github.requests.filter(({ path }) => path === '/repos/acme/dark/branches/main');
    expect(asked).toHaveLength(1);
  });

  test('a ruleset that is only tried out guards nothing', async () => {
    const tried = await repository('tried', OWNED);
    stage.github.configure(tried, SAFE);
    stage.github.setRuleset(tried, 'production', {
      ...ruleset(stage.settings.appId),
      enforcement: 'evaluate',
    });
    const { controls } = await look('acme/tried', EVERYTHING);
    expect(controls.get('check-required')?.state).toBe('weak');
  });

  test('who may go past a ruleset is named', async () => {
    const guarded = await repository('bypassed', OWNED);
    const actors = [
      { actor_id: 5, actor_type: 'RepositoryRole', bypass_mode: 'always' },
      { actor_id: 12, actor_type: 'Team', bypass_mode: 'pull_request' },
      { actor_id: null, actor_type: 'DeployKey', bypass_mode: 'always' },
    ];
    stage.github.configure(guarded, SAFE);
    stage.github.setRuleset(guarded, 'production', ruleset(stage.settings.appId, actors));
    const { controls } = await look('acme/bypassed', EVERYTHING);
    expect(controls.get('no-bypass')?.detail).toBe(
      'Past ruleset `production` may go administrators, the team number 12 (in pull requests) and deploy keys.',
    );
  });

  test('CODEOWNERS is read from the branch, and what nobody owns is named', async () => {
    await repository('owners', { '.github/CODEOWNERS': '/.github/ @acme/platform\n/apps/ @acme/web\n' });
    const { controls } = await look('acme/owners', EVERYTHING);
    expect(controls.get('code-owners')?.detail).toBe('Nobody owns `clusters/`.');
  });

  test('the policy says what may stay', async () => {
    await repository('accepting', {
      '.github/gitops-warden.yml':
        'posture:\n  accept:\n    secret-scanning: Our own scanner looks at every push.\n',
    });
    const { controls } = await look('acme/accepting', EVERYTHING);
    expect(controls.get('secret-scanning')?.state).toBe('accepted');
    expect(controls.get('push-protection')?.state).toBe('weak');
  });

  test('text and Markdown say what to do and where', async () => {
    const env = {
      GITHUB_TOKEN: stage.github.personalToken('acme', EVERYTHING),
      GITHUB_API_URL: stage.settings.apiUrl,
    };
    const { stdout } = await run(['acme/new'], env);
    expect(stdout).toContain('acme/new, branch main: 14 settings to change.');
    expect(stdout).toContain('Error  Nobody force-pushes. Nothing that guards `main` asks for');
    expect(stdout).toContain(`${stage.github.url}/acme/new/settings/rules`);
    const { stdout: markdown } = await run(['acme/new', '--format', 'markdown'], env);
    expect(markdown).toContain('### To change\n\n- **Error: ');
  });
});

describe('wrong usage ends with 2 and a sentence', () => {
  test.each([
    ['no token', ['acme/new'], { GITHUB_TOKEN: '' }, 'GITHUB_TOKEN is not set'],
    [
      'a token that GitHub does not take',
      ['acme/new'],
      { GITHUB_TOKEN: 'nonsense' },
      'does not take the token',
    ],
    ['no repository', ['new'], {}, 'write OWNER/REPO'],
    [
      'a repository that is not there',
      ['acme/none'],
      {},
      'acme/none is not there, or the token may not see it',
    ],
    ['a branch that is not there', ['acme/new', '--branch', 'x'], {}, 'or its branch x is not there'],
  ])('%s', async (_, args, env, message) => {
    const { status, stderr } = await run(args, {
      GITHUB_TOKEN: stage.github.personalToken('acme', EVERYTHING),
      GITHUB_API_URL: stage.settings.apiUrl,
      ...env,
    });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(2);
  });
});

test('every request was one that GitHub describes', () => {
  expect(stage.github.contractViolations).toEqual([]);
});
