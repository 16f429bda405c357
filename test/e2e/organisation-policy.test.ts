import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository, PullRequest } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import type { OrgPolicy } from '../../src/config/environment.ts';
import { CHECK, deployment, HEALTHY, openStage } from './support.ts';

const WEB = 'apps/web/deployment.yaml';
const POLICY = '.github/gitops-warden.yml';
const ORGANISATION = 'gitops-warden.yml';
const PRIVILEGED = { [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) };
const OFF = 'rules:\n  no-privileged-container: off\n';
const FLOOR = 'floor:\n  rules:\n    no-privileged-container: error\n';

let stage: Stage;
let repository: EmbeddedRepository;

async function start(orgPolicy: OrgPolicy, own: Record<string, string> = {}): Promise<void> {
  stage = await openStage({ settings: { orgPolicy } });
  repository = await stage.github.createRepository('acme/deploy');
  await stage.github.commit(repository, { branch: 'main', files: { ...HEALTHY, ...own }, message: 'Base' });
}
beforeEach(() => start('optional', { [POLICY]: OFF }));
afterEach(async () => {
  expect(stage.github.contractViolations).toEqual([]);
  await stage.close();
});

/** The repository in which the organisation keeps its policy. */
async function organisation(text: string, installed = true): Promise<EmbeddedRepository> {
  const made = await stage.github.createRepository('acme/.github', { installed });
  await stage.github.commit(made, { branch: 'main', files: { [ORGANISATION]: text }, message: 'Policy' });
  return made;
}

let serial = 0;

async function open(
  files: Record<string, string | null>,
  where: EmbeddedRepository = repository,
): Promise<PullRequest> {
  serial += 1;
  const branch = `change-${String(serial)}`;
  await stage.github.commit(where, { branch, from: 'main', files, message: 'Change' });
  const pull = await stage.github.openPullRequest(where, { title: 'Change', head: branch });
  await stage.answered();
  return pull;
}

function checkOf({ head, repository: where }: PullRequest): { conclusion: string | null; summary: string } {
  const run = stage.github.checkRuns(where, head.sha).findLast(({ name }) => name === CHECK);
  return { conclusion: run?.conclusion ?? null, summary: run?.summary ?? '' };
}

function commentsOf(pull: PullRequest): string[] {
  return stage.github
    .reviewComments(pull)
    .map(({ path, line, body }) => `${path}:${String(line)} ${/\[`?([a-z-]+)`?\]/.exec(body)?.[1] ?? body}`);
}

