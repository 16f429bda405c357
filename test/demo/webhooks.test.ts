// The answers are JSON, and their shape is what is tested.
/* eslint-disable @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RecordedDelivery } from '../../src/demo/embedded/webhooks.ts';
import { type Fixture, type Receiver, startFixture, startReceiver, WEBHOOK_SECRET } from './fixture.ts';

let fixture: Fixture;
let receiver: Receiver;

beforeAll(async () => {
  fixture = await startFixture();
  receiver = await startReceiver();
  fixture.github.setWebhookUrl(receiver.url);
});
afterAll(async () => {
  await fixture.close();
  await receiver.close();
});

async function during(action: () => Promise<unknown>): Promise<RecordedDelivery[]> {
  const before = fixture.github.deliveries.length;
  await action();
  await fixture.github.settled();
  return fixture.github.deliveries.slice(before);
}

const names = (deliveries: readonly RecordedDelivery[]): string[] =>
  deliveries.map(({ event, action }) => (action === null ? event : `${event}.${action}`));

describe('what people do is delivered', () => {
  test('in GitHub’s order, with the states before and after', async () => {
    const { github } = fixture;
    const repository = await github.createRepository('acme/events');
    await github.commit(repository, { branch: 'main', files: { a: 'a\n' }, message: 'First' });
    expect(
      names(await during(() => github.commit(repository, { branch: 'x', files: { b: '' }, message: 'b' }))),
    ).toEqual([]);
    let deliveries = await during(() =>
      github.openPullRequest(repository, { title: 'T', head: 'x', user: 'alice' }),
    );
    expect(names(deliveries)).toEqual(['pull_request.opened']);
    expect(deliveries[0]).toMatchObject({ status: 202, payload: { sender: { login: 'alice' }, number: 1 } });
    const [pullRequest] = [await github.openPullRequest(repository, { title: 'U', head: 'x', draft: true })];
    await github.settled();

    const before = pullRequest.head.sha;
    deliveries = await during(() => github.pushToPullRequest(pullRequest, { files: { b: '2' } }));
    expect(names(deliveries)).toEqual([
      'push',
      'check_suite.requested',
      'pull_request.synchronize',
      'pull_request.synchronize',
    ]);
    const after = pullRequest.head.sha;
    expect(deliveries[0]?.payload).toMatchObject({
      ref: 'refs/heads/x',
      before,
      after,
      forced: false,
      created: false,
    });
    expect(deliveries[0]?.payload['commits']).toMatchObject([
      { id: after, modified: ['b'], added: [], removed: [] },
    ]);
    expect(deliveries[3]?.payload).toMatchObject({ before, after, pull_request: { head: { sha: after } } });

    deliveries = await during(() =>
      github.pushToPullRequest(pullRequest, { files: { b: '3' }, force: true }),
    );
    expect(deliveries[0]?.payload).toMatchObject({ forced: true, before: after });

    await github.commit(repository, { branch: 'stage', from: 'main', files: { s: '' }, message: 's' });
    const oldBase = pullRequest.base.sha;
    deliveries = await during(() => github.retarget(pullRequest, 'stage'));
    expect(names(deliveries)).toEqual(['pull_request.edited']);
    expect(deliveries[0]?.payload).toMatchObject({
      changes: { base: { ref: { from: 'main' }, sha: { from: oldBase } } },
      pull_request: { base: { ref: 'stage' } },
    });
    deliveries = await during(() => github.editTitle(pullRequest, 'New title'));
    expect(deliveries[0]?.payload).toMatchObject({ changes: { title: { from: 'U' } } });
    expect(deliveries[0]?.payload['changes']).not.toHaveProperty('base');

    expect(names(await during(() => github.markReady(pullRequest)))).toEqual([
      'pull_request.ready_for_review',
    ]);
    expect(names(await during(() => github.closePullRequest(pullRequest)))).toEqual(['pull_request.closed']);
    expect(names(await during(() => github.reopenPullRequest(pullRequest)))).toEqual([
      'pull_request.reopened',
    ]);
    deliveries = await during(() => github.merge(pullRequest, 'squash', 'bob'));
    expect(names(deliveries)).toEqual(['push', 'pull_request.closed']);
    expect(deliveries[0]?.payload).toMatchObject({ ref: 'refs/heads/stage', pusher: { name: 'bob' } });
    expect(deliveries[0]?.payload['head_commit']).toMatchObject({
      committer: { email: 'noreply@github.com' },
    });
    expect(deliveries[1]?.payload).toMatchObject({
      pull_request: { merged: true, merged_by: { login: 'bob' } },
    });

    deliveries = await during(() => github.pushCommit(repository, 'x', null));
    expect(deliveries[0]?.payload).toMatchObject({
      deleted: true,
      after: '0'.repeat(40),
      head_commit: null,
      commits: [],
    });
  });

  test('for merge groups, re-runs and installations', async () => {
    const { github } = fixture;
    const repository = await github.createRepository('acme/queue');
    await github.commit(repository, { branch: 'main', files: { a: '' }, message: 'First' });
    const head_sha = await github.commit(repository, { branch: 'x', files: { b: '' }, message: 'b' });
    const pullRequest = await github.openPullRequest(repository, { title: 'T', head: 'x' });
    const token = await fixture.token('acme');
    const run = await fixture.call('POST', '/repos/acme/queue/check-runs', token, {
      name: 'n',
      head_sha,
      conclusion: 'failure',
    });
    let deliveries = await during(async () => {
      await github.completeMergeGroup(await github.mergeGroup([pullRequest]));
    });
    expect(names(deliveries)).toEqual([
      'push',
      'check_suite.requested',
      'merge_group.checks_requested',
      'push',
      'pull_request.closed',
      'merge_group.destroyed',
      'push',
    ]);
    expect(deliveries[2]?.payload['merge_group']).toMatchObject({ base_ref: 'refs/heads/main' });
    deliveries = await during(async () => {
      github.rerequestCheck(run.body.id);
      await github.rerequestSuite(repository, head_sha);
      github.installation('acme', 'created');
    });
    expect(names(deliveries)).toEqual([
      'check_run.rerequested',
      'check_suite.rerequested',
      'installation.created',
    ]);
    expect(deliveries[0]?.payload).toMatchObject({
      check_run: { id: run.body.id, status: 'queued', conclusion: null },
    });
    expect(github.checkRuns(repository, head_sha)[0]).toMatchObject({ status: 'queued', conclusion: null });
  });

  test('but not what happens in a fork without the App, beyond the pull request', async () => {
    const { github } = fixture;
    const repository = await github.createRepository('acme/forked');
    await github.commit(repository, { branch: 'main', files: { a: '' }, message: 'First' });
    const fork = await github.createRepository('mallory/forked', { forkOf: repository });
    await github.commit(fork, { branch: 'x', files: { b: '' }, message: 'b' });
    const pullRequest = await github.openPullRequest(repository, {
      title: 'T',
      head: 'x',
      headRepository: fork,
    });
    await github.settled();
    const deliveries = await during(() => github.pushToPullRequest(pullRequest, { files: { c: '' } }));
    expect(names(deliveries)).toEqual(['pull_request.synchronize']);
    expect(deliveries[0]?.payload).toMatchObject({ repository: { full_name: 'acme/forked' } });
  });
});

describe('a delivery', () => {
  const last = (): Receiver['received'][number] => {
    const entry = receiver.received.at(-1);
    if (entry === undefined) throw new Error('nothing received');
    return entry;
  };

  test('is signed over its exact bytes', async () => {
    expect(await fixture.github.deliver('ping', { zen: 'ü' }, { id: 'one' })).toBe(202);
    const { headers, body } = last();
    const digest = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
    expect(headers).toMatchObject({
      'x-github-event': 'ping',
      'x-github-delivery': 'one',
      'x-hub-signature-256': `sha256=${digest}`,
    });
    expect(headers['user-agent']).toMatch(/^GitHub-Hookshot\//);
  });

  test('can be forged and unsigned for tests', async () => {
    await fixture.github.deliver('ping', { a: 1 });
    const good = last().headers['x-hub-signature-256'];
    await fixture.github.deliver('ping', { a: 1 }, { signature: 'wrong' });
    expect(last().headers['x-hub-signature-256']).toMatch(/^sha256=[0-9a-f]{64}$/);
    expect(last().headers['x-hub-signature-256']).not.toBe(good);
    await fixture.github.deliver('ping', { a: 1 }, { signature: 'none' });
    expect(last().headers).not.toHaveProperty('x-hub-signature-256');
  });

  test('is not repeated when nobody answers', async () => {
    fixture.github.setWebhookUrl('http://127.0.0.1:1/');
    expect(await fixture.github.deliver('ping', {})).toBeNull();
    fixture.github.setWebhookUrl(receiver.url);
    expect(fixture.github.deliveries.at(-1)).toMatchObject({ event: 'ping', status: null });
  });

  test('of an event that the App does not listen to is not made', async () => {
    const quiet = await startFixture({ app: { events: ['push'], permissions: { contents: 'read' } } });
    quiet.github.setWebhookUrl(receiver.url);
    const repository = await quiet.github.createRepository('acme/quiet');
    await quiet.github.push(repository, { branch: 'main', files: { a: '' } });
    await quiet.github.push(repository, { branch: 'x', files: { b: '' } });
    await quiet.github.openPullRequest(repository, { title: 'T', head: 'x' });
    await quiet.github.settled();
    expect(names(quiet.github.deliveries)).toEqual(['push', 'push']);
    await quiet.close();
  });
});

interface Example {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

describe('payloads have the form of GitHub’s examples', () => {
  const file = createRequire(import.meta.url).resolve('@octokit/webhooks-examples/api.github.com/index.json');
  const all = JSON.parse(readFileSync(file, 'utf8')) as readonly Example[];

  /** Where `ours` has a field with another type than in every example, or lacks one that all examples have. */
  function compare(ours: unknown, examples: readonly unknown[], at = ''): string[] {
    const typeOf = (value: unknown): string =>
      value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
    const records = examples.filter((value) => typeOf(value) === 'object') as Record<string, unknown>[];
    if (typeOf(ours) !== 'object' || records.length === 0) {
      const types = new Set(examples.map(typeOf));
      return types.size === 0 || types.has(typeOf(ours)) || types.has('null') || ours === null
        ? []
        : [`${at} is ${typeOf(ours)}, not ${[...types].join(' or ')}`];
    }
    const own = ours as Record<string, unknown>;
    const missing = Object.keys(records[0] ?? {})
      .filter((key) => records.every((record) => key in record) && !(key in own))
      .map((key) => `${at}.${key} is missing`);
    const nested = Object.keys(own).flatMap((key) =>
      compare(
        own[key],
        records.filter((record) => key in record).map((record) => record[key]),
        `${at}.${key}`,
      ),
    );
    return [...missing, ...nested];
  }

  /** Fields of GitHub's that nothing here looks at. */
  const ALLOWED =
    /\.(?:organization|permissions|active_lock_reason|requested_action|gravatar_id|slug|license|homepage|language|pushed_at|created_at|updated_at|before|head_branch|allow_\w+|delete_branch_on_merge|\w+_merge_commit_\w+|custom_properties|is_template|topics|web_commit_signoff_required|has_\w+|watchers|stargazers|username|url|email|external_id|single_file_\w+)\b/;

  test.each([
    ['pull_request', 'opened'],
    ['pull_request', 'synchronize'],
    ['pull_request', 'edited'],
    ['push', null],
    ['merge_group', 'checks_requested'],
    ['check_run', 'rerequested'],
    ['check_suite', 'rerequested'],
    ['installation', 'created'],
  ])('%s %s', async (event, action) => {
    const { github } = fixture;
    const name = `acme/shape-${event}-${action ?? 'x'}`;
    const repository = await github.createRepository(name);
    await github.commit(repository, { branch: 'main', files: { a: '' }, message: 'First' });
    await github.commit(repository, { branch: 'x', files: { b: '' }, message: 'b' });
    const deliveries = await during(async () => {
      const pullRequest = await github.openPullRequest(repository, { title: 'T', head: 'x' });
      const head_sha = await github.pushToPullRequest(pullRequest, { files: { c: '' } });
      await github.editTitle(pullRequest, 'U');
      const run = await fixture.call('POST', `/repos/${name}/check-runs`, await fixture.token('acme'), {
        name: 'n',
        head_sha,
      });
      github.rerequestCheck(run.body.id);
      await github.rerequestSuite(repository, head_sha);
      await github.mergeGroup([pullRequest]);
      github.installation('acme');
    });
    const ours = deliveries.find((delivery) => delivery.event === event && delivery.action === action);
    expect(ours).toBeDefined();
    const known = all.find((entry) => entry.name === event)?.examples ?? [];
    const same = known.filter((example) => action === null || example['action'] === action);
    // There is no example of an edited pull request: the fields that all its actions share must be there.
    const examples = same.length > 0 ? same : known;
    expect(examples.length).toBeGreaterThan(0);
    expect(compare(ours?.payload, examples).filter((text) => !ALLOWED.test(text))).toEqual([]);
    const installation = ours?.payload['installation'];
    expect(installation).toMatchObject({ id: github.installationId('acme') });
  });
});
