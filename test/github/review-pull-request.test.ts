import { afterEach, describe, expect, test } from '@jest/globals';
import type { Commit } from '../../src/engine/change.ts';
import type { Finding } from '../../src/engine/finding.ts';
import { recheck } from '../../src/github/recheck.ts';
import { judgeMergeGroup } from '../../src/github/review-merge-group.ts';
import { reviewPullRequest } from '../../src/github/review-pull-request.ts';
import { renderComment } from '../../src/report/comment.ts';
import { GitError } from '../../src/git/git-error.ts';
import { checkRunAnswer, finishGitHub, mockGitHub, REPO, sha } from './support/github.ts';
import type { JobContext } from '../../src/github/dependencies.ts';
import { BASE, BOT, finding, HEAD, jobHarness, PULL_JOB, pullAnswer, RECHECK_JOB } from './support/job.ts';
import type { JobHarness, World } from './support/job.ts';

afterEach(finishGitHub);

interface Body {
  readonly status?: string;
  readonly conclusion?: string;
  readonly external_id?: string;
  readonly head_sha?: string;
  readonly output?: { title: string; summary: string; annotations?: { path: string; start_line: number }[] };
  readonly event?: string;
  readonly commit_id?: string;
  readonly body?: string;
  readonly comments?: { path: string; line: number; side: string; body: string }[];
}

/** Expects one request and keeps its body. */
function capture(method: 'post' | 'patch', path: string, status: number, answer: object): Body[] {
  const bodies: Body[] = [];
  mockGitHub()
    [method](`${REPO}${path}`, (body: Body) => {
      bodies.push(body);
      return true;
    })
    .reply(status, answer);
  return bodies;
}

const expectPull = (number = 7, overrides: Record<string, unknown> = {}) =>
  mockGitHub().get(`${REPO}/pulls/${number}`).reply(200, pullAnswer(number, overrides));

const expectCheckStart = (head = HEAD) =>
  capture('post', '/check-runs', 201, checkRunAnswer({ head_sha: head }));

const expectCheckEnd = () =>
  capture('patch', '/check-runs/900', 200, checkRunAnswer({ status: 'completed' }));

interface Comment {
  readonly user: { readonly login: string } | null;
  readonly body: string;
}

/** Threads as GraphQL has them, each with one comment. */
function threadPage(comments: readonly Comment[], endCursor: string | null = null): object {
  const nodes = comments.map(({ user, body }, index) => {
    const [, login = '', bot] = /^(.*?)(\[bot\])?$/.exec(user?.login ?? '') ?? [];
    const author = user === null ? null : { __typename: bot === undefined ? 'User' : 'Bot', login };
    const node = { id: `C${String(index)}`, body, author, viewerDidAuthor: false };
    return {
      id: `T${String(index)}`,
      path: 'apps/web.yaml',
      line: 7,
      startLine: null,
      isOutdated: false,
      isResolved: false,
      viewerCanResolve: true,
      viewerCanUnresolve: false,
      root: { totalCount: 1, nodes: [{ ...node, isMinimized: false, viewerCanMinimize: true }] },
      latest: { nodes: [node] },
    };
  });
  const reviewThreads = { pageInfo: { hasNextPage: endCursor !== null, endCursor }, nodes };
  return { data: { repository: { pullRequest: { reviewThreads } } } };
}

const expectComments = (comments: readonly Comment[]) =>
  mockGitHub()
    .post('/graphql', ({ query }: { query: string }) => query.startsWith('query'))
    .reply(200, threadPage(comments));

/** Expects one request with changes to threads, and keeps their inputs. */
function expectChanges(): Record<string, string>[] {
  const inputs: Record<string, string>[] = [];
  mockGitHub()
    .post(
      '/graphql',
      ({ query, variables }: { query: string; variables: Record<string, Record<string, string>> }) => {
        if (!query.startsWith('mutation')) return false;
        inputs.push(...Object.values(variables));
        return true;
      },
    )
    .reply(200, { data: {} });
  return inputs;
}

const expectReview = (status = 200, number = 7) =>
  capture(
    'post',
    `/pulls/${number}/reviews`,
    status,
    status === 422 ? { message: 'Line could not be resolved' } : {},
  );

const marker = (fingerprint: string) => `text\n\n<!-- gitops-warden:finding ${fingerprint} -->`;
/** A place in a file of the head. */
const fileSubject = (path: string, line: number): Finding['subject'] => ({
  type: 'file',
  path,
  range: { start: { line, column: 1 }, end: { line, column: 9 } },
  object: null,
  commit: null,
});
/** What we say of a finding, so that nothing has to be edited. */
const said = (one: Finding): Comment => ({ user: { login: BOT }, body: renderComment(one) });

