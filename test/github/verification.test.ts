import { afterEach, describe, expect, test } from '@jest/globals';
import { NO_RECEIVERS } from '../../src/config/alert-settings.ts';
import type { Commit } from '../../src/engine/change.ts';
import type { Repository } from '../../src/git/repository.ts';
import { bindingOf } from '../../src/github/binding.ts';
import { assertUsable, serverUrl } from '../../src/github/settings.ts';
import type { AppSettings } from '../../src/github/settings.ts';
import { missingCommits } from '../../src/github/count-commits.ts';
import type { JobContext } from '../../src/github/dependencies.ts';
import { isTransient } from '../../src/github/transient.ts';
import { createWitness, verdictOf } from '../../src/github/verification.ts';
import { finishGitHub, mockGitHub, sha, REPO } from './support/github.ts';
import { BASE, HEAD, jobHarness, pullAnswer } from './support/job.ts';

afterEach(finishGitHub);

const WANTED = { verdict: true, accountKeys: false, decides: true };

function commit(letter: string): Commit {
  return { sha: sha(letter) } as Commit;
}

function listed(letter: string, reason: string, committer: string | null = 'ann') {
  return { sha: sha(letter), verified: reason === 'valid', reason, committer };
}

describe('verdictOf', () => {
  test.each([
    ['valid', 'unavailable'],
    ['unsigned', 'unsigned'],
    ['unknown_key', 'unknown-key'],
    ['unverified_email', 'identity-mismatch'],
    ['no_user', 'identity-mismatch'],
    ['bad_email', 'identity-mismatch'],
    ['expired_key', 'expired-key'],
    ['malformed_signature', 'malformed'],
    ['invalid', 'bad-signature'],
    ['bad_cert', 'bad-signature'],
    ['not_signing_key', 'bad-signature'],
    ['unknown_signature_type', 'unsupported'],
    ['gpgverify_error', 'unavailable'],
    ['gpgverify_unavailable', 'unavailable'],
    ['ocsp_pending', 'unavailable'],
    ['something_new', 'unavailable'],
  ])('reason %s that is not verified is %s', (reason, state) => {
    expect(verdictOf({ verified: false, reason }).state).toBe(state);
  });

  test('only what is verified and valid is valid', () => {
    expect(verdictOf(listed('a', 'valid'))).toEqual({ state: 'valid', reason: null });
    expect(verdictOf({ verified: true, reason: 'unknown_key' }).state).toBe('unknown-key');
  });
});

describe('the witness', () => {
  test('says what it does not list, and looks into one list after the other', async () => {
    const { context } = jobHarness();
    const witness = createWitness(context, {
      lists: [
        () => Promise.resolve([listed('a', 'valid')]),
        () => Promise.resolve([listed('a', 'valid'), listed('b', 'unknown_key', null), listed('9', 'valid')]),
      ],
    });
    const evidence = await witness.evidence([commit('a'), commit('b'), commit('c')], WANTED);
    expect([...evidence]).toEqual([
      [sha('a'), { verdict: { state: 'valid', reason: null }, account: 'ann', keys: null }],
      [
        sha('b'),
        {
          verdict: { state: 'unknown-key', reason: 'no GitHub account has this key' },
          account: null,
          keys: null,
        },
      ],
    ]);
    expect(witness.notes()).toEqual([
      'GitHub lists 2 of the 3 commits whose signatures need its word, so it did not verify the other 1.',
    ]);
  });

  test('asks no further when everything is there', async () => {
    const { context } = jobHarness();
    const witness = createWitness(context, {
      lists: [() => Promise.resolve([listed('a', 'valid')]), () => Promise.reject(new Error('asked'))],
    });
    expect((await witness.evidence([commit('a')], WANTED)).size).toBe(1);
    expect(await witness.incomplete([])).toBeNull();
  });

  test.each(['gpgverify_error', 'gpgverify_unavailable', 'ocsp_pending', 'something_new'])(
    '%s is tried again, and never a pass',
    async (reason) => {
      const { context } = jobHarness();
      const lists = [() => Promise.resolve([listed('a', reason)])];
      const early = createWitness({ ...context, lastAttempt: false }, { lists });
      const error = await early.evidence([commit('a')], WANTED).catch((thrown: unknown) => thrown);
      expect(isTransient(error)).toBe(true);
      const last = await createWitness(context, { lists }).evidence([commit('a')], WANTED);
      expect(last.get(sha('a'))?.verdict?.state).toBe('unavailable');
      // Where nothing depends on it, nobody waits.
      expect((await early.evidence([commit('a')], { ...WANTED, decides: false })).size).toBe(1);
    },
  );

  test("fetches the keys of the committers' accounts once each, when they count", async () => {
    const { context } = jobHarness();
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f comment';
    mockGitHub().get('/users/ann/ssh_signing_keys').query({ per_page: 100 }).reply(200, [{ key }]);
    mockGitHub()
      .get('/users/ann/gpg_keys')
      .query({ per_page: 100 })
      .reply(200, [
        { raw_key: null, revoked: false },
        { raw_key: 'x', revoked: true },
      ]);
    mockGitHub().get('/users/gone/ssh_signing_keys').query({ per_page: 100 }).reply(404, {});
    const lists = [
      () =>
        Promise.resolve([
          listed('a', 'valid'),
          listed('b', 'valid'),
          listed('c', 'valid', 'gone'),
          listed('d', 'valid', null),
        ]),
    ];
    const evidence = await createWitness(context, { lists }).evidence(['a', 'b', 'c', 'd'].map(commit), {
      verdict: false,
      accountKeys: true,
      decides: true,
    });
    const of = (letter: string) => evidence.get(sha(letter));
    expect(of('a')?.verdict).toBeNull();
    expect(of('a')?.keys?.ssh).toHaveLength(1);
    expect(of('b')?.keys).toBe(of('a')?.keys);
    expect(of('c')?.keys?.ssh).toEqual([]);
    expect(of('d')).toEqual({ verdict: null, account: null, keys: null });
  });
});

