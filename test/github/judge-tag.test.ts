import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_SIGNATURES } from '../../src/config/signature-policy.ts';
import type { SignaturePolicy } from '../../src/engine/policy.ts';
import { openRepository } from '../../src/git/repository.ts';
import type { JudgeTagJob } from '../../src/github/job.ts';
import { judgeTag } from '../../src/github/judge-tag.ts';
import { isTransient } from '../../src/github/transient.ts';
import { sshKey, type SshKeyFile } from '../signatures/support/programs.ts';
import { signersOf } from '../signatures/support/verdict.ts';
import { createGitFixture, removeFolders } from '../support/git-fixture.ts';
import { finishGitHub, mockGitHub, REPO, sha } from './support/github.ts';
import { BASE, BOT, HEAD, jobHarness, publishAlerts, PUSH_JOB, type JobHarness } from './support/job.ts';

afterEach(finishGitHub);
afterAll(removeFolders);

const CARL = 'carl@example.org';
const TAG = sha('7');
let key: SshKeyFile;
beforeAll(() => {
  key = sshKey();
});

const { repository, installationId, delivery, supersedes } = PUSH_JOB;
const JOB: JudgeTagJob = {
  ...{ repository, installationId, delivery, supersedes, key: 'k' },
  kind: 'judge-tag',
  ref: 'refs/tags/v1',
  before: '0'.repeat(40),
  after: TAG,
  created: true,
  pusher: 'mallory',
};

/** A harness whose remote has a tag that git made, under the id of the job. */
async function withTag(signed: boolean, policy: Partial<SignaturePolicy>, name = 'v1'): Promise<JobHarness> {
  const fixture = createGitFixture();
  fixture.commit({ a: '1' });
  const sign = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${key.file}`, 'tag', signed ? '-s' : '-a'];
  fixture.git([...sign, '-m', 'One', name]);
  const opened = await openRepository(fixture.directory);
  const harness = jobHarness();
  const tag = await opened.tag(name);
  opened.close();
  if (tag === null) throw new Error('no tag');
  harness.world.tags.set(TAG, tag);
  harness.world.commits.set(TAG, [BASE]);
  harness.world.signatures = { ...DEFAULT_SIGNATURES, require: 'verified', tags: ['v*'], ...policy };
  return harness;
}

interface Issue {
  readonly title: string;
  readonly body: string;
}

async function alertOf(harness: JobHarness, job = JOB): Promise<Issue> {
  const { context, audited } = harness;
  const query = { labels: 'gitops-warden', creator: BOT, state: 'all', sort: 'created', direction: 'desc' };
  mockGitHub()
    .get(`${REPO}/issues`)
    .query({ ...query, per_page: 100, page: 1 })
    .reply(200, []);
  const issues: Issue[] = [];
  mockGitHub()
    .post(`${REPO}/issues`, (body: Issue) => issues.push(body) > 0)
    .reply(201, {
      number: 1,
      html_url: 'https://github.com/acme/deploy/issues/1',
      title: '',
      body: '',
      state: 'open',
      user: { login: BOT },
    });
  await judgeTag(context, job);
  await publishAlerts(harness);
  expect(issues).toHaveLength(1);
  expect(audited.map(({ action }) => action)).toEqual(['alert-raised', 'alert-delivered']);
  return issues[0]!;
}

const githubSays = (verified: boolean, reason: string): void => {
  mockGitHub().get(`${REPO}/git/tags/${TAG}`).reply(200, { verification: { verified, reason } });
};

describe('a tag that the policy wants signed', () => {
  test('is let pass with a key of the default branch', async () => {
    const harness = await withTag(true, { require: 'allowed-signer' });
    harness.world.keyring = await signersOf(`${CARL} ${key.publicKey}\n`);
    await judgeTag(harness.context, JOB);
    expect(harness.audited).toEqual([]);
  });

  test('ends the alert about it when it is signed at last', async () => {
    const harness = await withTag(true, { require: 'allowed-signer' });
    await alertOf(harness);
    harness.world.keyring = await signersOf(`${CARL} ${key.publicKey}\n`);
    await judgeTag(harness.context, { ...JOB, created: false });
    const [job, ...others] = harness.enqueued;
    expect(others).toEqual([]);
    expect(job).toMatchObject({
      kind: 'publish-alert',
      incident: { ending: { how: 'put-back', by: 'mallory' } },
    });
  });

  test('raises an alert when it is not signed', async () => {
    const { title, body } = await alertOf(await withTag(false, {}));
    expect(title).toBe('Tag v1 by mallory is not signed as it has to be');
    expect(body).toContain('It is not signed. The policy of the default branch wants this tag to be signed');
    expect(body).toContain('git push origin :refs/tags/v1');
    expect(body).toContain(`git tag --sign --force v1 '${TAG}^{}'`);
  });

  test('raises an alert when it is no annotated tag, or was moved', async () => {
    const harness = await withTag(false, { require: 'none' });
    const { body } = await alertOf(harness, { ...JOB, after: HEAD, before: BASE, created: false });
    expect(body).toContain('It is no annotated tag');
    expect(body).toContain(`git push --force origin ${BASE}:refs/tags/v1`);
  });

  test('raises an alert when an old signed tag stands under a new name', async () => {
    const harness = await withTag(true, {}, 'v0');
    harness.world.keyring = await signersOf(`${CARL} ${key.publicKey}\n`);
    expect((await alertOf(harness)).body).toContain('it was signed under the name');
  });

  test.each([
    [true, 'valid', false],
    [false, 'unknown_key', true],
  ])('asks GitHub about a key that nobody here knows: %s, %s', async (verified, reason, alerts) => {
    const harness = await withTag(true, {});
    githubSays(verified, reason);
    if (alerts) expect((await alertOf(harness)).body).toContain('no GitHub account has this key');
    else await judgeTag(harness.context, JOB);
  });

  test('does not ask GitHub where only named people may sign', async () => {
    const { body } = await alertOf(await withTag(true, { require: 'allowed-signer' }));
    expect(body).toContain('wants this tag to be signed by somebody whom the default branch names');
  });

  test('waits for what GitHub has not verified yet, and takes it for no pass at last', async () => {
    const harness = await withTag(true, {});
    githubSays(false, 'gpgverify_unavailable');
    const early = { ...harness.context, lastAttempt: false };
    const error = await judgeTag(early, JOB).catch((thrown: unknown) => thrown);
    expect(isTransient(error)).toBe(true);
    githubSays(false, 'gpgverify_unavailable');
    expect((await alertOf(harness)).body).toContain('unavailable');
  });
});

describe('no alert', () => {
  test('about a tag that the policy does not name', async () => {
    const { context, audited, fetched } = await withTag(false, { tags: ['release-*'] });
    await judgeTag(context, JOB);
    expect(audited).toEqual([]);
    expect(fetched).toHaveLength(1);
  });

  test('about a tag that is gone', async () => {
    const { context, audited } = await withTag(false, {});
    await judgeTag(context, { ...JOB, after: sha('9') });
    expect(audited).toEqual([]);
  });
});