describe('a review', () => {
  test('without findings sets the check and posts nothing else', async () => {
    const { context, reviews, fetched } = jobHarness();
    expectPull();
    const [start, end] = [expectCheckStart(), expectCheckEnd()];
    await reviewPullRequest(context, PULL_JOB);
    expect(start[0]).toMatchObject({ status: 'in_progress', head_sha: HEAD, external_id: 'attempt-0' });
    expect(end[0]).toMatchObject({
      status: 'completed',
      conclusion: 'success',
      external_id: expect.stringMatching(new RegExp(`^1:${BASE}:${HEAD}:[0-9a-f]{64}$`)),
    });
    expect(fetched).toEqual([['+refs/heads/main:refs/heads/main', '+refs/pull/7/head:refs/pull/7/head']]);
    expect(reviews.map(({ base, head }) => [base, head])).toEqual([[BASE, HEAD]]);
  });

  test('puts all comments on lines of the diff into one request, and the rest into annotations', async () => {
    const { context, world } = jobHarness();
    const [first, second] = [finding({}, 7), finding({ severity: 'warning' }, 9)];
    const outside = finding({ subject: fileSubject('apps/unchanged.yaml', 200) });
    world.findings.set(BASE, [first, second, outside]);
    expectPull();
    expectCheckStart();
    expectComments([]);
    const review = expectReview();
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(review).toHaveLength(1);
    expect(review[0]).toMatchObject({
      event: 'COMMENT',
      commit_id: HEAD,
      comments: [
        { path: 'apps/web.yaml', line: 7, side: 'RIGHT' },
        { path: 'apps/web.yaml', line: 9, side: 'RIGHT' },
      ],
    });
    expect(review[0]?.comments?.[0]).not.toHaveProperty('start_line');
    expect(review[0]?.comments?.[0]?.body).toContain(first.fingerprint);
    expect(end[0]?.conclusion).toBe('failure');
    expect(end[0]?.output?.annotations?.map(({ start_line }) => start_line)).toEqual([200]);
  });

  test('never posts a comment twice, whoever forges a marker', async () => {
    const { context, world } = jobHarness();
    const [old, forged, fresh] = [finding({}, 1), finding({}, 2), finding({}, 3)];
    world.findings.set(BASE, [old, forged, fresh]);
    expectPull();
    expectCheckStart();
    expectComments([
      said(old),
      { user: { login: 'mallory' }, body: marker(forged.fingerprint) },
      { user: null, body: marker(fresh.fingerprint) },
    ]);
    const review = expectReview();
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(review[0]?.comments?.map(({ line }) => line)).toEqual([2, 3]);
    expect(end[0]?.output?.annotations).toBeUndefined();
  });

  test('posts no review when every finding has its comment', async () => {
    const { context, world } = jobHarness();
    const old = finding();
    world.findings.set(BASE, [old]);
    expectPull();
    expectCheckStart();
    expectComments([said(old)]);
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]?.conclusion).toBe('failure');
  });

  test('reads all pages of comments before it posts', async () => {
    const { context, world } = jobHarness();
    const old = finding();
    world.findings.set(BASE, [old]);
    expectPull();
    expectCheckStart();
    const others = Array.from({ length: 100 }, () => ({ user: { login: 'ann' }, body: 'hello' }));
    const after = (cursor: string | null) => (body: { variables: { after: string | null } }) =>
      body.variables.after === cursor;
    mockGitHub().post('/graphql', after(null)).reply(200, threadPage(others, 'X'));
    mockGitHub()
      .post('/graphql', after('X'))
      .reply(200, threadPage([said(old)]));
    expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
  });

  test('comments on 30 findings at most, and annotates the others in batches of 50', async () => {
    const { context, world } = jobHarness();
    world.findings.set(
      BASE,
      Array.from({ length: 100 }, (_unused, index) => finding({}, index + 1)),
    );
    expectPull();
    expectCheckStart();
    expectComments([]);
    const review = expectReview();
    const batch = capture(
      'patch',
      '/check-runs/900',
      200,
      checkRunAnswer({ output: { annotations_count: 50 } }),
    );
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(review[0]?.comments).toHaveLength(30);
    expect(batch[0]?.status).toBeUndefined();
    expect(batch[0]?.output?.annotations).toHaveLength(50);
    expect(end[0]?.output?.annotations).toHaveLength(20);
    const lines = [...(batch[0]?.output?.annotations ?? []), ...(end[0]?.output?.annotations ?? [])];
    expect(new Set(lines.map(({ start_line }) => start_line)).size).toBe(70);
  });

  test('offers a suggestion only where the comment covers exactly its lines', async () => {
    const { context, world } = jobHarness();
    const text = 'privileged: false';
    world.findings.set(BASE, [
      finding({ suggestion: { startLine: 7, endLine: 7, text } }, 7),
      finding({ suggestion: { startLine: 6, endLine: 7, text } }, 7),
    ]);
    expectPull();
    expectCheckStart();
    expectComments([]);
    const review = expectReview();
    expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    const suggested = review[0]?.comments?.map(({ body }) => body.includes('```suggestion'));
    expect(suggested).toEqual([true, false]);
  });

  test('of a closed pull request does nothing', async () => {
    const { context } = jobHarness();
    expectPull(7, { state: 'closed' });
    await reviewPullRequest(context, PULL_JOB);
  });
});

