// The answers are JSON, and their shape is what is tested.
/* eslint-disable @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCommitSigner } from '../../src/demo/embedded/signing.ts';
import type { EmbeddedRepository } from '../../src/demo/embedded/state.ts';
import { type Fixture, numberedLines, startFixture } from './fixture.ts';

let fixture: Fixture;
let repository: EmbeddedRepository;
let token: string;

beforeAll(async () => {
  fixture = await startFixture();
  repository = await fixture.github.createRepository('acme/deploy', { protectedBranches: ['main'] });
  await fixture.github.commit(repository, {
    branch: 'main',
    files: { 'a.yaml': numberedLines(5), 'b.yaml': 'b: 1\n', 'gone.yaml': 'x: 1\n' },
    message: 'First',
  });
  token = await fixture.token('acme');
});
afterAll(async () => {
  expect(fixture.github.contractViolations).toEqual([]);
  await fixture.close();
});

const get = (path: string): ReturnType<Fixture['call']> =>
  fixture.call('GET', `/repos/acme/deploy${path}`, token);
const git = (...args: string[]): string =>
  execFileSync('git', ['--git-dir', repository.gitDirectory, ...args], {
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();

describe('a pull request', () => {
  test('has the numbers, files and commits that Git gives', async () => {
    const { github } = fixture;
    const files = {
      'a.yaml': numberedLines(5, { 2: 'two' }),
      'gone.yaml': null,
      'c.yaml': 'c: 1\nd: 2\n',
      'renamed.yaml': 'b: 1\n',
      'b.yaml': null,
      link: { mode: '120000', content: 'a.yaml' } as const,
    };
    await github.commit(repository, {
      branch: 'numbers',
      files,
      message: 'Change\n\nWith a body.',
      author: 'alice',
    });
    const head = await github.commit(repository, {
      branch: 'numbers',
      files: { 'e.bin': new Uint8Array([0, 1]) },
      message: 'Second',
    });
    const { number } = await github.openPullRequest(repository, {
      title: 'Numbers',
      head: 'numbers',
      user: 'alice',
    });
    const { body } = await get(`/pulls/${number}`);
    expect(body).toMatchObject({
      number,
      state: 'open',
      mergeable: true,
      commits: 2,
      changed_files: 6,
      additions: 4,
      deletions: 2,
      user: { login: 'alice' },
      head: { sha: head, ref: 'numbers', label: 'acme:numbers' },
      base: { ref: 'main', sha: git('rev-parse', 'main') },
    });
    const listed = (await get(`/pulls/${number}/files`)).body as {
      filename: string;
      status: string;
      patch?: string;
    }[];
    const byName = Object.fromEntries(listed.map((file) => [file.filename, file]));
    expect(byName['renamed.yaml']).toMatchObject({
      status: 'renamed',
      previous_filename: 'b.yaml',
      changes: 0,
    });
    expect(byName['gone.yaml']).toMatchObject({ status: 'removed' });
    expect(byName['a.yaml']?.patch).toBe(
      '@@ -1,5 +1,5 @@\n line 1\n-line 2\n+two\n line 3\n line 4\n line 5',
    );
    expect(byName['e.bin']).not.toHaveProperty('patch');
    const commits = (await get(`/pulls/${number}/commits`)).body;
    expect(commits.map((entry: { commit: { message: string } }) => entry.commit.message)).toEqual([
      'Change\n\nWith a body.',
      'Second',
    ]);
    expect(commits[0]).toMatchObject({
      author: { login: 'alice' },
      commit: { verification: { reason: 'unsigned' } },
    });
    expect(git('rev-parse', `refs/pull/${number}/head`)).toBe(head);
    expect(git('rev-parse', `refs/pull/${number}/merge^2`)).toBe(head);
  });

  test('is listed by state, base and head', async () => {
    const { github } = fixture;
    await github.commit(repository, { branch: 'release', files: { r: '' }, message: 'r' });
    await github.commit(repository, { branch: 'list', files: { l: '' }, message: 'l' });
    const toRelease = await github.openPullRequest(repository, { title: 'L', head: 'list', base: 'release' });
    const numbers = async (query: string): Promise<number[]> =>
      (await get(`/pulls?${query}`)).body.map((item: { number: number }) => item.number);
    expect(await numbers('base=release')).toEqual([toRelease.number]);
    expect(await numbers('head=acme:list')).toEqual([toRelease.number]);
    expect(await numbers('head=other:list')).toEqual([]);
    await github.closePullRequest(toRelease);
    expect(await numbers('base=release')).toEqual([]);
    expect(await numbers('base=release&state=closed')).toEqual([toRelease.number]);
    expect((await get('/issues?state=closed')).body[0]).toMatchObject({
      number: toRelease.number,
      pull_request: {},
    });
  });

  test('with conflicts is not mergeable', async () => {
    const { github } = fixture;
    await github.commit(repository, {
      branch: 'conflict',
      files: { 'a.yaml': numberedLines(5, { 1: 'mine' }) },
      message: 'mine',
    });
    const pullRequest = await github.openPullRequest(repository, { title: 'C', head: 'conflict' });
    await github.push(repository, { branch: 'main', files: { 'a.yaml': numberedLines(5, { 1: 'theirs' }) } });
    expect((await get(`/pulls/${pullRequest.number}`)).body).toMatchObject({
      mergeable: false,
      mergeable_state: 'dirty',
      merge_commit_sha: null,
    });
    expect(() => git('rev-parse', '--verify', `refs/pull/${pullRequest.number}/merge`)).toThrow();
    await expect(github.merge(pullRequest, 'merge')).rejects.toThrow(/conflicts/);
    await github.push(repository, { branch: 'main', files: { 'a.yaml': numberedLines(5) } });
  });

  test('cannot be opened without common history or without commits', async () => {
    const { github } = fixture;
    await github.commit(repository, { branch: 'orphan', parents: [], files: { o: '' }, message: 'o' });
    await expect(github.openPullRequest(repository, { title: 'O', head: 'orphan' })).rejects.toThrow(
      /common history/,
    );
    await github.pushCommit(repository, 'same', git('rev-parse', 'main'));
    await expect(github.openPullRequest(repository, { title: 'S', head: 'same' })).rejects.toThrow(
      /no commits/,
    );
  });

  test('from a fork is found in the base’s repository, and names no fork in check runs', async () => {
    const { github } = fixture;
    const fork = await github.createRepository('mallory/deploy', { forkOf: repository });
    await github.commit(fork, {
      branch: 'evil',
      files: { 'f.yaml': 'f: 1\n' },
      message: 'f',
      author: 'mallory',
    });
    const pullRequest = await github.openPullRequest(repository, {
      title: 'Fork',
      head: 'evil',
      headRepository: fork,
      user: 'mallory',
    });
    expect(git('rev-parse', `refs/pull/${pullRequest.number}/head`)).toBe(pullRequest.head.sha);
    expect((await get(`/pulls/${pullRequest.number}`)).body).toMatchObject({
      head: { label: 'mallory:evil', repo: { full_name: 'mallory/deploy', fork: true } },
      base: { repo: { full_name: 'acme/deploy' } },
    });
    expect((await fixture.call('GET', '/repos/mallory/deploy', token)).status).toBe(404);
    const run = { name: 'n', head_sha: pullRequest.head.sha };
    const { body } = await fixture.call('POST', '/repos/acme/deploy/check-runs', token, run);
    expect(body.pull_requests).toEqual([]);
    const next = await github.pushToPullRequest(pullRequest, { files: { 'f.yaml': 'f: 2\n' } });
    expect(git('rev-parse', `refs/pull/${pullRequest.number}/head`)).toBe(next);
  });

  test('that is retargeted is compared with its new base', async () => {
    const { github } = fixture;
    await github.commit(repository, {
      branch: 'stage',
      from: 'main',
      files: { 's.yaml': 's: 1\n' },
      message: 's',
    });
    await github.commit(repository, {
      branch: 'onto',
      from: 'stage',
      files: { 't.yaml': 't: 1\n' },
      message: 't',
    });
    const pullRequest = await github.openPullRequest(repository, { title: 'R', head: 'onto' });
    expect((await get(`/pulls/${pullRequest.number}`)).body.changed_files).toBe(2);
    await github.retarget(pullRequest, 'stage');
    expect((await get(`/pulls/${pullRequest.number}`)).body).toMatchObject({
      changed_files: 1,
      base: { ref: 'stage', sha: git('rev-parse', 'stage') },
    });
  });

  test('follows a force push, and the old commit can be removed', async () => {
    const { github } = fixture;
    const old = await github.commit(repository, {
      branch: 'force',
      files: { 'x.yaml': 'x: 1\n' },
      message: 'x',
    });
    const pullRequest = await github.openPullRequest(repository, { title: 'F', head: 'force' });
    await expect(
      github.push(repository, { branch: 'force', from: 'main', files: { 'x.yaml': 'x: 2\n' } }),
    ).rejects.toThrow(/fast-forward/);
    const next = await github.pushToPullRequest(pullRequest, { files: { 'x.yaml': 'x: 3\n' }, force: true });
    expect(pullRequest.head.sha).toBe(next);
    expect((await get(`/pulls/${pullRequest.number}/commits`)).body).toHaveLength(1);
    expect(git('cat-file', '-t', old)).toBe('commit');
    await github.collectGarbage(repository);
    expect(() => git('cat-file', '-t', old)).toThrow();
  });
});

describe('merging', () => {
  const open = async (branch: string): ReturnType<typeof fixture.github.openPullRequest> => {
    await fixture.github.commit(repository, {
      branch,
      files: { [`${branch}-1`]: '1' },
      message: `${branch} 1`,
      author: 'alice',
    });
    await fixture.github.commit(repository, {
      branch,
      files: { [`${branch}-2`]: '2' },
      message: `${branch} 2`,
      author: 'alice',
    });
    return fixture.github.openPullRequest(repository, { title: branch, head: branch, user: 'alice' });
  };
  const pullsOf = async (sha: string): Promise<{ number: number; merged_at: string | null }[]> =>
    (await get(`/commits/${sha}/pulls`)).body;

  test.each([
    ['merge', 2, 3, true],
    ['squash', 1, 1, true],
    ['rebase', 1, 2, false],
  ] as const)('%s gives %i parent(s) and %i new commits', async (method, parents, commits, verified) => {
    const { github } = fixture;
    const pullRequest = await open(method);
    // The base moves on, so that none of the methods is a fast-forward.
    await github.push(repository, { branch: 'main', files: { [`other-${method}`]: '' } });
    const before = git('rev-parse', 'main');
    const after = await github.merge(pullRequest, method, 'bob');
    expect(git('rev-parse', 'main')).toBe(after);
    expect(git('show', '-s', '--format=%P', after).split(' ')).toHaveLength(parents);
    expect(git('rev-list', '--count', `${before}..${after}`)).toBe(String(commits));
    expect(git('ls-tree', '--name-only', after)).toContain(`${method}-2`);
    expect((await get(`/commits/${after}`)).body.commit.verification.verified).toBe(verified);
    const closed = (await get(`/pulls/${pullRequest.number}`)).body;
    expect(closed).toMatchObject({
      state: 'closed',
      merged: true,
      merge_commit_sha: after,
      changed_files: 2,
    });
    const [found, ...others] = await pullsOf(after);
    expect(found).toMatchObject({ number: pullRequest.number, merged_at: closed.merged_at });
    expect(others).toEqual([]);
    expect(await pullsOf(before)).toEqual([]);
  });

  test('by pushing the commits oneself counts as a merge, too', async () => {
    const { github } = fixture;
    const pullRequest = await open('by-hand');
    await github.pushCommit(repository, 'main', pullRequest.head.sha, 'alice');
    expect((await get(`/pulls/${pullRequest.number}`)).body).toMatchObject({
      merged: true,
      changed_files: 2,
    });
    expect(await pullsOf(pullRequest.head.sha)).toMatchObject([{ number: pullRequest.number }]);
  });

  test('a direct push belongs to no pull request', async () => {
    const sha = await fixture.github.push(repository, {
      branch: 'main',
      files: { direct: '' },
      user: 'mallory',
    });
    expect(await pullsOf(sha)).toEqual([]);
    // Not even to one that carries it on to another branch.
    const from = git('rev-parse', `${sha}^`);
    await fixture.github.commit(repository, { branch: 'behind', from, files: { b: '' }, message: 'b' });
    await fixture.github.openPullRequest(repository, { title: 'Forward', head: 'main', base: 'behind' });
    expect(await pullsOf(sha)).toEqual([]);
    expect(
      (await fixture.call('GET', `/repos/acme/deploy/commits/${'d'.repeat(40)}/pulls`, token)).status,
    ).toBe(422);
  });

  test('an open pull request owns its commits until they are merged', async () => {
    const pullRequest = await open('still-open');
    expect(await pullsOf(pullRequest.head.sha)).toMatchObject([
      { number: pullRequest.number, merged_at: null },
    ]);
  });

  test('by the queue goes through a branch of its own', async () => {
    const { github } = fixture;
    const first = await open('queue-a');
    const second = await open('queue-b');
    const base = git('rev-parse', 'main');
    const group = await github.mergeGroup([first, second]);
    expect(group.headRef).toBe(`refs/heads/gh-readonly-queue/main/pr-${second.number}-${base}`);
    expect(git('rev-parse', group.headRef)).toBe(group.headSha);
    expect(git('rev-parse', 'main')).toBe(base);
    await github.completeMergeGroup(group);
    expect(git('rev-parse', 'main')).toBe(group.headSha);
    expect(() => git('rev-parse', '--verify', group.headRef)).toThrow();
    expect((await get(`/pulls/${first.number}`)).body.merged).toBe(true);
    const numbers = (await pullsOf(group.headSha)).map((item) => item.number);
    expect(numbers).toContain(second.number);
  });
});

describe('signatures', () => {
  test('are judged by the keys that GitHub knows', async () => {
    const { github } = fixture;
    const known = createCommitSigner();
    github.addSigningKey(known.publicKey);
    const commit = (name: string, sign?: typeof known): Promise<string> =>
      github.commit(repository, {
        branch: 'signed',
        files: { [name]: name },
        message: name,
        ...(sign ? { sign } : {}),
      });
    const verification = async (sha: string): Promise<Record<string, unknown>> =>
      (await get(`/commits/${sha}`)).body.commit.verification;
    const good = await commit('good', known);
    expect(await verification(good)).toMatchObject({ verified: true, reason: 'valid' });
    expect((await verification(good))['signature']).toMatch(/^-----BEGIN SSH SIGNATURE-----/);
    expect((await verification(good))['payload']).toMatch(/^tree [0-9a-f]{40}\n(?!.*gpgsig)/s);
    expect(await verification(await commit('stranger', createCommitSigner()))).toMatchObject({
      verified: false,
      reason: 'unknown_key',
    });
    const plain = await commit('plain');
    expect(await verification(plain)).toEqual({
      verified: false,
      reason: 'unsigned',
      signature: null,
      payload: null,
      verified_at: null,
    });
    github.setVerification(plain, { verified: false, reason: 'gpgverify_unavailable' });
    expect(await verification(plain)).toMatchObject({ reason: 'gpgverify_unavailable' });
    expect(git('fsck', '--no-dangling')).toBe('');
  });
});

describe('branches, refs and comparison', () => {
  test('tell protected branches', async () => {
    expect((await get('/branches/main')).body).toMatchObject({ name: 'main', protected: true });
    await fixture.github.commit(repository, { branch: 'feature/x', files: { x: '' }, message: 'x' });
    expect((await get('/branches/feature%2Fx')).body).toMatchObject({ name: 'feature/x', protected: false });
    expect((await get('/branches/nowhere')).status).toBe(404);
    const names = (await get('/branches?protected=true')).body.map((branch: { name: string }) => branch.name);
    expect(names).toEqual(['main']);
  });

  test('give refs by name and by prefix', async () => {
    expect((await get('/git/ref/heads/main')).body.object.sha).toBe(git('rev-parse', 'main'));
    expect((await get('/git/ref/heads/nowhere')).status).toBe(404);
    await fixture.github.commit(repository, { branch: 'release-1', files: { x: '' }, message: 'x' });
    const refs = (await get('/git/matching-refs/heads/release-')).body.map((ref: { ref: string }) => ref.ref);
    expect(refs).toEqual(['refs/heads/release-1']);
  });

  test('compare from the merge base', async () => {
    await fixture.github.commit(repository, {
      branch: 'cmp',
      from: 'main',
      files: { cmp: 'x\n' },
      message: 'cmp',
    });
    await fixture.github.push(repository, { branch: 'main', files: { later: '' } });
    expect((await get('/compare/main...cmp')).body).toMatchObject({
      status: 'diverged',
      ahead_by: 1,
      behind_by: 1,
      files: [{ filename: 'cmp', status: 'added', patch: '@@ -0,0 +1 @@\n+x' }],
    });
    expect((await get('/compare/main...main')).body).toMatchObject({ status: 'identical', commits: [] });
    expect((await get('/compare/main...nowhere')).status).toBe(404);
  });
});

describe('paging', () => {
  test('follows the links to the last page', async () => {
    const { github } = fixture;
    const paged = await github.createRepository('acme/paged');
    for (let index = 0; index < 5; index += 1)
      github.openIssue(paged, 'octocat', { title: `Issue ${index}` });
    const seen: number[] = [];
    let next: string | null = '/repos/acme/paged/issues?per_page=2&state=all';
    let pages = 0;
    while (next !== null) {
      const { body, headers } = await fixture.call('GET', next, token);
      pages += 1;
      seen.push(...body.map((issue: { number: number }) => issue.number));
      next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? null;
    }
    expect(pages).toBe(3);
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  test('gives 30 at first and 100 at most', async () => {
    const { github } = fixture;
    const many = await github.createRepository('acme/many');
    await github.commit(many, { branch: 'main', files: { first: '' }, message: 'First' });
    const files = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`f${index}`, `${index}\n`]));
    await github.commit(many, { branch: 'x', files, message: 'Many' });
    await github.openPullRequest(many, { title: 'Many', head: 'x' });
    const list = async (query: string): Promise<number> =>
      (await fixture.call('GET', `/repos/acme/many/pulls/1/files${query}`, token)).body.length;
    expect(await list('')).toBe(30);
    expect(await list('?per_page=1000')).toBe(100);
    expect(await list('?per_page=100&page=2')).toBe(20);
    expect(await list('?page=9')).toBe(0);
  });
});
