import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EmbeddedRepository, PullRequest } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { CHECK, HEALTHY, openStage } from './support.ts';

/** Pull requests that share a head, and so a check. */

let stage: Stage;
let repository: EmbeddedRepository;

beforeEach(async () => {
  stage = await openStage();
  repository = await stage.github.createRepository('acme/deploy');
  await stage.github.commit(repository, { branch: 'main', files: HEALTHY, message: 'Base' });
  await stage.github.commit(repository, { branch: 'release', from: 'main', files: {}, message: 'Release' });
  const files = { 'README.md': 'Hello.\n' };
  await stage.github.commit(repository, { branch: 'change', from: 'main', files, message: 'Change' });
});
afterEach(async () => {
  expect(stage.github.contractViolations).toEqual([]);
  await stage.close();
});

function openOne(base = 'main'): Promise<PullRequest> {
  return stage.github.openPullRequest(repository, { title: 'Change', head: 'change', base });
}

function checksOf({ head }: PullRequest) {
  return stage.github.checkRuns(repository, head.sha).filter(({ name }) => name === CHECK);
}

test('closed ones count for nothing, however many: nobody can block a change with them', async () => {
  const others: PullRequest[] = [];
  for (let index = 0; index < 21; index += 1) {
    const other = await openOne();
    others.push(other);
    await stage.github.closePullRequest(other);
  }
  const pull = await openOne();
  await stage.answered();
  expect(checksOf(pull).at(-1)).toMatchObject({ status: 'completed', conclusion: 'success' });
});

test('too many open ones are not judged, and the check says what to do', async () => {
  const pull = await openOne();
  for (let index = 0; index < 20; index += 1) await openOne();
  await stage.answered();
  const check = checksOf(pull).at(-1);
  expect(check).toMatchObject({ status: 'completed', conclusion: 'failure' });
  expect(check?.summary).toContain('21 open pull requests have the head');
  expect(check?.summary).toContain('close those that are not needed');
});

test('two that are closed together end their work', async () => {
  const [one, two] = [await openOne(), await openOne('release')];
  await stage.answered();
  await Promise.all([one, two].map((pull) => stage.github.closePullRequest(pull)));
  const before = stage.github.requests.length;
  await stage.answered();
  expect(stage.github.requests.length - before).toBeLessThan(20);
});

test('one that is closed during the review of its head leaves the other a verdict', async () => {
  const other = await openOne('release');
  await stage.answered();
  const begun = checksOf(other).length;
  // The App waits a moment before it looks whether its check was made.
  stage.github.failNext({ method: 'POST', path: /\/check-runs$/, when: 'after', status: 502 });
  const one = await openOne();
  while (checksOf(other).length === begun) await new Promise((resolve) => setTimeout(resolve, 5));
  await stage.github.closePullRequest(one);
  await stage.answered();
  expect(checksOf(other).some(({ conclusion }) => conclusion === 'cancelled')).toBe(true);
  expect(checksOf(other).at(-1)).toMatchObject({ status: 'completed', conclusion: 'success' });
});