describe('signatures', () => {
  const commit = {
    sha: HEAD,
    signature: { state: 'unavailable', kind: 'ssh', signer: null, reason: null },
  } as Commit;

  test("are GitHub's verdict, and commits that it does not list are said", async () => {
    const { context, world } = jobHarness();
    let states: [string, string | undefined][] = [];
    world.onReview = async ({ witness }) => {
      const evidence = await witness?.evidence([commit, { ...commit, sha: sha('c') }], {
        verdict: true,
        accountKeys: false,
        decides: false,
      });
      states = [...(evidence ?? [])].map(([id, { verdict }]) => [id, verdict?.state]);
    };
    expectPull();
    expectCheckStart();
    mockGitHub()
      .get(`${REPO}/pulls/7/commits`)
      .query({ per_page: 100, page: 1 })
      .reply(200, [
        {
          sha: HEAD,
          commit: { verification: { verified: true, reason: 'valid' } },
          committer: { login: 'ann' },
        },
      ]);
    mockGitHub()
      .get(`${REPO}/compare/${BASE}...${HEAD}`)
      .query({ per_page: 100, page: 1 })
      .reply(200, { commits: [] });
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(states).toEqual([[HEAD, 'valid']]);
    expect(end[0]?.output?.summary).toContain('GitHub lists 1 of the 2 commits');
  });
});

describe('one head in several pull requests', () => {
  test('is judged for each base, and the worst verdict counts', async () => {
    const { context, world, reviews } = jobHarness();
    world.refs.set('refs/pull/3/head', HEAD);
    world.refs.set('refs/pull/4/head', HEAD);
    world.refs.set('refs/pull/9/head', sha('9'));
    world.refs.set('refs/heads/release', sha('c'));
    world.commits.set(sha('c'), []);
    world.findings.set(sha('c'), [finding()]);
    expectPull();
    expectPull(3, { base: { ref: 'release' } });
    expectPull(4, { state: 'closed' });
    expectCheckStart();
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    // Number 3 gets its comments from its own job.
    expect(reviews.map(({ base }) => base)).toEqual([BASE, sha('c')]);
    expect(end[0]?.conclusion).toBe('failure');
    expect(end[0]?.output?.summary).toContain('#7: success, #3: failure');
    expect(end[0]?.external_id).toMatch(new RegExp(`^1:${HEAD}:2:[0-9a-f]{64}$`));
  });
});

describe('a head that moves', () => {
  test('during the fetch is judged anew, and the old check is closed as superseded', async () => {
    const { context, world, reviews } = jobHarness();
    world.refs.set('refs/pull/7/head', sha('e'));
    world.commits.set(sha('e'), [BASE]);
    expectPull();
    expectPull(7, { head: { sha: sha('e') } });
    const first = expectCheckStart();
    const cancelled = expectCheckEnd();
    const second = expectCheckStart(sha('e'));
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(first[0]?.head_sha).toBe(HEAD);
    expect(cancelled[0]?.conclusion).toBe('cancelled');
    expect(cancelled[0]?.output?.summary).toContain(sha('e'));
    expect(second[0]).toMatchObject({ head_sha: sha('e'), external_id: 'attempt-1' });
    expect(end[0]?.conclusion).toBe('success');
    expect(reviews.map(({ head }) => head)).toEqual([sha('e')]);
  });

  test("is waited for when only git's ref is behind", async () => {
    const { context, world, clock, reviews } = jobHarness();
    world.refs.set('refs/pull/7/head', sha('d'));
    world.commits.set(sha('d'), []);
    let fetches = 0;
    world.onFetch = () => {
      fetches += 1;
      if (fetches === 2) world.refs.set('refs/pull/7/head', HEAD);
    };
    expectPull();
    expectPull();
    expectCheckStart();
    expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(clock.sleeps).toEqual([1_000]);
    expect(reviews.map(({ head }) => head)).toEqual([HEAD]);
  });
});

