import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository, PullRequest } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import {
  CHECK,
  deployment,
  HEALTHY,
  makeSecretValue,
  openStage,
  plainSecret,
  PRIVILEGED_LINE,
} from './support.ts';

const WEB = 'apps/web/deployment.yaml';
let stage: Stage;
let repository: EmbeddedRepository;

beforeEach(async () => {
  stage = await openStage();
  repository = await stage.github.createRepository('acme/deploy', { protectedBranches: ['main'] });
  await stage.github.commit(repository, { branch: 'main', files: HEALTHY, message: 'Base' });
});
afterEach(async () => {
  // Nothing that we sent or got differs from GitHub's own description.
  expect(stage.github.contractViolations).toEqual([]);
  await stage.close();
});

async function open(
  files: Record<string, string | null>,
  more: { base?: string; branch?: string } = {},
): Promise<PullRequest> {
  const branch = more.branch ?? 'change';
  await stage.github.commit(repository, {
    branch,
    files,
    message: 'Change',
    ...(more.base ? { from: more.base } : {}),
  });
  const pullRequest = await stage.github.openPullRequest(repository, {
    title: 'Change',
    head: branch,
    ...(more.base ? { base: more.base } : {}),
  });
  await stage.answered();
  return pullRequest;
}

function checksOf(sha: string): [status: string, conclusion: string | null][] {
  return stage.github
    .checkRuns(repository, sha)
    .filter((run) => run.name === CHECK)
    .map((run) => [run.status, run.conclusion]);
}

function commentsOf(pullRequest: PullRequest): string[] {
  const roots = stage.github.reviewComments(pullRequest).filter(({ inReplyTo }) => inReplyTo === null);
  return roots.map((comment) => `${comment.path}:${String(comment.line)}`);
}

