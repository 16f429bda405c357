import { afterAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_SIGNATURES } from '../../src/config/signature-policy.ts';
import type { Signature } from '../../src/engine/change.ts';
import type { SignaturePolicy } from '../../src/engine/policy.ts';
import { authorize } from '../../src/signatures/authorize.ts';
import { settle, type Evidence } from '../../src/signatures/evidence.ts';
import type { Keyring } from '../../src/signatures/keyring.ts';
import { createGitFixture, removeFolders } from '../support/git-fixture.ts';
import { hasProgram } from '../support/programs.ts';
import { cmsSigner, sshKey, x509Issue, x509Root, type SshKeyFile } from './support/programs.ts';
import { securityKey, signedCommit, sskSign, UNSIGNED } from './support/security-key.ts';
import { keyringOf, NOW, parseRaw, rawCommit, signersOf, verifyRaw } from './support/verdict.ts';

afterAll(removeFolders);

const onGit = hasProgram('git') ? describe : describe.skip;
const VALID = { state: 'valid', reason: null } as const;

function commitBy(key: SshKeyFile): Buffer {
  const fixture = createGitFixture();
  fixture.commit({ a: '1' }, 'Signed', { sign: key });
  return rawCommit(fixture);
}

async function settled(
  raw: Buffer,
  ring: Keyring,
  evidence: Partial<Evidence>,
  policy: Partial<SignaturePolicy> = {},
): Promise<Signature> {
  const { signature, people } = parseRaw(raw);
  const said = { verdict: null, account: 'ada', keys: null, ...evidence };
  const verification = await settle(await verifyRaw(raw, ring), signature, people, said, NOW);
  const facts = { people, isMerge: false, isPlainMerge: false, guarded: [] };
  return authorize(verification, facts, { ...DEFAULT_SIGNATURES, ...policy });
}

onGit('what somebody else says of a signature', () => {
  test('an account without the key leaves it to the verdict', async () => {
    const raw = commitBy(sshKey());
    const keys = await signersOf(`* ${sshKey().publicKey}\n`);
    const ring = await keyringOf({});
    expect(await settled(raw, ring, { verdict: VALID, keys })).toMatchObject({
      state: 'valid',
      signer: 'github:ada',
    });
    expect((await settled(raw, ring, { verdict: null, keys })).state).toBe('unknown-key');
  });

  test('who has looked at another object says nothing about this one', async () => {
    const raw = commitBy(sshKey());
    for (const state of ['unsigned', 'signer-not-allowed'] as const) {
      const verdict = { state, reason: 'so it says' };
      expect(await settled(raw, await keyringOf({}), { verdict })).toMatchObject({
        state: 'unknown-key',
        reason: 'it fits the content, and its key is not named here',
      });
    }
    const verdict = { state: 'expired-key', reason: 'so it says' } as const;
    expect(await settled(raw, await keyringOf({}), { verdict })).toMatchObject(verdict);
  });

  test.each([
    [1, 'valid'],
    [0, 'signer-not-allowed'],
  ])('a security key that saw a touch (%s) is %s: its host does not say', async (flags, state) => {
    const { armor } = sskSign(securityKey('ed25519'), Buffer.from(UNSIGNED), flags);
    const raw = signedCommit(UNSIGNED, armor);
    expect((await settled(raw, await keyringOf({}), { verdict: VALID })).state).toBe(state);
    const optional = { userPresence: 'optional' } as const;
    expect((await settled(raw, await keyringOf({}), { verdict: VALID }, optional)).state).toBe('valid');
  });

  test('a certificate that has expired since, whoever vouches for it', async () => {
    const root = x509Root('Example Root');
    const leaf = x509Issue(root, 'Ada', ['keyUsage=critical,digitalSignature'], {
      dates: ['20200101000000Z', '20240101000000Z'],
    });
    const fixture = createGitFixture();
    fixture.commit({ a: '1' }, 'Signed', { sign: cmsSigner(leaf, [], ['-noattr']), at: 1_700_000_000 });
    const raw = rawCommit(fixture);
    const now = { expiredKeys: 'now' } as const;
    const ring = await keyringOf({});
    expect((await settled(raw, ring, { verdict: VALID })).state).toBe('valid');
    expect((await settled(raw, ring, { verdict: VALID }, now)).state).toBe('expired-key');
  });
});