describe('a stopped review', () => {
  test('is cancelled and names the newer head', async () => {
    const { context, world, controller } = jobHarness();
    world.onReview = ({ signal }) => {
      controller.abort({ type: 'superseded', by: { ...PULL_JOB, headSha: sha('f') } });
      signal?.throwIfAborted();
    };
    expectPull();
    expectCheckStart();
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]?.conclusion).toBe('cancelled');
    expect(end[0]?.output?.title).toBe(`Superseded by ${sha('f').slice(0, 12)}`);
  });

  test('posts no comments for the old head', async () => {
    const { context, world, controller } = jobHarness();
    world.findings.set(BASE, [finding()]);
    world.onReview = () => {
      controller.abort({ type: 'superseded', by: PULL_JOB });
    };
    expectPull();
    expectCheckStart();
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]?.conclusion).toBe('cancelled');
    expect(end[0]?.output?.title).toBe('Judged again');
  });

  test.each(['shutdown', 'lost'])(
    'that another worker goes on with (%s) leaves its check in progress',
    async (type) => {
      const { context, world, controller } = jobHarness();
      world.findings.set(BASE, [finding()]);
      world.onReview = () => {
        controller.abort({ type });
      };
      expectPull();
      expectCheckStart();
      await expect(reviewPullRequest(context, PULL_JOB)).rejects.toEqual({ type });
      expect(await context.environment.openChecks.ofKey('k')).toHaveLength(1);
    },
  );
});

/** What a verdict on the world as it is would be bound to. */
async function bindingNow(world: World): Promise<string> {
  const harness = jobHarness();
  harness.world.refs.clear();
  for (const [ref, commit] of world.refs) harness.world.refs.set(ref, commit);
  expectPull();
  expectCheckStart();
  const end = expectCheckEnd();
  await reviewPullRequest(harness.context, PULL_JOB);
  return end[0]?.external_id ?? '';
}

describe('an event of a head that has its verdict', () => {
  async function judged(): Promise<ReturnType<typeof jobHarness>> {
    const harness = jobHarness();
    expectPull();
    expectCheckStart();
    expectCheckEnd();
    await reviewPullRequest(harness.context, PULL_JOB);
    return harness;
  }
  const late = (harness: JobHarness): JobContext => ({ ...harness.context, delivery: 'late' });

  test('changes nothing', async () => {
    const harness = await judged();
    expectPull();
    await reviewPullRequest(late(harness), PULL_JOB);
    expect(harness.reviews).toHaveLength(1);
  });

  test('has it judged again when somebody asked for that', async () => {
    const harness = await judged();
    expectPull();
    await recheck(late(harness), RECHECK_JOB);
    expect(harness.enqueued).toHaveLength(1);
    expectPull();
    expectCheckStart();
    expectCheckEnd();
    // Another event may have taken the place of the job that the request made.
    await reviewPullRequest(late(harness), PULL_JOB);
    expect(harness.reviews).toHaveLength(2);
  });

  test('has it judged again when a check that was begun since then was given up', async () => {
    const harness = await judged();
    const { context, world, controller } = harness;
    world.refs.set('refs/heads/main', sha('c'));
    world.onReview = () => {
      controller.abort({ type: 'superseded', by: { headSha: HEAD } });
    };
    expectPull();
    expectCheckStart();
    expectCheckEnd();
    await reviewPullRequest({ ...context, delivery: 'second' }, PULL_JOB);
    world.refs.set('refs/heads/main', BASE);
    world.onReview = () => undefined;
    expectPull();
    expectCheckStart();
    expectCheckEnd();
    await reviewPullRequest({ ...late(harness), signal: new AbortController().signal }, PULL_JOB);
    expect(harness.reviews).toHaveLength(3);
  });

  test.each<[string, (world: World) => void]>([
    ['the base moved', (world) => void world.refs.set('refs/heads/main', sha('c'))],
    ['the policy changed', (world) => void (world.protectedBranches = ['release'])],
  ])('has it judged again when %s', async (_what, change) => {
    const harness = await judged();
    change(harness.world);
    expectPull();
    expectCheckStart();
    expectCheckEnd();
    await reviewPullRequest(late(harness), PULL_JOB);
    expect(harness.reviews).toHaveLength(2);
  });

  test('has it judged again when its base cannot be read, so that the check says so', async () => {
    const harness = await judged();
    harness.world.refs.delete('refs/heads/main');
    expectPull();
    expectCheckStart();
    const end = expectCheckEnd();
    await reviewPullRequest(late(harness), PULL_JOB);
    expect(end[0]?.conclusion).toBe('failure');
  });

  test('has it judged again when the comments could not be posted', async () => {
    const harness = jobHarness();
    harness.world.findings.set(BASE, [finding()]);
    expectPull();
    expectCheckStart();
    mockGitHub().post('/graphql').reply(403, { message: 'Not accessible' });
    expectCheckEnd();
    await reviewPullRequest(harness.context, PULL_JOB);
    expectPull();
    expectCheckStart();
    expectComments([]);
    expectReview();
    expectCheckEnd();
    await reviewPullRequest(late(harness), PULL_JOB);
    expect(harness.reviews).toHaveLength(2);
  });
});