describe("the organisation's floor", () => {
  test('counts against what the repository says', async () => {
    expect(checkOf(await open(PRIVILEGED)).conclusion).toBe('success');
    await organisation(FLOOR);
    const { conclusion, summary } = checkOf(await open(PRIVILEGED));
    expect(conclusion).toBe('failure');
    expect(summary).toContain('acme/.github:gitops-warden.yml');
  });

  test.each([
    ['report mode', 'mode: report\n', FLOOR, 'failure'],
    ['report mode, under a floor that only shows', 'mode: report\n', `${FLOOR}  mode: report\n`, 'success'],
    [
      'report mode, under a floor that makes nothing block',
      'mode: report\n',
      FLOOR.replace('error', 'info'),
      'success',
    ],
  ])('is not got round by %s', async (_what, own, floor, conclusion) => {
    await organisation(floor);
    await stage.github.commit(repository, { branch: 'main', files: { [POLICY]: own }, message: 'Own' });
    expect(checkOf(await open(PRIVILEGED)).conclusion).toBe(conclusion);
  });

  test('makes an attempt to switch to report mode a finding on its line', async () => {
    await organisation(FLOOR);
    const attempt = await open({ [POLICY]: 'version: 1\nmode: report\nnotChecked: warn\n' });
    expect(commentsOf(attempt).filter((one) => one.includes('below-floor'))).toEqual([
      `${POLICY}:2 policy-below-floor`,
      `${POLICY}:3 policy-below-floor`,
    ]);
  });

  test('an attempt to go below it is a finding on its line; one that was there before is noted', async () => {
    await organisation(FLOOR);
    const standing = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') });
    expect(commentsOf(standing)).toEqual([]);
    expect(checkOf(standing).conclusion).toBe('success');
    expect(checkOf(standing).summary).toContain('There before');
    expect(checkOf(standing).summary).toContain('has no effect: the organisation asks for `error`');
    const fresh = await open({ [POLICY]: 'version: 1\nrules:\n  no-privileged-container: info\n' });
    expect(commentsOf(fresh)).toEqual([`${POLICY}:3 policy-below-floor`]);
  });

  test('defaults count where the repository says nothing', async () => {
    await organisation(
      'defaults:\n  rules:\n    no-privileged-container: off\n    no-mutable-image-tag: error\n',
    );
    await stage.github.commit(repository, {
      branch: 'main',
      files: { [POLICY]: null },
      message: 'No policy',
    });
    expect(checkOf(await open(PRIVILEGED)).conclusion).toBe('success');
    expect(checkOf(await open({ [WEB]: deployment('ghcr.io/acme/web:latest') })).conclusion).toBe('failure');
    const own = 'rules:\n  no-mutable-image-tag: warning\n';
    await stage.github.commit(repository, { branch: 'main', files: { [POLICY]: own }, message: 'Own' });
    expect(checkOf(await open({ [WEB]: deployment('ghcr.io/acme/web:latest') })).conclusion).toBe('success');
  });

  test('is read anew for each job, and costs nothing while it stays the same', async () => {
    const home = await organisation('floor: {}\n');
    await open(PRIVILEGED);
    await open(PRIVILEGED);
    const asked = (): number[] =>
      stage.github.requests
        .filter(({ path }) => path.startsWith('/repos/acme/.github/contents/'))
        .map(({ status }) => status);
    expect(asked()).toEqual([200, 304]);
    await stage.github.commit(home, { branch: 'main', files: { [ORGANISATION]: FLOOR }, message: 'Raise' });
    expect(checkOf(await open(PRIVILEGED)).conclusion).toBe('failure');
    expect(asked()).toEqual([200, 304, 200]);
  });

  test('an invalid one fails every pull request, but the one in its own repository that mends it', async () => {
    const home = await organisation('flor:\n  mode: enforce\n');
    await stage.github.commit(repository, {
      branch: 'main',
      files: { [POLICY]: 'mode: report\n' },
      message: 'Only report',
    });
    const other = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') });
    expect(checkOf(other).conclusion).toBe('failure');
    expect(checkOf(other).summary).toContain('did you mean');
    const unrelated = await open({ 'README.md': 'Hello.\n' }, home);
    expect(checkOf(unrelated).conclusion).toBe('failure');
    const repair = await open({ [ORGANISATION]: FLOOR }, home);
    expect(checkOf(repair).conclusion).toBe('success');
    const worse = await open({ [ORGANISATION]: 'floor:\n  mod: enforce\n' }, home);
    expect(checkOf(worse).conclusion).toBe('failure');
    expect(commentsOf(worse)).toEqual([`${ORGANISATION}:2 valid-policy`]);
  });

  test('an edit that weakens it is told in words, on its line', async () => {
    const home = await organisation('floor:\n  mode: enforce\n  rules:\n    no-open-ingress: error\n');
    const pull = await open(
      { [ORGANISATION]: 'defaults:\n  profile: strict\nfloor:\n  rules:\n    no-open-ingress: warning\n' },
      home,
    );
    // With the last rule that blocks go `mode: enforce` and `notChecked: fail`.
    expect(commentsOf(pull).sort()).toEqual([
      `${ORGANISATION}:3 policy-weakened`,
      `${ORGANISATION}:3 policy-weakened`,
      `${ORGANISATION}:5 policy-weakened`,
    ]);
    expect(checkOf(pull).summary).toContain('What this policy change does');
    expect(checkOf(pull).summary).toContain('| stricter | `defaults.profile` | `recommended` | `strict` |');
  });
});

