import { describe, expect, test } from '@jest/globals';
import type { Commit, Signature } from '../../src/engine/change.ts';
import { bindingOf } from '../../src/github/binding.ts';
import { assertUsable, serverUrl } from '../../src/github/settings.ts';
import type { AppSettings } from '../../src/github/settings.ts';
import { signatureOf, verifyWith } from '../../src/github/verification.ts';
import { sha } from './support/github.ts';

const RAW: Signature = { state: 'unavailable', kind: 'ssh', signer: null, reason: 'not verified here' };
const UNSIGNED: Signature = { state: 'unsigned', kind: null, signer: null, reason: null };

function commit(letter: string, signature: Signature): Commit {
  return {
    sha: sha(letter),
    parents: [],
    authorName: 'A',
    authorEmail: 'a@example.com',
    committerName: 'A',
    committerEmail: 'a@example.com',
    subject: 's',
    signature,
  };
}

describe('signatureOf', () => {
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
    const signature = signatureOf(RAW, { sha: '', verified: false, reason, committer: 'eve' });
    expect(signature).toMatchObject({ state, signer: null });
  });

  test('only what is verified and valid is valid, signed by the committer', () => {
    expect(signatureOf(RAW, { sha: '', verified: true, reason: 'valid', committer: 'ann' })).toEqual({
      state: 'valid',
      kind: 'ssh',
      signer: 'ann',
      reason: null,
    });
    expect(signatureOf(RAW, { sha: '', verified: true, reason: 'unknown_key', committer: 'ann' }).state).toBe(
      'unknown-key',
    );
  });
});

describe('verifyWith', () => {
  test('asks nothing when no commit is signed', async () => {
    const verification = verifyWith(() => Promise.reject(new Error('asked')));
    const commits = [commit('a', UNSIGNED)];
    expect(await verification.verify(commits)).toEqual(commits);
    expect(verification.notes()).toEqual([]);
  });

  test('leaves commits that GitHub does not list as they are and says how many', async () => {
    const verification = verifyWith(() =>
      Promise.resolve([{ sha: sha('a'), verified: true, reason: 'valid', committer: 'ann' }]),
    );
    const verified = await verification.verify([commit('a', RAW), commit('b', RAW), commit('c', UNSIGNED)]);
    expect(verified.map(({ signature }) => signature.state)).toEqual(['valid', 'unavailable', 'unsigned']);
    expect(verification.notes()).toEqual([
      'GitHub lists 1 of the 3 commits, so it did not verify the signatures of the other 2.',
    ]);
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
    auditRetentionMs: null,
    metricsToken: null,
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