describe('the next attempt', () => {
  const down = new GitError('network', 'the remote hung up');

  async function interrupted(): Promise<ReturnType<typeof jobHarness>> {
    const harness = jobHarness();
    harness.world.onReview = () => {
      throw down;
    };
    expectPull();
    expectCheckStart();
    await expect(reviewPullRequest({ ...harness.context, lastAttempt: false }, PULL_JOB)).rejects.toBe(down);
    harness.world.onReview = () => undefined;
    return harness;
  }

  test('goes on with the check that the one before left in progress', async () => {
    const { context } = await interrupted();
    expectPull();
    mockGitHub().get(`${REPO}/check-runs/900`).reply(200, checkRunAnswer());
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]?.conclusion).toBe('success');
    expect(await context.environment.openChecks.ofKey('k')).toEqual([]);
  });

  test('finds the check when the answer to its creation was lost', async () => {
    const { context } = await interrupted();
    const [open] = await context.environment.openChecks.ofKey('k');
    if (open === undefined) throw new Error('No check is open.');
    await context.environment.openChecks.open(open);
    expectPull();
    mockGitHub()
      .get(`${REPO}/commits/${HEAD}/check-runs`)
      .query(true)
      .reply(200, { check_runs: [checkRunAnswer({ external_id: open.attempt })] });
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]?.conclusion).toBe('success');
  });

  test('makes a new check when the one before was never made', async () => {
    const { context } = await interrupted();
    expectPull();
    mockGitHub().get(`${REPO}/check-runs/900`).reply(404, { message: 'Not Found' });
    expectCheckStart();
    expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(await context.environment.openChecks.ofKey('k')).toEqual([]);
  });

  test('has nothing to do when the one before completed its check and only did not get to say so', async () => {
    const { context, reviews } = await interrupted();
    expectPull();
    mockGitHub()
      .get(`${REPO}/check-runs/900`)
      .reply(200, checkRunAnswer({ status: 'completed' }));
    await reviewPullRequest(context, PULL_JOB);
    expect(reviews).toHaveLength(1);
  });

  test('of another event judges again, although the check was completed', async () => {
    const { context, reviews } = await interrupted();
    expectPull();
    mockGitHub()
      .get(`${REPO}/check-runs/900`)
      .reply(200, checkRunAnswer({ status: 'completed' }));
    expectCheckStart();
    expectCheckEnd();
    await reviewPullRequest({ ...context, delivery: 'another' }, PULL_JOB);
    expect(reviews).toHaveLength(2);
  });

  test('of another event leaves a completed check whose verdict still counts', async () => {
    const { context, reviews, world } = await interrupted();
    const verdict = await bindingNow(world);
    expectPull();
    mockGitHub()
      .get(`${REPO}/check-runs/900`)
      .reply(200, checkRunAnswer({ status: 'completed', external_id: verdict }));
    await reviewPullRequest({ ...context, delivery: 'another' }, PULL_JOB);
    expect(reviews).toHaveLength(1);
    expect(await context.environment.openChecks.ofKey('k')).toEqual([]);
  });

  test('ends a check on a head that is not the head any more', async () => {
    const { context, world } = await interrupted();
    world.refs.set('refs/pull/7/head', sha('e'));
    world.commits.set(sha('e'), [BASE]);
    expectPull(7, { head: { sha: sha('e') } });
    mockGitHub().get(`${REPO}/check-runs/900`).reply(200, checkRunAnswer());
    const cancelled = expectCheckEnd();
    expectCheckStart(sha('e'));
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(cancelled[0]).toMatchObject({
      conclusion: 'cancelled',
      output: { title: 'Superseded by eeeeeeeeeeee' },
    });
    expect(end[0]?.conclusion).toBe('success');
  });

  test('does not come after the last one: the check says that it could not be done', async () => {
    const { context, world } = jobHarness();
    world.onReview = () => {
      throw down;
    };
    expectPull();
    expectCheckStart();
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]).toMatchObject({
      conclusion: 'failure',
      output: { title: expect.stringContaining('could not finish') },
    });
  });
});