describe('the number of commits', () => {
  const [one, two, three] = [commit('1'), commit('2'), commit('3')];
  const pull = {
    number: 7,
    open: true,
    headSha: HEAD,
    author: 'ada',
    baseRef: 'main',
    commits: 2,
    draft: false,
    reviewComments: 0,
  };
  const count = (
    context: JobContext,
    onBase: readonly string[],
    commits: readonly Commit[],
    counted = pull.commits,
  ) =>
    missingCommits(
      context,
      {
        tryResolve: (rev: string) => Promise.resolve(rev),
        mergeBase: (_base: string, rev: string) => Promise.resolve(onBase.includes(rev) ? rev : sha('0')),
      } as unknown as Repository,
      { ...pull, commits: counted },
      BASE,
      commits,
    );
  const answerPull = (commits: number): void => {
    mockGitHub().get(`${REPO}/pulls/7`).reply(200, pullAnswer(7, { commits }));
  };
  const answerList = (letters: readonly string[]): void => {
    mockGitHub()
      .get(`${REPO}/pulls/7/commits`)
      .query({ per_page: 100, page: 1 })
      .reply(
        200,
        letters.map((letter) => ({ sha: sha(letter), commit: {}, committer: null })),
      );
  };

  test('that agrees needs no request', async () => {
    expect(await count(jobHarness().context, [], [one, two])).toBeNull();
  });

  test('that agrees after another look', async () => {
    answerPull(3);
    expect(await count(jobHarness().context, [], [one, two, three])).toBeNull();
  });

  test('that still counts what the base has got meanwhile', async () => {
    answerPull(3);
    answerList(['1', '2', '3']);
    expect(await count(jobHarness().context, [sha('1')], [two, three], 3)).toBeNull();
  });

  test.each([
    ['more than git has', 3, ['1', '2', '3'], [one, two]],
    ['fewer than git has', 1, ['1'], [one, two]],
    ['as many, but others', 3, ['1', '2'], [one, two]],
  ] as const)('of %s is tried again, and then is no pass', async (_name, counted, list, ours) => {
    const { context } = jobHarness();
    answerPull(counted);
    answerList(list);
    const error = await count({ ...context, lastAttempt: false }, [], ours, counted).catch(
      (thrown: unknown) => thrown,
    );
    expect(isTransient(error)).toBe(true);
    answerPull(counted);
    answerList(list);
    expect(await count(context, [], ours, counted)).toMatch(
      new RegExp(`^has ${String(counted)} commits by GitHub's count and 2 in git, so commits may be missing`),
    );
  });
});

describe('bindingOf', () => {
  const first = { base: sha('b'), head: sha('a'), policyHash: 'p'.repeat(64) };
  const second = { ...first, base: sha('c') };

  test('holds base, head and policy', () => {
    expect(bindingOf([first])).toBe(`1:${sha('b')}:${sha('a')}:${'p'.repeat(64)}`);
  });

  test('changes with each of them and not with their order', () => {
    const all = [
      bindingOf([first]),
      bindingOf([second]),
      bindingOf([{ ...first, head: sha('d') }]),
      bindingOf([{ ...first, policyHash: 'q'.repeat(64) }]),
      bindingOf([first, second]),
      bindingOf([first, { ...second, policyHash: 'q'.repeat(64) }]),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(bindingOf([second, first])).toBe(bindingOf([first, second]));
    for (const binding of all) expect(binding.length).toBeLessThan(200);
  });
});

describe('settings', () => {
  const bad: AppSettings = {
    appId: 0,
    privateKey: 'no key',
    webhookSecrets: [' '],
    host: '127.0.0.1',
    port: 0,
    apiUrl: 'https://user:pass@example.com',
    logLevel: 'info',
    logFormat: 'json',
    concurrency: 1,
    sweepMs: null,
    postureMs: null,
    auditRetentionMs: null,
    metricsToken: null,
    orgPolicy: 'off' as const,
    alerts: NO_RECEIVERS,
  };

  test('every problem is named at once and no value is quoted', () => {
    expect(() => {
      assertUsable(bad);
    }).toThrow(/secret is empty[\s\S]*App id[\s\S]*private key[\s\S]*API URL/);
    expect(() => {
      assertUsable(bad);
    }).not.toThrow(/no key|pass/);
  });

  test.each([
    ['https://api.github.com', 'https://github.com'],
    ['https://github.example.com/api/v3', 'https://github.example.com'],
    ['http://127.0.0.1:4000/api/v3', 'http://127.0.0.1:4000'],
  ])('the server of %s is %s', (api, server) => {
    expect(serverUrl(api)).toBe(server);
  });
});
