import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository, PullRequest } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { CHECK, deployment, HEALTHY, makeSecretValue, openStage, plainSecret } from './support.ts';

const WEB = 'apps/web/deployment.yaml';
const POLICY = '.github/gitops-warden.yml';
const OFF = 'rules:\n  no-privileged-container: off\n';
const ON = 'rules:\n  no-privileged-container: error\n';
const PRIVILEGED = { [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) };

let stage: Stage;
let repository: EmbeddedRepository;

beforeEach(async () => {
  stage = await openStage();
  repository = await stage.github.createRepository('acme/deploy');
  await stage.github.commit(repository, {
    branch: 'main',
    files: { ...HEALTHY, [POLICY]: OFF },
    message: 'Base',
  });
});
afterEach(async () => {
  expect(stage.github.contractViolations).toEqual([]);
  await stage.close();
});

async function open(
  files: Record<string, string | null>,
  more: { branch?: string; base?: string; draft?: boolean } = {},
): Promise<PullRequest> {
  const { branch = 'change', base = 'main', draft = false } = more;
  await stage.github.commit(repository, { branch, from: base, files, message: 'Change' });
  const pull = await stage.github.openPullRequest(repository, { title: 'Change', head: branch, base, draft });
  await stage.answered();
  return pull;
}

function push(where: EmbeddedRepository, files: Record<string, string>): Promise<string> {
  return stage.github.push(where, { branch: where.defaultBranch, files, message: 'Policy', user: 'ann' });
}

function conclusionsOf({ head }: PullRequest): (string | null)[] {
  return stage.github
    .checkRuns(repository, head.sha)
    .filter(({ name }) => name === CHECK)
    .map(({ conclusion }) => conclusion);
}

describe('a verdict under another policy', () => {
  test('counts no longer when the policy of the base changes; those of other bases stay', async () => {
    await stage.github.commit(repository, { branch: 'release', from: 'main', files: {}, message: 'Release' });
    const pull = await open(PRIVILEGED);
    const other = await open(PRIVILEGED, { branch: 'other', base: 'release' });
    expect([conclusionsOf(pull), conclusionsOf(other)]).toEqual([['success'], ['success']]);
    await push(repository, { [POLICY]: ON });
    await stage.answered();
    expect([conclusionsOf(pull), conclusionsOf(other)]).toEqual([['success', 'failure'], ['success']]);
  });

  test('goes in progress before it is its turn', async () => {
    const pull = await open(PRIVILEGED);
    const states: (string | null)[] = [];
    await push(repository, { [POLICY]: ON });
    await stage.answered();
    const started = stage.github.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/check-runs'),
    );
    for (const { body } of started) states.push((body as { output: { title: string } }).output.title);
    expect(states).toEqual(['Review in progress', 'To be judged again']);
    expect(conclusionsOf(pull).at(-1)).toBe('failure');
  });

  test('stays when a push changes something else', async () => {
    const pull = await open(PRIVILEGED);
    await push(repository, { 'README.md': 'Hello.\n' });
    await stage.answered();
    expect(conclusionsOf(pull)).toEqual(['success']);
  });

  test.each([
    ['keys', '.github/allowed_signers'],
    ['rules about credentials', '.gitleaks.toml'],
    ['rules of the repository', '.github/gitops-warden/rules/own/rule.yaml'],
  ])('counts no longer when %s change', async (_what, path) => {
    const pull = await open(PRIVILEGED);
    await push(repository, { [path]: 'This cannot be understood.\n' });
    await stage.answered();
    expect(conclusionsOf(pull)).toEqual(['success', 'failure']);
  });

  test('counts no longer when a file changes that the rules about credentials extend', async () => {
    const rules = (id: string): string => `[[rules]]\nid = "${id}"\nregex = "${id}_[a-z]{9}"\n`;
    const files = { '.gitleaks.toml': '[extend]\npath = "./more.toml"\n', 'more.toml': rules('one') };
    await stage.github.commit(repository, { branch: 'main', files, message: 'Rules' });
    const value = ['two', 'abcdefghi'].join('_');
    const pull = await open({ 'notes.txt': `The token is ${value}\n` });
    expect(conclusionsOf(pull)).toEqual(['success']);
    await push(repository, { 'more.toml': rules('two') });
    await stage.answered();
    expect(conclusionsOf(pull)).toEqual(['success', 'failure']);
  });

  test("counts no longer when the organisation's floor changes, in any of its repositories", async () => {
    const home = await stage.github.createRepository('acme/.github');
    await stage.github.commit(home, {
      branch: 'main',
      files: { 'gitops-warden.yml': 'floor: {}\n' },
      message: 'Floor',
    });
    const pull = await open(PRIVILEGED);
    const healthy = await open({ 'README.md': 'Hello.\n' }, { branch: 'healthy' });
    await push(home, { 'README.md': 'Nothing of interest.\n' });
    await stage.answered();
    expect(conclusionsOf(pull)).toEqual(['success']);
    await push(home, { 'gitops-warden.yml': `floor:\n  rules:\n    no-privileged-container: error\n` });
    await stage.answered();
    expect([conclusionsOf(pull), conclusionsOf(healthy)]).toEqual([
      ['success', 'failure'],
      ['success', 'success'],
    ]);
  });

  test("counts no longer when the organisation's file comes to be, under its second name too", async () => {
    const home = await stage.github.createRepository('acme/.github');
    await stage.github.commit(home, { branch: 'main', files: { 'README.md': 'Hello.\n' }, message: 'Base' });
    const pull = await open(PRIVILEGED);
    expect(conclusionsOf(pull)).toEqual(['success']);
    await push(home, { 'gitops-warden.yaml': 'floor:\n  rules:\n    no-privileged-container: error\n' });
    await stage.answered();
    expect(conclusionsOf(pull)).toEqual(['success', 'failure']);
  });

  test('counts no longer when a file changes that the policy extends', async () => {
    const shared = await stage.github.createRepository('acme/policies');
    await stage.github.commit(shared, { branch: 'main', files: { 'base.yml': OFF }, message: 'Shared' });
    await stage.github.commit(repository, {
      branch: 'main',
      files: { [POLICY]: 'extends: acme/policies:base.yml\n' },
      message: 'Extend',
    });
    const pull = await open(PRIVILEGED);
    await push(shared, { 'base.yml': ON });
    await stage.answered();
    expect(conclusionsOf(pull)).toEqual(['success', 'failure']);
  });
});