describe('whatever fails', () => {
  async function failWith(error: unknown): Promise<{ end: Body | undefined; discarded: string[] }> {
    const { context, world, discarded } = jobHarness();
    world.onReview = () => {
      throw error;
    };
    expectPull();
    expectCheckStart();
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    return { end: end[0], discarded };
  }

  test('ends in a failed check that blames the bot and quotes nothing unforeseen', async () => {
    const { end } = await failWith(new Error('cannot parse password hunter' + '2'));
    expect(end?.conclusion).toBe('failure');
    expect(end?.output?.summary).toContain('problem of gitops-warden, not of the change');
    expect(end?.output?.summary).toContain('Re-run');
    expect(JSON.stringify(end)).not.toContain('hunter');
  });

  test('of git is told with its message', async () => {
    const { end, discarded } = await failWith(new GitError('not-found', 'There is no commit `x`'));
    expect(end?.output?.summary).toContain('There is no commit');
    expect(discarded).toEqual([]);
  });

  test('a damaged mirror is discarded, so that the next review starts anew', async () => {
    expect((await failWith(new GitError('corrupt', 'bad object'))).discarded).toEqual(['github.com/5']);
  });

  test.each([
    [404, 'cannot see it'],
    [410, 'switched off'],
    [403, 'lacks a permission'],
  ])('with %i while it lists comments fails the check and keeps the findings', async (status, words) => {
    const { context, world } = jobHarness();
    world.findings.set(BASE, [finding({ severity: 'warning' })]);
    expectPull();
    expectCheckStart();
    mockGitHub()
      .post('/graphql')
      .reply(
        status,
        { message: 'Resource not accessible by integration' },
        { 'x-github-request-id': 'ID:1' },
      );
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]?.conclusion).toBe('failure');
    expect(end[0]?.output?.summary).toContain(words);
    expect(end[0]?.output?.summary).toContain('ID:1');
    expect(end[0]?.output?.annotations).toHaveLength(1);
  });

  test('when the result itself is refused, the check still ends', async () => {
    const { context } = jobHarness();
    expectPull();
    expectCheckStart();
    capture('patch', '/check-runs/900', 422, { message: 'Invalid request.' });
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]).toMatchObject({
      conclusion: 'failure',
      output: { summary: expect.stringContaining('422') },
    });
  });
});

describe('a review that is not answered', () => {
  test('and took effect is not posted again', async () => {
    const { context, world } = jobHarness();
    const one = finding();
    world.findings.set(BASE, [one]);
    expectPull();
    expectCheckStart();
    expectComments([]);
    const posted = expectReview(502);
    expectComments([said(one)]);
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(posted).toHaveLength(1);
    expect(end[0]?.output?.annotations).toBeUndefined();
  });

  test('and did not take effect is posted once more', async () => {
    const { context, world } = jobHarness();
    world.findings.set(BASE, [finding()]);
    expectPull();
    expectCheckStart();
    expectComments([]);
    mockGitHub().post(`${REPO}/pulls/7/reviews`).replyWithError('socket hang up');
    expectComments([]);
    const again = expectReview();
    expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(again[0]?.comments).toHaveLength(1);
  });
});

