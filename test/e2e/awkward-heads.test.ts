import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CheckRun, EmbeddedRepository, PullRequest } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { CHECK, deployment, HEALTHY, openStage } from './support.ts';

/** Heads that are gone, replaced, or nobody's; and an App that may not do all that it wants. */

const WEB = 'apps/web/deployment.yaml';
const GOOD = { [WEB]: deployment('ghcr.io/acme/web:1.0.1') };
const BAD = { [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) };

let stage: Stage;
let repository: EmbeddedRepository;

beforeEach(async () => {
  stage = await openStage();
  repository = await stage.github.createRepository('acme/deploy');
  await stage.github.commit(repository, { branch: 'main', files: HEALTHY, message: 'Base' });
});
afterEach(async () => {
  expect(stage.github.contractViolations).toEqual([]);
  await stage.close();
});

async function open(files: Record<string, string>): Promise<PullRequest> {
  await stage.github.commit(repository, { branch: 'change', from: 'main', files, message: 'Change' });
  return stage.github.openPullRequest(repository, { title: 'Change', head: 'change' });
}

function checksOn(sha: string): readonly CheckRun[] {
  return stage.github.checkRuns(repository, sha).filter(({ name }) => name === CHECK);
}

async function begun(sha: string): Promise<void> {
  while (checksOn(sha).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a force push during a review: the old check is closed as superseded, and nothing is said of the old head', async () => {
  // The App waits a moment before it looks whether its check was made.
  stage.github.failNext({ method: 'POST', path: /\/check-runs$/, when: 'after', status: 502 });
  const pull = await open(BAD);
  const old = pull.head.sha;
  await begun(old);
  await stage.github.pushToPullRequest(pull, { files: GOOD, message: 'Another', force: true });
  await stage.answered();
  expect(checksOn(old).map(({ conclusion, title }) => [conclusion, title])).toEqual([
    ['cancelled', `Superseded by ${pull.head.sha.slice(0, 12)}`],
  ]);
  expect(checksOn(pull.head.sha).map(({ conclusion }) => conclusion)).toEqual(['success']);
  expect(stage.github.reviewComments(pull)).toEqual([]);
});

test('another base during a review: the check of the head is the one for the new base', async () => {
  const files = { '.github/gitops-warden.yml': 'rules:\n  no-privileged-container: off\n' };
  await stage.github.commit(repository, { branch: 'lenient', from: 'main', files, message: 'Lenient' });
  stage.github.failNext({ method: 'POST', path: /\/check-runs$/, when: 'after', status: 502 });
  await stage.github.commit(repository, { branch: 'change', from: 'lenient', files: BAD, message: 'Change' });
  const pull = await stage.github.openPullRequest(repository, {
    title: 'Change',
    head: 'change',
    base: 'lenient',
  });
  await begun(pull.head.sha);
  await stage.github.retarget(pull, 'main');
  await stage.answered();
  const checks = checksOn(pull.head.sha);
  expect(checks.map(({ status }) => status)).not.toContain('in_progress');
  expect(checks.map(({ conclusion }) => conclusion)).not.toContain('success');
  expect(checks.at(-1)?.conclusion).toBe('failure');
});

test('a fork that is gone: its pull request is judged by what GitHub keeps of it', async () => {
  const fork = await stage.github.createRepository('mallory/deploy', { installed: false });
  execFileSync('git', ['fetch', '-q', repository.gitDirectory, 'main:main'], { cwd: fork.gitDirectory });
  await stage.github.commit(fork, { branch: 'change', from: 'main', files: BAD, message: 'Change' });
  const from = { head: 'change', headRepository: fork, user: 'mallory' };
  const pull = await stage.github.openPullRequest(repository, { title: 'Change', ...from });
  await stage.answered();
  const opened = stage.github.deliveries.findLast(({ event }) => event === 'pull_request');
  const payload = structuredClone(opened?.payload ?? {}) as { pull_request: { head: { repo: unknown } } };
  payload.pull_request.head.repo = null;
  expect(await stage.github.deliver('pull_request', { ...payload, action: 'reopened' }, { id: 'gone' })).toBe(
    202,
  );
  await stage.answered();
  expect(checksOn(pull.head.sha).map(({ conclusion }) => conclusion)).toEqual(['failure']);
});

test('a head without a common history fails, and says whose turn it is', async () => {
  const pull = await open(BAD);
  const who = { NAME: 'Ann', EMAIL: 'ann@example.com' };
  const env = Object.entries(who).flatMap(([key, value]) => [
    [`GIT_AUTHOR_${key}`, value],
    [`GIT_COMMITTER_${key}`, value],
  ]);
  const orphan = execFileSync('git', ['commit-tree', '-m', 'Alone', `${pull.head.sha}^{tree}`], {
    cwd: repository.gitDirectory,
    env: { ...process.env, ...(Object.fromEntries(env) as Record<string, string>) },
    encoding: 'utf8',
  });
  await stage.github.pushCommit(repository, 'change', orphan.trim());
  await stage.answered();
  const [check] = checksOn(pull.head.sha);
  expect(check).toMatchObject({ conclusion: 'failure', title: 'This cannot be judged' });
  expect(check?.summary).toContain('no history in common');
  expect(check?.summary).toContain('git rebase --onto');
});

test('an App that may not comment: the verdict stands first, the permission is named, and all findings are there', async () => {
  const message = 'Resource not accessible by integration';
  const refusal = { status: 403, body: { message }, when: 'before', times: 100 } as const;
  stage.github.failNext({ method: 'POST', path: /\/reviews$/, ...refusal });
  const pull = await open(BAD);
  await stage.answered();
  const [check] = checksOn(pull.head.sha);
  expect(check).toMatchObject({ conclusion: 'failure', title: 'Blocked: 1 error' });
  expect(check?.summary).toContain('The comments could not be posted.');
  expect(check?.summary).toContain('`pull_requests=write`');
  expect(check?.annotations.map(({ path }) => path)).toEqual([WEB]);
});