describe('a draft', () => {
  test('is judged at once, and gets its comments when it is ready', async () => {
    const value = makeSecretValue();
    const pull = await open({ 'db.yaml': plainSecret('db', value) }, { draft: true });
    expect(conclusionsOf(pull)).toEqual(['failure']);
    const [run] = stage.github.checkRuns(repository, pull.head.sha);
    expect(run?.summary).toContain('This is a draft');
    expect(run?.annotations.map(({ path }) => path)).toEqual(['db.yaml']);
    expect(stage.github.reviewComments(pull)).toEqual([]);
    await stage.github.markReady(pull);
    await stage.answered();
    expect(conclusionsOf(pull).at(-1)).toBe('failure');
    expect(stage.github.reviewComments(pull).map(({ path }) => path)).toEqual(['db.yaml']);
  });

  test('without findings is green, and stays so when it is ready', async () => {
    const pull = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') }, { draft: true });
    await stage.github.markReady(pull);
    await stage.answered();
    expect(conclusionsOf(pull).at(-1)).toBe('success');
    expect(stage.github.reviews(pull)).toEqual([]);
  });
});

describe('a head that pull requests share', () => {
  test('a closed one has no say any more', async () => {
    await stage.github.commit(repository, {
      branch: 'strict',
      from: 'main',
      files: { [POLICY]: ON },
      message: 'Strict',
    });
    const lenient = await open(PRIVILEGED);
    expect(conclusionsOf(lenient)).toEqual(['success']);
    const strict = await stage.github.openPullRequest(repository, {
      title: 'Strict',
      head: 'change',
      base: 'strict',
    });
    await stage.answered();
    expect(conclusionsOf(lenient).at(-1)).toBe('failure');
    await stage.github.closePullRequest(strict);
    await stage.answered();
    expect(conclusionsOf(lenient).at(-1)).toBe('success');
    await stage.github.reopenPullRequest(strict);
    await stage.answered();
    expect(conclusionsOf(lenient).at(-1)).toBe('failure');
  });

  test('a closed pull request gets nothing', async () => {
    const pull = await open(PRIVILEGED);
    await stage.github.closePullRequest(pull);
    await stage.answered();
    expect(conclusionsOf(pull)).toEqual(['success']);
  });
});