describe('a review that GitHub refuses with 422', () => {
  const badLine = { message: 'Unprocessable Entity', errors: ['Line could not be resolved'] };
  const expectFileComment = (status = 201) => capture('post', '/pulls/7/comments', status, badLine);

  test('is halved until the bad line is found, whose finding goes to the file', async () => {
    const { context, world } = jobHarness();
    const [good, bad] = [finding({}, 7), finding({}, 9)];
    world.findings.set(BASE, [good, bad]);
    expectPull();
    expectCheckStart();
    expectComments([]);
    const whole = capture('post', '/pulls/7/reviews', 422, badLine);
    const first = expectReview();
    const second = capture('post', '/pulls/7/reviews', 422, badLine);
    expectComments([said(good)]);
    const file = expectFileComment();
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    const linesOf = (bodies: Body[]) => bodies[0]?.comments?.map(({ line }) => line);
    expect([linesOf(whole), linesOf(first), linesOf(second)]).toEqual([[7, 9], [7], [9]]);
    // The part that was taken has said it already.
    expect(first[0]?.body).toContain('Blocked');
    expect(second[0]?.body).toBe('');
    expect(file[0]).toMatchObject({ path: 'apps/web.yaml', subject_type: 'file', commit_id: HEAD });
    expect(file[0]?.body).toContain(bad.fingerprint);
    expect(end[0]?.output?.annotations).toBeUndefined();
  });

  test('and whose finding finds no place on the file either, says so and annotates', async () => {
    const { context, world } = jobHarness();
    world.findings.set(BASE, [finding()]);
    expectPull();
    expectCheckStart();
    expectComments([]);
    capture('post', '/pulls/7/reviews', 422, badLine);
    expectComments([]);
    expectFileComment(422);
    expectComments([]);
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]?.conclusion).toBe('failure');
    expect(end[0]?.output?.annotations).toHaveLength(1);
    expect(end[0]?.output?.summary).toContain('GitHub took no comment on 1 finding');
  });

  test('for another reason than a place is not tried in other places', async () => {
    const { context, world } = jobHarness();
    world.findings.set(BASE, [finding({}, 7), finding({}, 9)]);
    expectPull();
    expectCheckStart();
    expectComments([]);
    capture('post', '/pulls/7/reviews', 422, {
      message: 'Unprocessable Entity',
      errors: ['User can only have one pending review per pull request'],
    });
    expectComments([]);
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]?.output?.annotations).toHaveLength(2);
    expect(end[0]?.output?.summary).toContain('GitHub took no comment on 2 findings');
  });

  test('again and again is given up', async () => {
    const { context, world } = jobHarness();
    const all = Array.from({ length: 30 }, (_unused, index) => finding({}, index + 1));
    world.findings.set(BASE, all);
    expectPull();
    expectCheckStart();
    expectComments([]);
    for (let request = 0; request < 10; request += 1) capture('post', '/pulls/7/reviews', 422, badLine);
    expectComments([]);
    for (let request = 0; request < 3; request += 1) expectFileComment(422);
    expectComments([]);
    for (let request = 0; request < 3; request += 1) expectFileComment(422);
    expectComments([]);
    for (let request = 0; request < 3; request += 1) expectFileComment(422);
    expectComments([]);
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]?.output?.annotations).toHaveLength(30);
  });
});

describe('a thread of ours', () => {
  test('whose finding is gone is answered and resolved in one request', async () => {
    const { context } = jobHarness();
    const gone = finding();
    expectPull(7, { review_comments: 1 });
    expectCheckStart();
    expectComments([said(gone)]);
    const changes = expectChanges();
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(changes).toEqual([
      {
        pullRequestReviewThreadId: 'T0',
        body: expect.stringContaining(`No longer found in \`${HEAD.slice(0, 12)}\``),
      },
      { threadId: 'T0' },
    ]);
    expect(end[0]?.conclusion).toBe('success');
  });

  test('that GitHub does not let us resolve, although it said that we may, has its comment folded away', async () => {
    const { context } = jobHarness();
    expectPull(7, { review_comments: 1 });
    expectCheckStart();
    expectComments([said(finding())]);
    const error = { type: 'FORBIDDEN', path: ['c1'], message: 'Resource not accessible by integration' };
    mockGitHub()
      .post('/graphql', ({ query }: { query: string }) => query.includes('c1: resolveReviewThread'))
      .reply(200, { data: { c0: {}, c1: null }, errors: [error] });
    const changes = expectChanges();
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(changes).toEqual([{ subjectId: 'C0', classifier: 'RESOLVED' }]);
    expect(end[0]?.conclusion).toBe('success');
  });

  test('that says something else than the finding is edited', async () => {
    const { context, world } = jobHarness();
    const one = finding({ severity: 'warning' });
    world.findings.set(BASE, [one]);
    expectPull();
    expectCheckStart();
    expectComments([said({ ...one, severity: 'error' })]);
    const changes = expectChanges();
    expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(changes).toEqual([{ pullRequestReviewCommentId: 'C0', body: renderComment(one) }]);
  });

  test.each([
    ['FORBIDDEN', 'success'],
    ['NOT_FOUND', 'success'],
    ['UNPROCESSABLE', 'success'],
  ])('that GitHub does not let us change (%s) fails no verdict', async (type, conclusion) => {
    const { context } = jobHarness();
    expectPull(7, { review_comments: 1 });
    expectCheckStart();
    expectComments([said(finding())]);
    mockGitHub()
      .post('/graphql')
      // What may be done instead is refused, too.
      .times(type === 'FORBIDDEN' ? 2 : 1)
      .reply(200, { data: { c0: {}, c1: null }, errors: [{ type, path: ['c1'], message: 'No.' }] });
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]?.conclusion).toBe(conclusion);
  });

  test('is read again when GitHub says that something went wrong, and the rest is done', async () => {
    const { context } = jobHarness();
    const gone = finding();
    expectPull(7, { review_comments: 1 });
    expectCheckStart();
    expectComments([said(gone)]);
    mockGitHub()
      .post('/graphql')
      .reply(200, { data: null, errors: [{ message: 'Something went wrong while executing your query.' }] });
    expectComments([said(gone)]);
    const changes = expectChanges();
    expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(changes).toHaveLength(2);
  });

  test.each(['primary', 'secondary'])('waits for the %s rate limit of GraphQL', async (limit) => {
    const { context, clock } = jobHarness();
    expectPull(7, { review_comments: 1 });
    expectCheckStart();
    const error =
      limit === 'primary'
        ? { type: 'RATE_LIMITED', message: 'API rate limit exceeded for installation ID 42.' }
        : { message: 'You have exceeded a secondary rate limit. Please wait.' };
    mockGitHub()
      .post('/graphql')
      .reply(200, { errors: [error] }, { 'retry-after': '7' });
    expectComments([]);
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(clock.sleeps).toEqual([7_000]);
    expect(end[0]?.conclusion).toBe('success');
  });

  test('stands among more than can be read: nothing is posted, and that is said', async () => {
    const { context, world } = jobHarness();
    world.findings.set(BASE, [finding()]);
    expectPull();
    expectCheckStart();
    mockGitHub()
      .post('/graphql')
      .times(20)
      .reply(200, threadPage([{ user: { login: 'ann' }, body: 'x' }], 'next'));
    const end = expectCheckEnd();
    await reviewPullRequest(context, PULL_JOB);
    expect(end[0]?.output?.summary).toContain('more comments than can be read');
    expect(end[0]?.output?.annotations).toHaveLength(1);
  });
});

