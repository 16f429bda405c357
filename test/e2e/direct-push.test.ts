import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EmbeddedRepository } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { deployment, HEALTHY, openStage } from './support.ts';

const WEB = 'apps/web/deployment.yaml';
let stage: Stage;
let repository: EmbeddedRepository;

beforeEach(async () => {
  stage = await openStage();
  repository = await stage.github.createRepository('acme/deploy', {
    private: true,
    protectedBranches: ['main'],
  });
  await stage.github.commit(repository, { branch: 'main', files: HEALTHY, message: 'Base' });
});
afterEach(async () => {
  expect(stage.github.contractViolations).toEqual([]);
  await stage.close();
});

async function push(branch: string, image: string): Promise<string> {
  const sha = await stage.github.push(repository, {
    branch,
    files: { [WEB]: deployment(image, true) },
    message: 'Hotfix',
    user: 'bob',
  });
  await stage.answered();
  return sha;
}

const issues = () => stage.github.issues(repository);

test('wish hey-cli#20: a direct push becomes one issue that says who, what, how far, and how to undo it', async () => {
  const sha = await push('main', 'ghcr.io/acme/web:2.0.0');
  expect(issues()).toHaveLength(1);
  const [issue] = issues();
  expect(issue?.user).toBe('gitops-warden[bot]');
  expect(issue?.body).toContain('bob');
  expect(issue?.body).toContain('argocd/web');
  expect(issue?.body).toContain('no-privileged-container');
  expect(issue?.body).toMatch(/git revert/);
  expect(issue?.body).toContain(sha.slice(0, 7));
});

test('the same delivery again opens no second issue', async () => {
  await push('main', 'ghcr.io/acme/web:2.0.0');
  const delivery = stage.github.deliveries.find((one) => one.event === 'push');
  if (delivery === undefined) throw new Error('no push was delivered');
  await stage.github.deliver('push', delivery.payload, { id: delivery.id });
  await stage.github.deliver('push', delivery.payload);
  await stage.answered();
  expect(issues()).toHaveLength(1);
});

test('a force push says how to put the branch back', async () => {
  const commit = (text: string): Promise<string> =>
    stage.github.commit(repository, { branch: 'main', files: { 'README.md': text }, message: 'Base' });
  const [earlier, tip] = [await commit('One.\n'), await commit('Two.\n')];
  await stage.github.pushCommit(repository, 'main', earlier, 'bob');
  await stage.answered();
  expect(issues()).toHaveLength(1);
  expect(issues()[0]?.title).toBe('Force push to main by bob, past the review');
  expect(issues()[0]?.body).toContain(
    `git push --force-with-lease=refs/heads/main:${earlier} origin ${tip}:refs/heads/main`,
  );
});

test('a branch that nobody protects may be pushed to', async () => {
  await push('feature', 'ghcr.io/acme/web:2.0.0');
  expect(issues()).toEqual([]);
});

test.each(['merge', 'squash', 'rebase'] as const)(
  'a pull request merged by %s is no direct push',
  async (method) => {
    for (const image of ['ghcr.io/acme/web:1.0.1', 'ghcr.io/acme/web:1.0.2']) {
      await stage.github.commit(repository, {
        branch: 'change',
        files: { [WEB]: deployment(image) },
        message: `Update to ${image}`,
      });
    }
    const pullRequest = await stage.github.openPullRequest(repository, { title: 'Update', head: 'change' });
    await stage.answered();
    await stage.github.merge(pullRequest, method);
    await stage.answered();
    expect(issues()).toEqual([]);
  },
);

test('a merge queue is no direct push', async () => {
  await stage.github.commit(repository, {
    branch: 'change',
    files: { [WEB]: deployment('ghcr.io/acme/web:1.0.1') },
    message: 'Update',
  });
  const pullRequest = await stage.github.openPullRequest(repository, { title: 'Update', head: 'change' });
  await stage.answered();
  const group = await stage.github.mergeGroup([pullRequest]);
  await stage.answered();
  await stage.github.completeMergeGroup(group);
  await stage.answered();
  expect(issues()).toEqual([]);
});

test('a commit on top of a merged pull request, in one push, is a direct push', async () => {
  await stage.github.commit(repository, {
    branch: 'change',
    files: { [WEB]: deployment('ghcr.io/acme/web:1.0.1') },
    message: 'Update',
  });
  const pullRequest = await stage.github.openPullRequest(repository, { title: 'Update', head: 'change' });
  await stage.answered();
  await stage.github.merge(pullRequest, 'merge');
  await push('main', 'ghcr.io/acme/web:2.0.0');
  expect(issues()).toHaveLength(1);
});