describe('a pull request', () => {
  test('with findings: one review with a comment on the line, and a failed check bound to base, head and policy', async () => {
    const pullRequest = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) });
    expect(commentsOf(pullRequest)).toEqual([`${WEB}:${PRIVILEGED_LINE}`]);
    expect(stage.github.reviews(pullRequest)).toHaveLength(1);
    const [run, ...others] = stage.github.checkRuns(repository, pullRequest.head.sha);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ name: CHECK, status: 'completed', conclusion: 'failure' });
    expect(run?.externalId).toContain(pullRequest.head.sha.slice(0, 12));
    expect(run?.externalId).toContain(pullRequest.base.sha.slice(0, 12));
    expect(run?.summary).toContain('argocd/web');
  });

  test('without findings: a green check, and not a word', async () => {
    const pullRequest = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') });
    expect(checksOf(pullRequest.head.sha)).toEqual([['completed', 'success']]);
    expect(stage.github.reviews(pullRequest)).toEqual([]);
  });

  test('a push that mends it turns the check green; a push that does not repeats nothing', async () => {
    const pullRequest = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) });
    await stage.github.pushToPullRequest(pullRequest, { files: { 'README.md': 'More.\n' }, message: 'More' });
    await stage.answered();
    expect(commentsOf(pullRequest)).toHaveLength(1);
    expect(checksOf(pullRequest.head.sha)).toEqual([['completed', 'failure']]);
    await stage.github.pushToPullRequest(pullRequest, {
      files: { [WEB]: deployment('ghcr.io/acme/web:1.0.1') },
      message: 'Mend',
    });
    await stage.answered();
    expect(checksOf(pullRequest.head.sha)).toEqual([['completed', 'success']]);
    expect(commentsOf(pullRequest)).toHaveLength(1);
    const [comment, note] = stage.github.reviewComments(pullRequest);
    // app.yml asks for too little to resolve threads.
    expect(comment?.minimizedReason).toBe('resolved');
    expect(note).toMatchObject({ inReplyTo: comment?.id });
    expect(note?.body).toContain(`No longer found in \`${pullRequest.head.sha.slice(0, 12)}\`.`);
  });

  test('a secret that a later commit removed is still found, and its value is nowhere', async () => {
    const value = makeSecretValue();
    const { github } = stage;
    await github.commit(repository, {
      branch: 'change',
      files: { 'apps/web/db.yaml': plainSecret('db', value) },
      message: 'Oops',
    });
    const pullRequest = await open({ 'apps/web/db.yaml': null, [WEB]: deployment('ghcr.io/acme/web:1.0.1') });
    const [run] = github.checkRuns(repository, pullRequest.head.sha);
    expect(run?.conclusion).toBe('failure');
    expect(run?.summary).toContain('not in the head any more');
    const written = JSON.stringify(
      [
        github.requests,
        github.reviews(pullRequest),
        github.reviewComments(pullRequest),
        github.checkRuns(repository, pullRequest.head.sha),
      ],
      (key, item: unknown) => (key === 'repository' || key === 'pullRequest' ? undefined : item),
    );
    expect(written.length).toBeGreaterThan(1000);
    expect(written).not.toContain(value);
  });

  test('what was there before is shown and does not block', async () => {
    await stage.github.commit(repository, {
      branch: 'main',
      files: { [WEB]: deployment('ghcr.io/acme/web:1.0.0', true) },
      message: 'Old habit',
    });
    const pullRequest = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) });
    expect(checksOf(pullRequest.head.sha)).toEqual([['completed', 'success']]);
    expect(commentsOf(pullRequest)).toEqual([]);
    expect(stage.github.checkRuns(repository, pullRequest.head.sha)[0]?.summary).toContain('There before');
  });

  test('from a fork', async () => {
    const fork = await stage.github.createRepository('mallory/deploy', { forkOf: repository });
    await stage.github.commit(fork, {
      branch: 'patch',
      files: { [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) },
      message: 'Patch',
    });
    const pullRequest = await stage.github.openPullRequest(repository, {
      title: 'Patch',
      head: 'patch',
      headRepository: fork,
      user: 'mallory',
    });
    await stage.answered();
    expect(checksOf(pullRequest.head.sha)).toEqual([['completed', 'failure']]);
    expect(commentsOf(pullRequest)).toEqual([`${WEB}:${PRIVILEGED_LINE}`]);
  });

  test('a path that would be Markdown is a path', async () => {
    const hostile = 'apps/@everyone/[x](http:/evil.example)<img src=x>.yaml';
    const pullRequest = await open({ [hostile]: deployment('ghcr.io/acme/web:1.0.1', true) });
    expect(commentsOf(pullRequest)).toEqual([`${hostile}:${PRIVILEGED_LINE}`]);
    const summary = stage.github.checkRuns(repository, pullRequest.head.sha)[0]?.summary ?? '';
    // Every mention of it stands in a code span.
    expect(summary.replaceAll(/`[^`\n]*`/g, '')).not.toMatch(/@everyone|<img/);
  });
});

describe('whose rules', () => {
  const OFF = 'rules:\n  no-privileged-container: off\n';

  test("the base's: a pull request cannot switch off the rule that it breaks", async () => {
    const pullRequest = await open({
      '.github/gitops-warden.yml': OFF,
      [WEB]: deployment('ghcr.io/acme/web:1.0.1', true),
    });
    expect(checksOf(pullRequest.head.sha)).toEqual([['completed', 'failure']]);
  });

  test('another base, another policy: retargeting judges again', async () => {
    await stage.github.commit(repository, {
      branch: 'lenient',
      from: 'main',
      files: { '.github/gitops-warden.yml': OFF },
      message: 'Lenient',
    });
    const pullRequest = await open(
      { [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) },
      { base: 'lenient' },
    );
    expect(checksOf(pullRequest.head.sha).at(-1)).toEqual(['completed', 'success']);
    await stage.github.retarget(pullRequest, 'main');
    await stage.answered();
    expect(checksOf(pullRequest.head.sha).at(-1)).toEqual(['completed', 'failure']);
  });

  test('one head in two pull requests: the worst verdict counts', async () => {
    await stage.github.commit(repository, {
      branch: 'lenient',
      from: 'main',
      files: { '.github/gitops-warden.yml': OFF },
      message: 'Lenient',
    });
    const strict = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) });
    expect(checksOf(strict.head.sha).at(-1)).toEqual(['completed', 'failure']);
    await stage.github.openPullRequest(repository, {
      title: 'Same head, lenient base',
      head: 'change',
      base: 'lenient',
    });
    await stage.answered();
    expect(checksOf(strict.head.sha).at(-1)).toEqual(['completed', 'failure']);
  });

  test('a broken policy on the base fails everything but the pull request that mends it', async () => {
    await stage.github.commit(repository, {
      branch: 'main',
      files: { '.github/gitops-warden.yml': 'profil: strict\n' },
      message: 'Typo',
    });
    const other = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') }, { branch: 'other' });
    expect(checksOf(other.head.sha)).toEqual([['completed', 'failure']]);
    expect(stage.github.checkRuns(repository, other.head.sha)[0]?.summary).toContain('did you mean');
    const repair = await open({ '.github/gitops-warden.yml': 'profile: strict\n' }, { branch: 'repair' });
    expect(checksOf(repair.head.sha)).toEqual([['completed', 'success']]);
    const worse = await open(
      { '.github/gitops-warden.yml': 'profil: strict # again\n' },
      { branch: 'worse' },
    );
    expect(checksOf(worse.head.sha)).toEqual([['completed', 'failure']]);
  });

  test('a pull request that breaks the policy is told so on its line', async () => {
    const pullRequest = await open({ '.github/gitops-warden.yml': 'version: 1\nmode: loud\n' });
    expect(commentsOf(pullRequest)).toEqual(['.github/gitops-warden.yml:2']);
  });
});

describe('other events', () => {
  test('re-requesting the check judges again and posts nothing twice', async () => {
    const pullRequest = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) });
    const [run] = stage.github.checkRuns(repository, pullRequest.head.sha);
    stage.github.rerequestCheck(run?.id ?? 0);
    await stage.answered();
    await stage.github.rerequestSuite(repository, pullRequest.head.sha);
    await stage.answered();
    expect(checksOf(pullRequest.head.sha).at(-1)).toEqual(['completed', 'failure']);
    expect(stage.github.reviews(pullRequest)).toHaveLength(1);
    expect(commentsOf(pullRequest)).toHaveLength(1);
  });

  test('a merge group is judged by its content', async () => {
    const pullRequest = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') });
    const good = await stage.github.mergeGroup([pullRequest]);
    await stage.answered();
    expect(checksOf(good.headSha)).toEqual([['completed', 'success']]);
    const bad = await open(
      { 'apps/other.yaml': deployment('ghcr.io/acme/other:1.0.1', true) },
      { branch: 'bad' },
    );
    const group = await stage.github.mergeGroup([bad]);
    await stage.answered();
    expect(checksOf(group.headSha)).toEqual([['completed', 'failure']]);
  });

  test('the mirror may be deleted at any time', async () => {
    await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') });
    await rm(stage.mirrors, { recursive: true, force: true });
    const pullRequest = await open(
      { [WEB]: deployment('ghcr.io/acme/web:1.0.2', true) },
      { branch: 'second' },
    );
    expect(checksOf(pullRequest.head.sha)).toEqual([['completed', 'failure']]);
  });

  test('a force push that removes objects', async () => {
    const pullRequest = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) });
    await stage.github.pushToPullRequest(pullRequest, {
      files: { [WEB]: deployment('ghcr.io/acme/web:1.0.2') },
      message: 'Again',
      force: true,
    });
    await stage.github.collectGarbage(repository);
    await stage.answered();
    expect(checksOf(pullRequest.head.sha).at(-1)).toEqual(['completed', 'success']);
  });
});

describe('when GitHub fails', () => {
  test.each([
    [
      'the review, before it was made',
      { method: 'POST', path: /\/reviews$/, status: 502, when: 'before' as const },
    ],
    [
      'the review, after it was made',
      { method: 'POST', path: /\/reviews$/, status: 502, when: 'after' as const },
    ],
    [
      'the check run, after it was made',
      { method: 'POST', path: /\/check-runs$/, status: 502, when: 'after' as const },
    ],
    [
      'the completion of the check',
      { method: 'PATCH', path: /\/check-runs\/\d+$/, status: 502, when: 'after' as const },
    ],
    ['the list of commits', { method: 'GET', path: /\/commits$/, status: 503, when: 'before' as const }],
  ])('%s: everything stands once in the end', async (_name, failure) => {
    stage.github.failNext(failure);
    const pullRequest = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) });
    expect(checksOf(pullRequest.head.sha)).toEqual([['completed', 'failure']]);
    expect(stage.github.reviews(pullRequest)).toHaveLength(1);
    expect(commentsOf(pullRequest)).toHaveLength(1);
  });

  test('for good: the check fails, and says that this is not the author', async () => {
    stage.github.failNext({
      method: 'POST',
      path: /^\/graphql$/,
      status: 404,
      times: 20,
      when: 'before',
    });
    const pullRequest = await open({ [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) });
    expect(checksOf(pullRequest.head.sha)).toEqual([['completed', 'failure']]);
    const [run] = stage.github.checkRuns(repository, pullRequest.head.sha);
    expect(run?.summary).toContain('This is a problem of gitops-warden, not of the change');
    // The findings are not lost: without comments they are annotations.
    expect(run?.annotations.map(({ path, startLine }) => [path, startLine])).toEqual([
      [WEB, PRIVILEGED_LINE],
    ]);
  });
});
