import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository, PullRequest } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { readNote } from '../../src/report/comment.ts';
import { CHECK, deployment, HEALTHY, openStage, PRIVILEGED_LINE } from './support.ts';

/** Comments that live and end with their cause, with real findings in real files. */

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

async function open(files: Record<string, string | null>): Promise<PullRequest> {
  await stage.github.commit(repository, { branch: 'change', from: 'main', files, message: 'Change' });
  const pull = await stage.github.openPullRequest(repository, { title: 'Change', head: 'change' });
  await stage.answered();
  return pull;
}

async function push(pull: PullRequest, files: Record<string, string | null>): Promise<void> {
  await stage.github.pushToPullRequest(pull, { files, message: 'More' });
  await stage.answered();
}

/** `path state notes…` of each thread. */
function threadsOf(pull: PullRequest): string[] {
  const comments = stage.github.reviewComments(pull);
  return comments
    .filter(({ inReplyTo }) => inReplyTo === null)
    .map((root) => {
      const state = stage.github.resolvedBy(root) ?? (root.minimizedReason === null ? 'open' : 'folded');
      const notes = comments
        .filter(({ inReplyTo }) => inReplyTo === root.id)
        .map(({ body }) => readNote(body) ?? body);
      return [root.path, state, ...notes].join(' ');
    });
}

function annotationsOf({ head }: PullRequest): string[] {
  const run = stage.github.checkRuns(repository, head.sha).findLast(({ name }) => name === CHECK);
  return (run?.annotations ?? []).map(({ path, startLine }) => `${path}:${String(startLine)}`);
}

describe('a head that comes back', () => {
  test('after a force push has its comments open again, and no second check for a verdict that stands', async () => {
    const pull = await open(BAD);
    const first = pull.head.sha;
    await push(pull, GOOD);
    expect(threadsOf(pull)).toEqual([`${WEB} folded mended`]);
    await stage.github.pushCommit(repository, 'change', first);
    await stage.answered();
    expect(threadsOf(pull)).toEqual([`${WEB} open mended back`]);
    const checks = stage.github.checkRuns(repository, first).map(({ conclusion }) => conclusion);
    expect(checks.at(-1)).toBe('failure');
    // The same events again: nothing changes.
    for (const { id, payload } of stage.github.deliveries.filter(({ event }) => event === 'pull_request'))
      await stage.github.deliver('pull_request', payload, { id: `again-${id}` });
    await stage.answered();
    expect(threadsOf(pull)).toEqual([`${WEB} open mended back`]);
    expect(stage.github.checkRuns(repository, first)).toHaveLength(checks.length);
  });
});

describe('a thread that a person resolved', () => {
  test('before the finding was mended is opened again when it comes back, and not while it stands', async () => {
    const pull = await open(BAD);
    const [root] = stage.github.reviewComments(pull);
    if (root === undefined) throw new Error('No comment.');
    stage.github.resolveThread(root, 'ann');
    await push(pull, { 'README.md': 'Hello.\n' });
    expect(threadsOf(pull)).toEqual([`${WEB} ann`]);
    await push(pull, GOOD);
    expect(threadsOf(pull)).toEqual([`${WEB} ann`]);
    await push(pull, BAD);
    // The App of app.yml may not open it again: so it says that the finding is back, and annotates its line.
    expect(threadsOf(pull)).toEqual([`${WEB} ann back`]);
    expect(annotationsOf(pull)).toEqual([`${WEB}:${String(PRIVILEGED_LINE)}`]);
  });
});

describe('a finding that moves', () => {
  test('with its line keeps its thread', async () => {
    const pull = await open(BAD);
    const [before] = stage.github.reviewComments(pull);
    await push(pull, { [WEB]: `# One.\n# Two.\n${BAD[WEB]}` });
    expect(threadsOf(pull)).toEqual([`${WEB} open`]);
    expect(stage.github.reviewComments(pull)[0]?.body).toBe(before?.body);
    expect(annotationsOf(pull)).toEqual([]);
  });

  test('to a line that was written anew is annotated there, because GitHub hides the comment', async () => {
    const pull = await open(BAD);
    await push(pull, { [WEB]: BAD[WEB].replace('privileged: true', 'privileged: yes') });
    expect(threadsOf(pull)).toEqual([`${WEB} open`]);
    expect(annotationsOf(pull)).toEqual([`${WEB}:${String(PRIVILEGED_LINE)}`]);
  });

  test('with its file begins a thread there, and the old one ends', async () => {
    const pull = await open({ 'apps/api/deployment.yaml': BAD[WEB].replaceAll('web', 'api') });
    await push(pull, {
      'apps/api/deployment.yaml': null,
      'apps/api/workload.yaml': BAD[WEB].replaceAll('web', 'api'),
    });
    expect(threadsOf(pull)).toEqual([
      'apps/api/deployment.yaml folded mended',
      'apps/api/workload.yaml open',
    ]);
  });
});

test('two pull requests that open with one head at the same time both get their comments', async () => {
  await stage.github.commit(repository, { branch: 'release', from: 'main', files: {}, message: 'Release' });
  await stage.github.commit(repository, { branch: 'change', from: 'main', files: BAD, message: 'Change' });
  stage.github.setDeliveryConcurrency(4);
  const pulls = [
    await stage.github.openPullRequest(repository, { title: 'Change', head: 'change' }),
    await stage.github.openPullRequest(repository, { title: 'Change', head: 'change', base: 'release' }),
  ];
  await stage.answered();
  expect(pulls.map(threadsOf)).toEqual([[`${WEB} open`], [`${WEB} open`]]);
});

test('what a review says first is about its commit, and names what is in the check alone', async () => {
  const pull = await open(BAD);
  const [review] = stage.github.reviews(pull);
  expect(review?.body).toContain(`This is about \`${pull.head.sha.slice(0, 12)}\``);
  expect(review?.body).toMatch(
    /In the check alone, because they have no comment here: 1 of \[`signed-commits`\]/,
  );
  expect(review?.body).not.toContain('git rebase');
});