describe('recheck', () => {
  test('gives each open pull request with that head a review of its own', async () => {
    const { context, world, enqueued } = jobHarness();
    world.refs.set('refs/pull/3/head', HEAD);
    world.refs.set('refs/pull/9/head', HEAD);
    expectPull(3, { state: 'closed' });
    expectPull();
    expectPull(9);
    await recheck(context, RECHECK_JOB);
    expect(enqueued).toMatchObject([
      {
        kind: 'review-pull-request',
        key: '5/pull/7',
        number: 7,
        delivery: 'd/pull/7',
        supersedes: true,
      },
      { kind: 'review-pull-request', key: '5/pull/9', number: 9, delivery: 'd/pull/9', supersedes: true },
    ]);
  });

  test('judges a group of the merge queue with that head, against what its name says', async () => {
    const { context, world, reviews } = jobHarness();
    world.refs.delete('refs/pull/7/head');
    world.refs.set(`refs/heads/gh-readonly-queue/main/pr-7-${BASE}`, HEAD);
    expectCheckStart();
    expectCheckEnd();
    await recheck(context, RECHECK_JOB);
    expect(reviews.map(({ base, head }) => [base, head])).toEqual([[BASE, HEAD]]);
  });

  test('closes the check when nothing has that head any more', async () => {
    const { context, world } = jobHarness();
    world.refs.delete('refs/pull/7/head');
    expectCheckStart();
    const end = expectCheckEnd();
    await recheck(context, RECHECK_JOB);
    expect(end[0]?.conclusion).toBe('cancelled');
  });
});

describe('a group of the merge queue', () => {
  const group = { headSha: HEAD, headRef: 'refs/heads/gh-readonly-queue/main/pr-7-x', baseSha: BASE };

  test('is judged by its content, without comments', async () => {
    const { context, world, reviews, fetched } = jobHarness();
    world.refs.set(group.headRef, HEAD);
    world.findings.set(BASE, [finding()]);
    expectCheckStart();
    const end = expectCheckEnd();
    await judgeMergeGroup(context, group);
    expect(fetched).toEqual([[`+${group.headRef}:${group.headRef}`]]);
    expect(reviews.map(({ base, head }) => [base, head])).toEqual([[BASE, HEAD]]);
    expect(end[0]?.conclusion).toBe('failure');
    expect(end[0]?.output?.annotations).toHaveLength(1);
  });

  test('that is gone ends in a failed check', async () => {
    const { context } = jobHarness();
    expectCheckStart();
    const end = expectCheckEnd();
    await judgeMergeGroup(context, group);
    expect(end[0]?.conclusion).toBe('failure');
  });
});