describe('an organisation without a policy that can be seen', () => {
  test('optional: counts for nothing, and is said in a few words', async () => {
    const { conclusion, summary } = checkOf(await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') }));
    expect(conclusion).toBe('success');
    expect(summary).not.toContain('not checked');
    expect(summary).toContain('GitHub shows the App no policy of the organisation.');
  });

  test('optional, and the App is installed everywhere: there is none, and nothing is said', async () => {
    stage.github.installOnAll('acme');
    const { summary } = checkOf(await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') }));
    expect(summary).not.toContain('organisation');
  });

  test('optional, and GitHub refuses it: what was not counted is noted', async () => {
    await organisation(FLOOR);
    stage.github.failNext({ method: 'GET', path: /\.github\/contents/, status: 403, when: 'before' });
    const { conclusion, summary } = checkOf(await open(PRIVILEGED));
    expect(conclusion).toBe('success');
    expect(summary).toContain("was judged without the organisation's policy, which cannot be read");
  });

  test('GitHub is away for a moment: the review is repeated, and the floor counts', async () => {
    await organisation(FLOOR);
    stage.github.failNext({ method: 'GET', path: /\.github\/contents/, status: 502, when: 'before' });
    expect(checkOf(await open(PRIVILEGED)).conclusion).toBe('failure');
  });
});

describe('ORG_POLICY=required', () => {
  beforeEach(async () => {
    await stage.close();
    await start('required', { [POLICY]: 'mode: report\n' });
  });

  test.each([
    ['not installed on it', 'cannot be seen', () => organisation(FLOOR, false)],
    ['no such repository', 'cannot be seen', () => Promise.resolve()],
    [
      'installed everywhere, and no file',
      'is not there: write `gitops-warden.yml`',
      () => {
        stage.github.installOnAll('acme');
        return Promise.resolve();
      },
    ],
    [
      'refused',
      'GitHub refuses it',
      async () => {
        await organisation(FLOOR);
        stage.github.failNext({ method: 'GET', path: /\.github\/contents/, status: 403, when: 'before' });
      },
    ],
  ])(
    '%s: nothing passes, whatever the repository says, and what to do is said',
    async (_name, says, prepare) => {
      await prepare();
      const { conclusion, summary } = checkOf(await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') }));
      expect(conclusion).toBe('failure');
      expect(summary).toContain(says);
      expect(summary).toContain('ORG\\_POLICY=required');
    },
  );

  test('a file that can be read is enough', async () => {
    await organisation('floor: {}\n');
    expect(checkOf(await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') })).conclusion).toBe('success');
  });
});

test('ORG_POLICY=off: nobody asks for it', async () => {
  await stage.close();
  await start('off', { [POLICY]: OFF });
  await organisation(FLOOR);
  expect(checkOf(await open(PRIVILEGED)).conclusion).toBe('success');
  expect(stage.github.requests.filter(({ path }) => path.includes('/contents/'))).toEqual([]);
});

describe('extends', () => {
  let shared: EmbeddedRepository;
  const extending = (reference: string): string => `extends: ${reference}\n`;
  beforeEach(async () => {
    shared = await stage.github.createRepository('acme/policies');
    await stage.github.commit(shared, {
      branch: 'main',
      files: {
        'base.yml': 'rules:\n  no-privileged-container: off\n  no-mutable-image-tag: error\n',
        'team.yml': `extends: acme/policies:base.yml\nrules: {no-mutable-image-tag: warning}\n`,
        'loop.yml': 'extends: acme/policies:loop.yml\n',
        'broken.yml': 'version: 1\nprofil: strict\n',
      },
      message: 'Policies',
    });
  });
  const onMain = (text: string): Promise<string> =>
    stage.github.commit(repository, { branch: 'main', files: { [POLICY]: text }, message: 'Policy' });

  test('takes what another file of the owner says, and the own file says it better', async () => {
    await onMain(extending('acme/policies:base.yml'));
    expect(checkOf(await open(PRIVILEGED)).conclusion).toBe('success');
    expect(checkOf(await open({ [WEB]: deployment('ghcr.io/acme/web:latest') })).conclusion).toBe('failure');
    await onMain(extending('acme/policies:team.yml'));
    expect(checkOf(await open({ [WEB]: deployment('ghcr.io/acme/web:latest') })).conclusion).toBe('success');
    await onMain(`${extending('acme/policies:base.yml')}rules: {no-privileged-container: error}\n`);
    const { conclusion, summary } = checkOf(await open(PRIVILEGED));
    expect(conclusion).toBe('failure');
    expect(summary).toContain('`acme/policies:base.yml`');
  });

  test('reads a branch, a tag or a commit that it names', async () => {
    await stage.github.commit(shared, {
      branch: 'v2',
      from: 'main',
      files: { 'base.yml': 'rules: {no-privileged-container: error}\n' },
      message: 'Second version',
    });
    await onMain(extending('acme/policies:base.yml@v2'));
    expect(checkOf(await open(PRIVILEGED)).conclusion).toBe('failure');
  });

  test.each([
    ['another owner', 'mallory/policies:base.yml', 'belongs to `mallory`'],
    ['no such file', 'acme/policies:bass.yml', 'Check the name'],
    ['no such repository', 'acme/polices:base.yml', 'Check the name'],
    ['a file that extends itself', 'acme/policies:loop.yml', 'extends itself'],
    ['a file that cannot be understood', 'acme/policies:broken.yml', 'line 2: unknown key `profil`'],
  ])('%s: fails everything, and a pull request that would bring it', async (_name, reference, says) => {
    const attempt = await open({ [POLICY]: `version: 1\n${extending(reference)}` });
    expect(checkOf(attempt).conclusion).toBe('failure');
    expect(commentsOf(attempt)).toContain(`${POLICY}:2 valid-policy`);
    await onMain(extending(reference));
    const other = checkOf(await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') }));
    expect(other.conclusion).toBe('failure');
    expect(other.summary).toContain(says);
    expect(checkOf(await open({ [POLICY]: 'version: 1\n' })).conclusion).toBe('success');
  });
});
